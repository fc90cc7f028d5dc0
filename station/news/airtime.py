"""What pages say of the air: the programme of a day, what is on now and next, what is played."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from station.core import bulletin, clock
from station.licensee.queries import StationView, the_licensee
from station.news import queries
from station.news.policies.schedule import Clash, Entry, Slot, Span, clashes, clipped, gaps, on_air, programme
from station.news.services import PLAYLIST, SCHEDULE

ON_HOME = 3  # what comes next there


@dataclass(frozen=True)
class _Held:
    """What each process holds: the schedule of today and tomorrow, and which stations have a playlist."""

    edition: tuple[int, date]
    slots: dict[UUID, list[Slot]]
    with_playlist: frozenset[UUID]


_held: _Held | None = None


@dataclass(frozen=True)
class Line:
    """A line of the schedule. `began_before` and `ends_after` say that midnight cuts it."""

    since: datetime
    until: datetime
    title: str
    note: str
    program: str
    now: bool
    began_before: bool
    ends_after: bool


def air(station: StationView, now: datetime, following: int = ON_HOME) -> dict[str, Any]:
    """What is on the air of a station: `on_now`, `on_next`, `has_playlist`, `piece`, and `until` when that is so.

    The schedule is held; a station with a playlist costs one statement.
    """
    zone = the_licensee().timezone
    today = clock.local_date(now, zone)
    held = _hold(today)
    current, later = on_air(held.slots.get(station.id, []), now, zone, following)
    has_playlist = station.id in held.with_playlist
    piece, changes = queries.playing(station.id, now) if has_playlist else (None, None)
    return {
        "on_now": current,
        "on_next": later,
        "piece": piece,
        "has_playlist": has_playlist,
        "until": min(filter(None, (current.until, changes))),
        "lists": ("schedule", "playlist"),
    }


def home_key(station: StationView) -> tuple[str, str, int]:
    """Under what the home of a station is kept: the playlist has a bulletin of its own."""
    has_playlist = _held is not None and station.id in _held.with_playlist
    return "home", station.slug, bulletin.version(PLAYLIST) if has_playlist else 0


def day_lines(station: StationView, day: date, now: datetime) -> tuple[list[Line], datetime | None]:
    """A day of a station's schedule line by line, and when another line is on, if one of them is on now.

    A day of which nothing is known has no lines.
    """
    zone = the_licensee().timezone
    entries = programme(queries.slots(day, day).get(station.id, []), day, zone)
    if not any(each.slot for each in entries):
        return [], None
    lines = [_line(whole, cut, now) for whole, cut in zip(entries, clipped(entries, day, zone), strict=True)]
    return lines, next((line.until for line in lines if line.now), None)


def hours_of(day: date, zone: str) -> int:
    """How many hours a day of the station has: 24, but 23 and 25 when the clocks change."""
    begins, ends = clock.day_bounds(day, zone)
    return int((ends - begins).total_seconds() // 3600)


def week_of(day: date) -> list[date]:
    """Monday to Sunday around a day."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]


def _hold(today: date) -> _Held:
    """Read again when the schedule was changed, and each day."""
    global _held
    edition = bulletin.version(SCHEDULE), today
    if _held is None or _held.edition != edition:
        _held = _Held(edition, queries.slots(today, today + timedelta(days=1)), queries.with_playlist())
    return _held


def _line(whole: Entry, cut: Entry, now: datetime) -> Line:
    slot = whole.slot
    return Line(
        cut.since,
        cut.until,
        whole.title,
        slot.note if slot else "",
        slot.program if slot else "",
        cut.since <= now < cut.until,
        whole.since < cut.since,
        whole.until > cut.until,
    )


def report(station: StationView, first: date, days: int) -> tuple[list[Clash], list[Span]]:
    """What does not fit together on these days: slots that want the same time, and times on which nothing is."""
    found = queries.slots(first, first + timedelta(days=days)).get(station.id, [])
    return clashes(found, first, days), gaps(found, first, days) if found else []
