"""Two editors of one row, on plain values: a page carries a mark of what it showed, and a change of it is told."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


class ChangedSince(Exception):
    """Somebody else changed a row since the page that was sent was opened. Carries the mark of the row as it is."""

    def __init__(self, now: str) -> None:
        super().__init__("Somebody else changed this since the page was opened.")
        self.now = now


def mark(row: object, names: Iterable[str]) -> str:
    """What a row, or a view of it, holds under these names, as a word that a page can carry."""
    return sha256("\n".join(f"{name}={getattr(row, name)!r}" for name in names).encode()).hexdigest()[:32]


def same_as_seen(row: object, names: Iterable[str], seen: str | None) -> None:
    """Raises ChangedSince when a row is not as it was seen. None asks nothing: a command looks at no page."""
    if seen is not None and seen != (now := mark(row, names)):
        raise ChangedSince(now)
