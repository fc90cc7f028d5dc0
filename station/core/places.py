"""Places: how a lower page shows higher facts.

A lower package declares `PANELS: Place[MemberPanel] = Place("panels of the member page")`; higher packages contribute
to it from their `wiring.py` when the house is put together; the lower page iterates over it. Nothing imports upward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import click

from station.core.db import db
from station.core.events import EventRow

T = TypeVar("T")


class Place(Generic[T]):
    """A typed, ordered list of contributions, by rank and then by order of arrival."""

    declared: ClassVar[dict[str, Place[Any]]] = {}

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: list[tuple[int, T]] = []
        Place.declared[name] = self

    def contribute(self, *items: T, rank: int = 50) -> None:
        """Add items of one rank, in their order; the same item twice stays one."""
        for item in items:
            if all(item != known for _, known in self._items):
                self._items.append((rank, item))
        self._items.sort(key=lambda pair: pair[0])

    def __iter__(self) -> Iterator[T]:
        return iter([item for _, item in self._items])

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True)
class Invariant:
    """Something that must be true of the books. `broken` returns one line for each breach, none when all is well."""

    name: str
    sentence: str
    broken: Callable[[], list[str]]

    def ask(self) -> list[str]:
        """Its breaches; one that cannot be asked counts as broken, and hides none of the others."""
        try:
            return self.broken()
        except Exception as error:
            db.session().rollback()
            return [f"It could not be asked: {type(error).__name__}: {error}"[:2000]]


@dataclass(frozen=True)
class EventSentence:
    """How an event is told to a person: its name, and a function from the row to a sentence in the past tense."""

    name: str
    tell: Callable[[EventRow], str]


INVARIANTS: Place[Invariant] = Place("invariants of station check")
EVENT_SENTENCES: Place[EventSentence] = Place("sentences for events")
COMMAND_GROUPS: Place[click.Command] = Place("command groups")


def sentences() -> Mapping[str, Callable[[EventRow], str]]:
    """All event sentences by event name."""
    return {item.name: item.tell for item in EVENT_SENTENCES}
