"""The words of a mailing: plain text in a few blocks, with fields that are filled for each recipient.

A field is written {first_name}, or {first_name|neighbor} with a word of one's own for those whose name is not known.
Fields are filled once and never looked at again, so that a name with braces in it stays a name.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from markupsafe import Markup, escape

from station.mail.policies.wire import one_line

LANGUAGES = {"en": "English", "es": "Spanish"}
FIELDS = {"first_name": "Ana", "name": "Ana Ruiz"}  # each with the sample that previews and tests show
UNNAMED = {"en": {"first_name": "friend", "name": "friend"}, "es": {"first_name": "oyente", "name": "oyente"}}
_FIELD = re.compile(r"\{([a-z_]+)(?:\|([^{}|\n]{1,60}))?\}")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:\S+|www\.\S+)", re.IGNORECASE)
# What mail programs make a link of. Anybody may have typed it into a form, as the name of somebody else.
_LURE = re.compile(r"://|www\.|@|\.[a-z]{2,}(/|$|\s)", re.IGNORECASE)
_BRACES = re.compile(r"\{+[^{}]*\}+|[{}]")
GLUE = "\ue000"  # stands for a space that no line breaks at


@dataclass(frozen=True)
class Words:
    """What a mailing says in one language. Paragraphs are separated by empty lines."""

    subject: str = ""
    preheader: str = ""
    headline: str = ""
    body: str = ""
    button: str = ""
    button_url: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body, paragraph by paragraph."""
        return tuple(part.strip() for part in re.split(r"\n\s*\n", self.body) if part.strip())

    @property
    def empty(self) -> bool:
        """Whether nothing was written in this language."""
        return not any(asdict(self).values())

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Words:
        """The words that a version keeps, or that a form brings; line ends become \\n, and NUL goes."""
        known = {each.name: str(values.get(each.name) or "") for each in fields(cls)}
        plain = {name: text.replace("\x00", "").replace("\r\n", "\n").strip() for name, text in known.items()}
        return cls(**{name: text if name == "body" else one_line_kept(text) for name, text in plain.items()})


def one_line_kept(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def stored(words: Mapping[str, Words]) -> dict[str, Any]:
    """The words by language, as a version keeps them; languages without any are left out."""
    return {language: asdict(each) for language, each in words.items() if not each.empty}


def read(kept: Mapping[str, Any]) -> dict[str, Words]:
    """The words by language that a version keeps."""
    return {language: Words.of(values) for language, values in kept.items()}


def wrong_fields(words: Words) -> list[str]:
    """Everything in braces that is no field we know, as it is written."""
    found = [each for text in asdict(words).values() for each in _BRACES.findall(text)]
    return list(dict.fromkeys(each for each in found if not _known(each)))


def fill(text: str, values: Mapping[str, str], language: str, quote: Callable[[str], str] = str) -> str:
    """A text with its fields filled, once: what a name brings is never a field. No value: the word for nobody.

    `quote` writes names as the text wants them (markupsafe.escape for HTML); words of our own are written already.
    """

    def value(found: re.Match[str]) -> str:
        name, own = found.group(1), found.group(2)
        if name not in FIELDS:
            return found.group()
        known = one_line(values.get(name, ""))
        if known and not _LURE.search(known):
            return str(quote(known))
        return own or UNNAMED.get(language, UNNAMED["en"])[name]

    return _FIELD.sub(value, text)


def as_html(paragraph: str) -> Markup:
    """A paragraph for HTML, its fields not filled yet. Addresses that the writer typed become links."""
    linked = _LINK.sub(lambda found: f'<a href="{found.group()}">{found.group()}</a>', str(escape(paragraph)))
    return Markup(linked.replace("\n", "<br>\n"))  # noqa: S704  # escaped above


def as_text(paragraph: str) -> str:
    """A paragraph for the text of a letter, wrapped; a field stays in one piece."""
    kept = _FIELD.sub(lambda found: found.group().replace(" ", GLUE), paragraph)
    lines = [textwrap.fill(line, 72, break_long_words=False, break_on_hyphens=False) for line in kept.splitlines()]
    return "\n".join(lines).replace(GLUE, " ")


def links(words: Words) -> list[str]:
    """Every address in the words: behind the button, and in the text."""
    return [*([words.button_url] if words.button_url else []), *_ADDRESS.findall(words.body)]


def language_of(rule: str, theirs: str) -> str:
    """In which language somebody gets it: `theirs` is what is on file for them."""
    if rule != "theirs":
        return rule
    return theirs if theirs in LANGUAGES else "en"


def _known(braces: str) -> bool:
    match = _FIELD.fullmatch(braces)
    return match is not None and match.group(1) in FIELDS
