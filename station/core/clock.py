"""The one source of time. Instants are aware UTC; dates that people and the law use are the station's own."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_file: Path | None = None
_seen: tuple[tuple[int, int], timedelta] = ((0, 0), timedelta())


def use_file(path: Path | None) -> None:
    """Move the time by the seconds written in `path` (development and tests); None is real time."""
    global _file, _seen
    _file, _seen = path, ((0, 0), timedelta())


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC) + _offset()


def today(zone: str) -> date:
    """The current date in a time zone, for example America/Los_Angeles."""
    return local_date(now(), zone)


def local(instant: datetime, zone: str) -> datetime:
    """The instant on the clocks of a time zone."""
    return instant.astimezone(ZoneInfo(zone))


def local_date(instant: datetime, zone: str) -> date:
    """The date that an instant falls on in a time zone."""
    return local(instant, zone).date()


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """First instant of a station day and of the next one, in UTC (23, 24 or 25 hours apart)."""
    start = datetime.combine(day, time(), ZoneInfo(zone))
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return start.astimezone(UTC), end.astimezone(UTC)


def move(by: timedelta) -> None:
    """Move the shared clock forward or back. Raises RuntimeError where the clock cannot be moved."""
    if _file is None:
        raise RuntimeError("the clock cannot be moved here")
    total = _offset() + by
    fresh = _file.with_suffix(".new")
    fresh.write_text(f"{total.total_seconds()}\n", encoding="utf-8")
    os.replace(fresh, _file)


def _offset() -> timedelta:
    global _seen
    if _file is None:
        return timedelta()
    try:
        found = os.stat(_file)
    except FileNotFoundError:
        return timedelta()
    stamp = (found.st_ino, found.st_mtime_ns)  # two moves within a tick of the file system's clock are two files
    if stamp != _seen[0]:
        _seen = (stamp, timedelta(seconds=float(_file.read_text(encoding="utf-8"))))
    return _seen[1]
