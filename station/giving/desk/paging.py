"""How the lists of giving are paged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Paged(Protocol):
    """A page of a list: its number, from 1, and whether another one follows."""

    @property
    def page(self) -> int: ...

    @property
    def more(self) -> bool: ...


def pager(found: Paged, at: Callable[[int], str]) -> dict[str, Any] | None:
    """What the part `pager` shows, given the address of each page; None for a list of one page."""
    if found.page == 1 and not found.more:
        return None
    before = at(found.page - 1) if found.page > 1 else None
    after = at(found.page + 1) if found.more else None
    return {"prev_url": before, "next_url": after, "text": f"Page {found.page}"}
