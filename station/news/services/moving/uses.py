"""How often old addresses are asked for: counted in memory, and written now and then by the process's own clock.

A count is never exact: what a process knows when it ends, of less than a minute, is lost.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import transaction
from station.core.upsert import add_up
from station.licensee.queries import the_licensee
from station.news.models import Redirect, RedirectUse

EVERY = timedelta(minutes=1)

_lock = threading.Lock()
_seen: Counter[tuple[UUID, date]] = Counter()
_written: datetime | None = None


def note_use(redirect_id: UUID, at: datetime) -> None:
    """An old address was asked for. Writes nothing."""
    day = clock.local_date(at, the_licensee().timezone)
    with _lock:
        _seen[redirect_id, day] += 1


def write_uses() -> int:
    """Add what was counted since the last time to the days, once a minute at most; returns how many rows."""
    global _written
    now = clock.now()
    if not _seen or (_written is not None and _written <= now < _written + EVERY):
        return 0
    _written = now
    with _lock:
        counted = dict(_seen)
    with transaction() as session:
        there = set(session.scalars(sa.select(Redirect.id).where(Redirect.id.in_({key[0] for key in counted}))))
        rows = [{"redirect_id": key[0], "day": key[1], "count": n} for key, n in sorted(counted.items())]
        rows = [row for row in rows if row["redirect_id"] in there]
        if rows:
            add_up(RedirectUse, rows, "count")
    with _lock:
        _seen.subtract(counted)
        for key in [key for key, n in _seen.items() if n <= 0]:
            del _seen[key]
    return len(rows)
