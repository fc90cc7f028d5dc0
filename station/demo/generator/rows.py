"""Rows collected in memory and written in bulk, in the order that foreign keys want."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core.actor import Actor
from station.core.db import Base
from station.core.events import Event, EventSubject, Subject
from station.core.search import SearchEntry, words

CHUNK = 2_000


class Rows:
    """Rows by table. Ids are UUIDv7 whose random bits come from the seed, so that two loads of a day are alike."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._found: dict[sa.Table, list[dict[str, Any]]] = defaultdict(list)

    def new_id(self, at: datetime) -> UUID:
        """An id as of an instant (RFC 9562 §5.7)."""
        stamp = int(at.timestamp() * 1000) << 80
        return UUID(int=stamp | 7 << 76 | self.chance.getrandbits(12) << 64 | 2 << 62 | self.chance.getrandbits(62))

    def put(self, model: type[Base], /, **values: Any) -> None:
        """Add a row."""
        self._found[_table(model)].append(values)

    def add(self, model: type[Base], at: datetime, /, **values: Any) -> UUID:
        """Add a row with a fresh id as of an instant; returns the id."""
        fresh = self.new_id(at)
        self.put(model, id=fresh, **values)
        return fresh

    def tell(self, name: str, at: datetime, actor: Actor, subjects: Iterable[Subject], data: dict[str, Any]) -> None:
        """Add an event with its subjects."""
        event_id = self.add(
            Event,
            at,
            at=at,
            name=name,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_label=actor.label,
            data=data,
            request_id="",
        )
        for subject in dict.fromkeys(subjects):
            self.put(EventSubject, event_id=event_id, kind=subject.kind, subject_id=subject.id)

    def index(self, kind: str, subject_id: UUID, title: str, text: str) -> None:
        """Add what `core.search.index` would write."""
        self.put(
            SearchEntry,
            kind=kind,
            subject_id=subject_id,
            title=title[:300],
            folded=" ".join(words(f"{title} {text}")),
        )

    def count(self, model: type[Base]) -> int:
        """How many rows of a table there are."""
        return len(self._found[_table(model)])

    def all(self, model: type[Base]) -> list[dict[str, Any]]:
        """The rows of a table that were added."""
        return list(self._found[_table(model)])

    def find(self, model: type[Base], row_id: UUID) -> dict[str, Any]:
        """A row that was added, by its id."""
        return next(row for row in self._found[_table(model)] if row["id"] == row_id)

    def write(self, session: Session) -> None:
        """Insert everything, inside the current transaction."""
        for table in Base.metadata.sorted_tables:
            rows = self._found.pop(table, [])
            for start in range(0, len(rows), CHUNK):
                session.execute(sa.insert(table), rows[start : start + CHUNK])


def _table(model: type[Base]) -> sa.Table:
    table = model.__table__
    assert isinstance(table, sa.Table)  # noqa: S101  # every model of the house is one table
    return table
