"""Making the markup of others safe, once, when it comes in: an allow-list (nh3), then top-level blocks one by one.

What comes out is well-formed: no scripts, styles, ids, classes, frames, pictures or event handlers; links only to
https, http, mailto and tel, without a word about who sent the reader.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from station.news.policies.words import printable

INLINE = {"a", "abbr", "b", "br", "cite", "code", "em", "i", "q", "s", "strong", "sub", "sup"}
BLOCKS = {
    "blockquote",
    "dd",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}
EMPTY = {"br", "hr"}
# What ends by itself where the next begins, or holds nothing: it may stand open as often as one likes.
SHALLOW = {
    "p",
    "li",
    "dd",
    "dt",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "tfoot",
    "option",
    "br",
    "hr",
    "img",
    "input",
    "wbr",
}
SHALLOW |= {"area", "base", "col", "embed", "link", "meta", "param", "source", "track"}
DEEPEST = 100
ORPHANS = ("dd", "dt", "li")  # outside their list they are paragraphs
SCHEMES = {"https", "http", "mailto", "tel"}
# The page's own headline is its h1, so headings inside a story start at h2 and skip no level.
RENAMED = {"h1": "h2", "h3": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}

_cleaner = nh3.Cleaner(
    tags=INLINE | BLOCKS,
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math"},
    attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}},
    url_schemes=SCHEMES,
    link_rel="noopener",
    strip_comments=True,
    attribute_filter=lambda tag, name, value: value if name != "href" or ":" in value else None,
)
_inline = nh3.Cleaner(tags=INLINE, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel="noopener")
_tagless = nh3.Cleaner(tags=set(), clean_content_tags={"script", "style", "template", "noscript"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_EDGES = re.compile(r"^(?:\s|<br>)+|(?:\s|<br>)+$")
_EMPTY_LINK = re.compile(r"<a [^>]*>(\s*)</a>")  # what held only a picture
_TAG = re.compile(r"<[^>]*>")
_OPENS = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")


@dataclass(frozen=True)
class Fragment:
    """One top-level element of a text: its tag and its safe HTML."""

    tag: str
    html: str


def plain(text: str) -> str:
    """The words of a bit of markup, as unescaped text on one line: for headlines, captions, credits and bylines."""
    said = _shallow(printable(text))
    words = html.unescape(_tagless.clean(said))
    return _SPACE.sub(" ", printable(words)).strip()


def fragments(text: str) -> list[Fragment]:
    """Safe top-level elements of a text, in order. Loose words become paragraphs; what holds no words is dropped."""
    splitter = _Splitter()
    splitter.feed(_EMPTY_LINK.sub(r"\1", printable(_cleaner.clean(_shallow(printable(text))))))
    splitter.close()
    splitter.end_loose()
    return splitter.found


def _shallow(text: str) -> str:
    """The text; of one whose elements are nested deeper than any writer's, its words alone.

    Parsers of HTML take time in the square of the depth: 190 KB of nested lists took more than a minute.
    """
    opened: Counter[str] = Counter()
    deep = 0
    for slash, tag in _OPENS.findall(text):
        name = tag.lower()
        if name in SHALLOW or (slash and not opened[name]):
            continue
        step = -1 if slash else 1
        opened[name] += step
        deep += step
        if deep > DEEPEST:
            return html.escape(html.unescape(_TAG.sub(" ", text)))
    return text


def has_words(safe: str) -> bool:
    """Whether safe HTML shows any text."""
    return bool(html.unescape(_TAG.sub("", safe)).replace("\xa0", " ").strip())


class _Splitter(HTMLParser):
    """Walks clean HTML and cuts it at the top level."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Fragment] = []
        self._depth = 0
        self._block = ""
        self._pieces: list[str] = []
        self._links: list[bool] = []  # of the open links: whether each leads anywhere

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = RENAMED.get(tag, tag)
        if self._depth == 0 and tag not in INLINE:
            self.end_loose()
            self._block = name
        if tag == "a":
            self._links.append(bool(dict(attrs).get("href")))
        if tag == "a" and not self._links[-1]:
            self._depth += 1
            return
        written = "".join(f' {key}="{html.escape(value or "")}"' for key, value in attrs)
        self._pieces.append(f"<{name}{written}>")
        if tag not in EMPTY:
            self._depth += 1
        elif self._block == tag:
            self._end_block()

    def handle_endtag(self, tag: str) -> None:
        if tag != "a" or self._links.pop():
            self._pieces.append(f"</{RENAMED.get(tag, tag)}>")
        self._depth -= 1
        if self._depth == 0 and self._block:
            self._end_block()

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self._pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._pieces.append(f"&#{name};")

    def end_loose(self) -> None:
        """Close a run of words that stood outside any block."""
        self._paragraph("".join(self._pieces))
        self._pieces.clear()

    def _end_block(self) -> None:
        tag, written = self._block, "".join(self._pieces)
        self._block = ""
        self._pieces.clear()
        if tag in ("p", *ORPHANS):
            self._paragraph(written.removeprefix(f"<{tag}>").removesuffix(f"</{tag}>"))
        elif tag == "hr" or has_words(written):
            self.found.append(Fragment(tag, written))

    def _paragraph(self, words: str) -> None:
        if any(f"<{tag}" in words for tag in BLOCKS - {"p"}) or "<p>" in words:
            words = _inline.clean(words)
        words = _EDGES.sub("", words)
        if has_words(words):
            self.found.append(Fragment("p", f"<p>{words}</p>"))
