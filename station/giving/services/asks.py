"""The words of the ask."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from station.core import bulletin, clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.stale import key_of, stale
from station.giving.models import Ask
from station.giving.queries.asks import BULLETIN
from station.licensee.queries import station_by_id


def write_ask(station_id: UUID, body: str, starts_on: date, ends_on: date | None, actor: Actor) -> UUID:
    """Give a station new words for its ask, shown from `starts_on` to `ends_on` (station-local, both included).

    What was written before stays on file. Raises ValueError for words that cannot be shown, or days out of order.
    """
    with transaction() as session:
        if ends_on is not None and ends_on < starts_on:
            raise ValueError("The last day is before the first day.")
        row = Ask(
            id=new_id(),
            station_id=station_id,
            body=body,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        bulletin.bump(BULLETIN)
        stale(key_of("station", station_by_id(station_id).slug))
        events.record(
            "giving.ask.written",
            actor,
            [Subject("ask", row.id), Subject("station", station_id)],
            {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat() if ends_on else None, "body": body},
        )
        return row.id
