"""What the buttons of the editor do with the blocks: add, move up, move down, remove."""

from __future__ import annotations

from collections.abc import Sequence

from station.news.policies.editing.written import FIELDS, Block, empty, next_key

STEPS = {"up": -1, "down": 1}


def arranged(blocks: Sequence[Block], wish: str) -> tuple[tuple[Block, ...], str]:
    """The blocks after a wish, and the key of the block to go on with (empty: none).

    A wish is add:<type>, add:<type>:<key it comes after>, up:<key>, down:<key> or remove:<key>. One that means
    nothing here, as when the block is gone, changes nothing.
    """
    what, _, rest = wish.partition(":")
    if what == "add":
        kind, _, after = rest.partition(":")
        return _added(blocks, kind, after)
    at = next((place for place, block in enumerate(blocks) if block["key"] == rest), None)
    if at is None:
        return tuple(blocks), ""
    if what == "remove":
        left = (*blocks[:at], *blocks[at + 1 :])
        beside = left[min(at, len(left) - 1)]["key"] if left else ""
        return left, str(beside)
    if what in STEPS:
        return _moved(blocks, at, at + STEPS[what]), rest
    return tuple(blocks), ""


def _added(blocks: Sequence[Block], kind: str, after: str) -> tuple[tuple[Block, ...], str]:
    if kind not in FIELDS:
        return tuple(blocks), ""
    made = empty(kind, next_key(blocks))
    at = next((place + 1 for place, block in enumerate(blocks) if block["key"] == after), len(blocks))
    return (*blocks[:at], made, *blocks[at:]), made["key"]


def _moved(blocks: Sequence[Block], one: int, other: int) -> tuple[Block, ...]:
    moved = list(blocks)
    if 0 <= other < len(moved):
        moved[one], moved[other] = moved[other], moved[one]
    return tuple(moved)
