"""Cutting what is long into pages of the text edition, on plain text and markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

_TAG = re.compile(r"<[^>]*>")
_BETWEEN = re.compile(r"</(?:p|li|td|th|tr|h2|h3|dd|dt)>|<br>")


def brief(text: str, most: int) -> str:
    """A text, or its beginning with an ellipsis, that takes at most `most` bytes when it is written as markup."""
    if len(html.escape(text).encode()) <= most:
        return text
    kept, used = 0, len("…".encode())
    for letter in text:
        used += len(html.escape(letter).encode())
        if used > most:
            break
        kept += 1
    words = text[:kept].rpartition(" ")[0] or text[:kept]
    return f"{words.rstrip()}…"


def in_parts(pieces: Iterable[str], room: int) -> list[list[str]]:
    """Pieces of a story in order, in parts of at most `room` bytes each. Always at least one part, maybe empty."""
    found: list[list[str]] = [[]]
    used = 0
    for piece in (each for whole in pieces for each in _small(whole, room)):
        size = len(piece.encode())
        if found[-1] and used + size > room:
            found.append([])
            used = 0
        found[-1].append(piece)
        used += size
    return found


def _small(piece: str, room: int) -> Iterator[str]:
    """The piece; one that no part could hold as paragraphs of its words alone."""
    if len(piece.encode()) <= room:
        yield piece
        return
    held = ""
    for word in html.unescape(_TAG.sub("", _BETWEEN.sub(" ", piece))).split():
        for at in range(0, len(word), room // 24):  # a "word" of thousands of letters is cut as well
            written = html.escape(word[at : at + room // 24])
            if len(f"{held} {written}".encode()) > room // 2:
                yield f"<p>{held}</p>"
                held = ""
            held = f"{held} {written}" if held else written
    if held:
        yield f"<p>{held}</p>"
