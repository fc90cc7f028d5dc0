"""The way back: a story that has a row and was never edited here, as if it had been written.

Nothing of it may change by being opened. So each piece is written down, read again, and compared; what comes out
differently (a table, a gallery, markup without a form of its own) is kept as it came, and can be moved or removed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from station.core.words import minutes
from station.news.policies.editing.marking import markdown_of
from station.news.policies.editing.reading import read_blocks, read_image
from station.news.policies.editing.written import LEVELS, LONGEST_TEXT, Block, Written, empty, keyed

Row = Mapping[str, Any]
_HEADING = re.compile(r"<h([23])>([^<]*)</h\1>\Z")
_SPACE = re.compile(r"[ \t\n]+")
_BETWEEN = re.compile(r"(?<=>) (?=</?(?:ul|ol|li|blockquote|p)>)|(?<=<ul>|<ol>|<li>|<br>) ")
_OLD = (("<b>", "<strong>"), ("</b>", "</strong>"), ("<i>", "<em>"), ("</i>", "</em>"))


def written_blocks(rows: Sequence[Row]) -> tuple[Block, ...]:
    """The blocks of a story's row as they would have been written. Read again they are the same blocks."""
    found: list[dict[str, Any]] = []
    pieces: list[list[Row]] = []  # what each of them was made of
    for row in rows:
        made = _made(row)
        if found and made["type"] == "text" and found[-1]["type"] == "text":
            joined = {**made, "text": f"{found[-1]['text']}\n\n{made['text']}"}
            if len(joined["text"]) <= LONGEST_TEXT and _mergeable(pieces[-1][-1], row):
                found[-1] = joined
                pieces[-1].append(row)
                continue
        found.append(made)
        pieces.append([row])
    checked: list[dict[str, Any]] = []
    for block, made_of in zip(found, pieces, strict=True):
        checked += [block] if _same(block, made_of) else [_made(each) for each in made_of]
    return keyed(checked)


def written_image(image: Row | None) -> dict[str, Any] | None:
    """The picture above a story as it would have been written."""
    return _image(image) if image and image.get("url") else None


def _mergeable(one: Row, other: Row) -> bool:
    """Whether two pieces stay two when they stand in one text: a list after a list would become one."""
    begins = [str(each.get("html", ""))[:4] for each in (one, other)]
    return begins[0] != begins[1] or begins[0] not in ("<ul>", "<ol>")


def _made(row: Row) -> dict[str, Any]:
    """One block, read again and found to be the same; else kept as it came."""
    if row["type"] == "correction":
        return {"key": "", "type": "correction", "html": row.get("html", ""), "at": row.get("at", "")}
    write = WRITERS.get(row["type"])
    made = write(row) if write else None
    return made if made and _same(made, [row]) else {"key": "", "type": "kept", "block": dict(row)}


def _same(block: Block, rows: Iterable[Row]) -> bool:
    if block["type"] == "kept":
        return True
    again = read_blocks(Written("", blocks=(block,)))
    return [_plain(each) for each in again] == [_plain(each) for each in rows]


def _plain(row: Row) -> dict[str, Any]:
    """A block without what is said twice: b is strong, i is em, and an empty srcset is none."""
    found = dict(row)
    if isinstance(found.get("html"), str):
        for old, new in _OLD:
            found["html"] = found["html"].replace(old, new)
        found["html"] = _BETWEEN.sub("", _SPACE.sub(" ", found["html"]))
    return {name: value for name, value in found.items() if value not in ("", None)}


def _text(row: Row) -> dict[str, Any] | None:
    said = str(row.get("html", ""))
    if heading := _HEADING.match(said):
        level = heading[1] if heading[1] in LEVELS else LEVELS[0]
        return {**empty("heading"), "text": html.unescape(heading[2]).strip(), "level": level}
    found = markdown_of(said)
    return {**empty("text"), "text": found} if found and len(found) <= LONGEST_TEXT else None


def _image(row: Row) -> dict[str, Any] | None:
    said = {name: str(row.get(name) or "") for name in ("url", "width", "height", "alt", "caption", "credit")}
    made = {**empty("image"), **said, "decorative": "" if said["alt"] else "yes"}
    kept = {name: value for name, value in row.items() if name != "type" and value}
    again = read_image(made)
    return made if again and {name: value for name, value in again.items() if value} == kept else None


def _audio(row: Row) -> dict[str, Any] | None:
    said = markdown_of(str(row.get("transcript") or ""))
    length = minutes(row["seconds"]) if row.get("seconds") else ""
    found = {"url": str(row.get("url") or ""), "title": str(row.get("title") or ""), "length": length}
    return None if said is None else {**empty("audio"), **found, "transcript": said}


def _plainly(kind: str, *names: str) -> Callable[[Row], dict[str, Any]]:
    def write(row: Row) -> dict[str, Any]:
        return {**empty(kind), **{name: str(row.get(name) or "") for name in names}}

    return write


WRITERS: Mapping[str, Callable[[Row], dict[str, Any] | None]] = {
    "text": _text,
    "image": _image,
    "audio": _audio,
    "quote": _plainly("quote", "text", "who"),
    "embed": _plainly("embed", "url", "title"),
    "card": _plainly("card", "url", "title", "label", "teaser"),
    "link": _plainly("link", "url", "text"),
}
