"""Safe HTML of a story written down as Markdown, as far as Markdown can say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_START = re.compile(r"^(?:(#{1,6}(?=[ \n]|$)|[>+=-]|~~~)|(\d{1,9})([.)]))")
_SPACE = re.compile(r"[ \t\n]+")
_INLINE = {"em": "*", "i": "*", "strong": "**", "b": "**"}


def markdown_of(markup: str) -> str | None:
    """Markdown of safe, well-formed HTML; None where it holds what Markdown has no words for.

    The caller reads it again and compares: whatever slips here is seen there.
    """
    writer = _Writer()
    writer.feed(markup)
    writer.close()
    return None if writer.stuck else "\n\n".join(writer.finished()).strip()


class _Writer(HTMLParser):
    """Walks the elements; blocks inside blocks are held until their outer one ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stuck = False
        self._levels: list[list[str]] = [[]]  # finished blocks, by depth
        self._words: list[str] = []
        self._links: list[str] = []
        self._lists: list[tuple[str, int]] = []

    def finished(self) -> list[str]:
        self._end_words("")
        return self._levels[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INLINE:
            self._words.append(_INLINE[tag])
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self._words.append("[")
        elif tag == "br":
            self._words.append("\\\n")
        elif tag in ("p", "h2", "h3"):
            self._end_words("")
        elif tag in ("ul", "ol", "li", "blockquote"):
            self._open(tag)
        else:
            self.stuck = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _INLINE:
            self._words.append(_INLINE[tag])
        elif tag == "a" and self._links:
            self._words.append(f"]({self._links.pop()})")
        elif tag in ENDS:
            ENDS[tag](self)

    def handle_data(self, data: str) -> None:
        self._words.append(_ENTITY.sub(r"\\&", _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", data))))

    def _open(self, tag: str) -> None:
        self._end_words("")
        if tag in ("ul", "ol"):
            self._lists.append((tag, 0))
        self._levels.append([])

    def _end_words(self, before: str) -> None:
        said = "".join(self._words).strip()
        self._words.clear()
        if said:
            self._levels[-1].append(before + (said if before else _START.sub(_escaped, said)))

    def _end_quote(self) -> None:
        self._end_words("")
        inner = "\n\n".join(self._levels.pop())
        self._levels[-1].append("\n".join(f"> {line}".rstrip() for line in inner.split("\n")))

    def _end_item(self) -> None:
        self._end_words("")
        kind, number = self._lists[-1]
        self._lists[-1] = (kind, number + 1)
        mark = "- " if kind == "ul" else f"{number + 1}. "
        inner = "\n".join(self._levels.pop())
        room = "\n" + " " * len(mark)
        self._levels[-1].append(mark + inner.replace("\n", room))

    def _end_list(self) -> None:
        items = self._levels.pop()
        self._lists.pop()
        self._levels[-1].append("\n".join(items))


def _escaped(found: re.Match[str]) -> str:
    return f"{found[2]}\\{found[3]}" if found[2] else f"\\{found[1]}"


ENDS: dict[str, Callable[[_Writer], None]] = {
    "p": lambda writer: writer._end_words(""),
    "h2": lambda writer: writer._end_words("## "),
    "h3": lambda writer: writer._end_words("### "),
    "blockquote": lambda writer: writer._end_quote(),
    "li": lambda writer: writer._end_item(),
    "ul": lambda writer: writer._end_list(),
    "ol": lambda writer: writer._end_list(),
}
