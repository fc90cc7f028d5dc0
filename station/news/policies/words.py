"""Rules of the story page, on plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from station.core import clock

SLOT_AFTER = 5  # the saved page carries its credit after the 5th of 15 paragraphs
FEWEST_PARAGRAPHS = 2  # a one-paragraph story is too short to be interrupted or followed by a credit
LONGEST_SLUG = 100
_WORD = re.compile(r"[a-z0-9]+")
_INITIAL = re.compile(r"\b([a-z])\.")  # U.S. is one word
# What no text of a page holds: controls, lone surrogates and non-characters (no storing them, no valid HTML or XML),
# and the marks that turn the direction of all that follows: letters know their direction by themselves.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_MARK = "[\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILE = re.compile(f"({_MARK}{{4}}){_MARK}+")


def slot_position(is_paragraph: Sequence[bool]) -> int | None:
    """How many blocks stand before the underwriting slot; None where the story carries none.

    `is_paragraph` says of each block whether it is a true text paragraph: headings, quotes, lists, pictures and boxes
    are not, and do not count. From the 5th paragraph on, the slot waits until two paragraphs meet and stands between
    them; where none meet any more it stands at the end. A story of 2 to 4 paragraphs carries it after its last one,
    a shorter one not at all.
    """
    paragraphs = [at for at, one in enumerate(is_paragraph) if one]
    if len(paragraphs) < FEWEST_PARAGRAPHS:
        return None
    if len(paragraphs) < SLOT_AFTER:
        return paragraphs[-1] + 1
    for at in paragraphs[SLOT_AFTER - 1 :]:
        if at + 1 < len(is_paragraph) and is_paragraph[at + 1]:
            return at + 1
    return len(is_paragraph)


def offered(blocks: Iterable[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The blocks of a story that may be shown at an instant: without what was offered until then only."""
    return [each for each in blocks if "until" not in each or datetime.fromisoformat(each["until"]) > now]


def offered_until(blocks: Iterable[dict[str, Any]], now: datetime) -> dict[str, datetime | None]:
    """What a page's context says of these blocks: `until` when all of them may be shown, None when none will leave
    any more. Nothing at all where none is offered for a time only: such a page does not change by the clock."""
    ends = [datetime.fromisoformat(each["until"]) for each in blocks if "until" in each]
    return {"until": min((end for end in ends if end > now), default=None)} if ends else {}


def printable(text: str) -> str:
    """A text without what a page cannot show, and with at most four marks piled upon one letter."""
    return _PILE.sub(r"\1", _UNPRINTABLE.sub("", text))


def visible(text: str) -> bool:
    """Whether a text shows anything at all: a letter, a digit, a sign."""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in text)


def slugify(text: str, most: int = LONGEST_SLUG) -> str:
    """A headline as part of an address: lower case, words joined by hyphens, at most 100 letters, never empty."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "").casefold())
    plain = _INITIAL.sub(r"\1", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    slug = ""
    for word in _WORD.findall(plain):
        longer = f"{slug}-{word}" if slug else word[:most]
        if len(longer) > most:
            break
        slug = longer
    return slug or "story"


def same_name(one: str, other: str) -> bool:
    """Whether two names of labels name the same: letters in any script, digits and signs such as + and # count; their
    case, their accents, spaces and points do not."""
    return _named(one) == _named(other)


def alt_text(alt: str, caption: str) -> str:
    """The description of a picture for those who cannot see it; empty where the caption says the same already."""
    return "" if _same(alt) == _same(caption) else alt


def copyright_line(owner: str, published_at: datetime, zone: str) -> str:
    """Who owns the story, in the story's own year on the station's calendar: "Copyright 2019 NPR."."""
    return f"Copyright {clock.local_date(published_at, zone).year} {owner}."


def byline_pieces(byline: str, people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """A printed byline cut where its people stand: (words, slug of the person that they name, or empty)."""
    slugs = {name: slug for name, slug in people if name and slug}
    if not slugs:
        return [(byline, "")] if byline else []
    names = "|".join(re.escape(name) for name in sorted(slugs, key=len, reverse=True))
    return [(piece, slugs.get(piece, "")) for piece in re.split(f"({names})", byline) if piece]


def readable_address(url: str) -> str:
    """An address as people say it: https://www.npr.org/ is npr.org."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _named(text: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not "\u0300" <= letter <= "\u036f")
    return "".join(
        letter for letter in bare.casefold() if letter in "#*@" or unicodedata.category(letter)[0] in "LMNS"
    )


def _same(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")
