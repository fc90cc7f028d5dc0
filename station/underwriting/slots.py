"""Who is in the slot, decided from one snapshot in memory: no SQL, no write, on no read.

The snapshot holds for one version of the bulletin "credits" and one station-local day. Several flights live at one
station on one day take turns, request by request, by a counter of this process: over n requests each of k flights is
shown n/k times, give or take one. (Weights, pacing and counting come with orders.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from uuid import UUID

from station.core import bulletin, clock
from station.licensee.queries import the_licensee
from station.underwriting.queries import flights_on

BULLETIN = "credits"


@dataclass(frozen=True)
class SlotCredit:
    """What the slot says. `url` may be empty; `key` names this very content, for ETags."""

    sponsor_name: str
    copy: str
    url: str
    flight_id: UUID
    credit_id: UUID
    key: str


@dataclass(frozen=True)
class _Snapshot:
    version: int
    starts: datetime
    ends: datetime
    credits: dict[UUID, tuple[SlotCredit, ...]]
    rotations: dict[UUID, str]


_snapshot: _Snapshot | None = None
_turns: dict[UUID, Iterator[int]] = {}


def credit_for(station_id: UUID, now: datetime | None = None) -> SlotCredit | None:
    """The credit of this view of a station's page; None when the slot is unsold. `now` spares a look at the clock."""
    live = _current(now or clock.now()).credits.get(station_id)
    if not live:
        return None
    if len(live) == 1:
        return live[0]
    return live[next(_turns.setdefault(station_id, count())) % len(live)]


def live_credits() -> dict[UUID, tuple[SlotCredit, ...]]:
    """Everything that may be shown now, by station."""
    return dict(_current(clock.now()).credits)


def rotation(station_id: UUID, now: datetime) -> str:
    """Names everything that takes turns in a station's slot now; empty when it is unsold."""
    return _current(now).rotations.get(station_id, "")


def unsold_for(now: datetime) -> int:
    """Seconds until the slot is decided anew: a shared cache may keep a page without a credit no longer than that."""
    return max(0, int((_current(now).ends - now).total_seconds()))


def _current(now: datetime) -> _Snapshot:
    global _snapshot
    known, version = _snapshot, bulletin.version(BULLETIN)
    if known is None or known.version != version or not known.starts <= now < known.ends:
        known = _snapshot = _read(version, now)
    return known


def _read(version: int, now: datetime) -> _Snapshot:
    zone = the_licensee().timezone
    day = clock.local_date(now, zone)
    starts, ends = clock.day_bounds(day, zone)
    live: dict[UUID, tuple[SlotCredit, ...]] = {}
    for flight in flights_on(day):
        if flight.running is not None and flight.sponsor_name:
            credit = SlotCredit(
                flight.sponsor_name,
                flight.running.copy,
                flight.sponsor_url,
                flight.id,
                flight.running.id,
                f"{flight.running.id.hex}-{version}",
            )
            live[flight.station.id] = (*live.get(flight.station.id, ()), credit)
    rotations = {station_id: " ".join(credit.key for credit in each) for station_id, each in live.items()}
    return _Snapshot(version, starts, ends, live, rotations)
