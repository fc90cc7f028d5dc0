"""The ask: served from memory to story pages, listed for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import bulletin
from station.core.db import db
from station.giving import policies
from station.giving.models import Ask
from station.licensee.queries import StationView, the_licensee

BULLETIN = "asks"


@dataclass(frozen=True)
class AskView:
    """What a story page shows: plain paragraphs, the minimum pledge already in them."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class AskRow:
    """An ask as the desk lists it. Dates are station-local; without `ends_on` it has no end."""

    id: UUID
    body: str
    starts_on: date
    ends_on: date | None
    created_at: datetime


@dataclass(frozen=True)
class _Snapshot:
    version: int
    spans: dict[UUID, list[tuple[date, date | None, str]]]


_snapshot: _Snapshot | None = None


def current_ask(station: StationView, today: date) -> AskView:
    """The words after a story of this station on a station-local day. No SQL while no ask has changed."""
    return AskView(policies.ask_paragraphs(ask_body(station, today), the_licensee().minimum_pledge))


def ask_body(station: StationView, today: date) -> str:
    """The words in force as they were written, with the mark of the minimum pledge in them."""
    global _snapshot
    version = bulletin.version(BULLETIN)
    if _snapshot is None or _snapshot.version != version:
        _snapshot = _Snapshot(version, _spans())
    return policies.ask_in_force(_snapshot.spans.get(station.id, []), today) or policies.default_ask()


def _spans() -> dict[UUID, list[tuple[date, date | None, str]]]:
    found: dict[UUID, list[tuple[date, date | None, str]]] = {}
    for row in db.session().scalars(sa.select(Ask).order_by(Ask.created_at, Ask.id)):
        found.setdefault(row.station_id, []).append((row.starts_on, row.ends_on, row.body))
    return found


def asks_of(station_id: UUID, limit: int = 20) -> list[AskRow]:
    """A station's asks, the newest written first."""
    rows = db.session().scalars(
        sa.select(Ask).where(Ask.station_id == station_id).order_by(Ask.created_at.desc(), Ask.id.desc()).limit(limit)
    )
    return [AskRow(row.id, row.body, row.starts_on, row.ends_on, row.created_at) for row in rows]
