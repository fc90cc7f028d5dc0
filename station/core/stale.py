"""What a shared cache in front must not keep any longer: keys, written down with the change itself.

Each public page is sent with the keys of what it shows (`Surrogate-Key`). A service that changes something calls
`stale(…)` in its transaction; a job then tells the cache, which asks anew for every page under these keys. A change
that is rolled back leaves no job, and no cache hears of a change before other readers can see it.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from station.core import bulletin, clock
from station.core.ids import public_id
from station.core.outbox import Job, Queue, enqueue
from station.core.runtime import settings

PURGE = Job("core.purge", Queue.REPORTS, lease=120, attempts=10)
BETWEEN = 2  # seconds for which an nginx between that cache and us may hold a page: one, which it rounds up
# Nobody serves the old page any more by then: each process looks every POLL_SECONDS; as much again is for the commit.
SETTLED = timedelta(seconds=2 * bulletin.POLL_SECONDS + BETWEEN)
PAUSE = SETTLED + timedelta(seconds=1)  # what changes within a second is told at once


def key_of(kind: str, which: UUID | str) -> str:
    """The name under which pages are kept: "story:01j…" for a row, "station:news" for a slug."""
    return f"{kind}:{which if isinstance(which, str) else public_id('', which)[1:]}"


def told() -> bool:
    """Whether there is a cache that is told."""
    return bool(settings().purge_url)


def stale(*keys: str) -> None:
    """Say, inside the transaction of a change, which keys are out of date by it. Nothing where no cache is told."""
    if keys and told():
        enqueue(PURGE, run_at=clock.now() + PAUSE, keys=sorted(set(keys)))
