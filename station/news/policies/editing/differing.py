"""What differs between two versions of a story: field by field, block by block, word by word (difflib)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from station.news.markup import plain
from station.news.policies.editing.written import FIELDS, NAMES, Block, Written

HEAD = {
    "headline": "Headline",
    "deck": "Deck",
    "teaser": "Teaser",
    "byline": "Byline",
    "authors": "Authors",
    "section": "Section",
    "program": "Program",
    "tags": "Tags",
    "seo_title": "Title for search engines",
    "social_title": "Title for social media",
    "noindex": "Kept from search engines",
}
MOST_WORK = 1_000_000  # pairs of words to compare; past it a passage is shown as a whole, old and new
_WORDS = re.compile(r"\s+|[^\s]+")
SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True)
class Piece:
    """Some words, and whether they are in both, only in the old one ("gone") or only in the "new" one."""

    how: str
    text: str


@dataclass(frozen=True)
class Change:
    """What became of one field or block: "same", "changed", "moved", "gone" or "new", with its words."""

    name: str
    how: str
    pieces: tuple[Piece, ...]


def differences(old: Written, new: Written) -> list[Change]:
    """Every field that differs, then every block in its order, also those that are the same."""
    found = []
    for name, label in HEAD.items():
        before, after = _said(getattr(old, name)), _said(getattr(new, name))
        if before != after:
            found.append(Change(label, _how(before, after), words(before, after)))
    before, after = block_text(old.image), block_text(new.image)
    if before != after:
        found.append(Change("Picture above the story", _how(before, after), words(before, after)))
    return found + _blocks(old.blocks, new.blocks)


def differ(old: Written, new: Written) -> bool:
    """Whether anything at all does."""
    return old.as_json() != new.as_json()


def words(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as runs of words: the same and new ones are the new text, the same and gone ones the old one.

    (But for a line break at the very end.)
    """
    found: list[Piece] = []
    before, after = old.split("\n"), new.split("\n")
    lines = SequenceMatcher(None, before, after, autojunk=False) if len(before) * len(after) < MOST_WORK else None
    steps = lines.get_opcodes() if lines else [("replace", 0, len(before), 0, len(after))]
    for what, from_old, to_old, from_new, to_new in steps:
        one = "".join(f"{line}\n" for line in before[from_old:to_old])
        other = "".join(f"{line}\n" for line in after[from_new:to_new])
        found += [Piece(SAME, one)] if what == "equal" else _within(one, other)
    return _joined(found)


def block_text(block: Block | None) -> str:
    """What a block says, as lines of text: the words first, then each other field with its name."""
    if not block:
        return ""
    if block["type"] == "correction":
        return plain(str(block["html"]))
    if block["type"] == "kept":
        return _kept_text(block["block"])
    said = [(name, str(block.get(name, ""))) for name in FIELDS[block["type"]]]
    return "\n".join(text if name == "text" else f"{name}: {text}" for name, text in said if text)


def _kept_text(row: Any) -> str:
    return plain(" ".join(str(row[name]) for name in ("html", "title", "caption", "text") if row.get(name)))


def _blocks(old: Sequence[Block], new: Sequence[Block]) -> list[Change]:
    """Blocks are the same ones by key and type. Those that are gone stand where they stood."""
    before = {(block["key"], block["type"]): block for block in old}
    names = [(block["key"], block["type"]) for block in new]
    held = set(names)
    steady = _steady([name for name in before if name in held], [name for name in names if name in before])
    gone = _gone_after(old, held)
    found = [_change(block, None, False) for block in gone.get(None, ())]
    for block, name in zip(new, names, strict=True):
        found.append(_change(before.get(name), block, name in before and name not in steady))
        found += [_change(each, None, False) for each in gone.get(name, ())]
    return found


def _gone_after(old: Sequence[Block], held: set[tuple[Any, Any]]) -> dict[Any, list[Block]]:
    found: dict[Any, list[Block]] = {}
    last = None
    for block in old:
        name = (block["key"], block["type"])
        if name in held:
            last = name
        else:
            found.setdefault(last, []).append(block)
    return found


def _steady(before: Sequence[Any], after: Sequence[Any]) -> set[Any]:
    """Which of them kept their order; the others moved."""
    runs = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {name for run in runs for name in before[run.a : run.a + run.size]}


def _change(old: Block | None, new: Block | None, moved: bool) -> Change:
    block = new or old
    assert block is not None  # noqa: S101
    before, after = block_text(old), block_text(new)
    how = "new" if old is None else "gone" if new is None else "changed" if before != after else "same"
    return Change(NAMES[block["type"]], "moved" if moved and how == "same" else how, words(before, after))


def _how(before: str, after: str) -> str:
    return "new" if not before else "gone" if not after else "changed"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else "\n".join(value)


def _within(one: str, other: str) -> Iterator[Piece]:
    before, after = _WORDS.findall(one), _WORDS.findall(other)
    if len(before) * len(after) > MOST_WORK:
        yield Piece(GONE, one)
        yield Piece(NEW, other)
        return
    gone, new = "", ""  # a space between two words that differ is of both: the words stay together
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        lost, made = "".join(before[from_old:to_old]), "".join(after[from_new:to_new])
        if what != "equal" or ((gone or new) and not lost.strip()):
            gone, new = gone + lost, new + made
            continue
        yield Piece(GONE, gone)
        yield Piece(NEW, new)
        yield Piece(SAME, lost)
        gone, new = "", ""
    yield Piece(GONE, gone)
    yield Piece(NEW, new)


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Runs of one kind together, without the line break that was added at the end."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.text and found and found[-1].how == piece.how:
            found[-1] = Piece(piece.how, found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    if found:
        found[-1] = Piece(found[-1].how, found[-1].text.removesuffix("\n"))
    return tuple(piece for piece in found if piece.text)
