"""The outbox: a job is a row, written in the transaction of the change that wants it.

The broker only rings the bell: it carries the row's id, and losing every message delays work but never loses it.
A row goes ready → running (leased) → done; a lease that runs out makes it ready again; a job that keeps failing
becomes dead and waits for a person. `run_at` lives here: no ETA or countdown in the broker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.actor import request_id
from station.core.columns import Json, Utc, enum
from station.core.db import Base, db, transaction
from station.core.ids import new_id
from station.core.upsert import insert_missing

REPUBLISH_AFTER = timedelta(seconds=30)
PAUSES = [REPUBLISH_AFTER * 2**doubled for doubled in range(6)]  # up to sixteen minutes
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)


class Queue(StrEnum):
    """A queue per purpose, so that bulk mail never delays a receipt."""

    MONEY = "money"
    MAIL = "mail"
    BULK = "bulk"
    REPORTS = "reports"


class JobState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Outbox(Base):
    """One job. `attempts` counts starts and fences a worker that comes back after its lease ran out."""

    __tablename__ = "outbox"
    __table_args__ = (sa.UniqueConstraint("job", "key"), sa.Index("ix_outbox_due", "state", "run_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    job: Mapped[str] = mapped_column(sa.String(80))
    queue: Mapped[Queue] = mapped_column(enum(Queue))
    key: Mapped[str | None] = mapped_column(sa.String(200))
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[JobState] = mapped_column(enum(JobState), default=JobState.READY)
    run_at: Mapped[datetime] = mapped_column(Utc)
    published_at: Mapped[datetime | None] = mapped_column(Utc)
    leased_until: Mapped[datetime | None] = mapped_column(Utc)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    request_id: Mapped[str] = mapped_column(sa.String(64), default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    done_at: Mapped[datetime | None] = mapped_column(Utc)


_BY = (Outbox.job == sa.bindparam("job"), Outbox.state == JobState.READY, Outbox.run_at <= sa.bindparam("at"))
_READY_BY = sa.select(Outbox.id).where(*_BY).limit(1)


@dataclass(frozen=True)
class Job:
    """A kind of job: its name (`package.verb`), queue, lease in seconds, and attempts before a person must look.

    The end of a `quiet` one alerts nobody: alerts themselves travel by it.
    """

    name: str
    queue: Queue
    lease: int = 120
    attempts: int = 10
    quiet: bool = False

    def __post_init__(self) -> None:
        JOBS[self.name] = self


JOBS: dict[str, Job] = {}


@dataclass(frozen=True)
class Claim:
    """A leased job: what the worker got, and the attempt number that fences it."""

    id: UUID
    job: Job
    args: dict[str, Any]
    attempt: int
    request_id: str


class Permanent(Exception):
    """A job's error that no retry can mend."""


class Postponed(Exception):
    """A job is not done, and nothing is wrong with it: it wants to run again at `until`, however often."""

    def __init__(self, until: datetime, why: str) -> None:
        super().__init__(why)
        self.until = until


def enqueue(job: Job, *, key: str | None = None, run_at: datetime | None = None, **args: Any) -> None:
    """Write a job inside the current transaction. With a `key`, the same job and key is written once, ever."""
    now = clock.now()
    insert_missing(
        Outbox,
        id=new_id(),
        job=job.name,
        queue=job.queue,
        key=key,
        args=args,
        run_at=run_at or now,
        created_at=now,
        request_id=request_id.get(),
    )


def take_due(limit: int = 100) -> list[tuple[UUID, str, Queue]]:
    """Rows whose bell should ring now, the longest due first: (id, job, queue).

    Marks them published; unclaimed ones ring again later. Each ring is one more message, so that a long queue would
    grow by being long: a row that has been due for twice a pause and more waits for a longer one.
    """
    now = clock.now()
    unheard = [sa.and_(Outbox.published_at < now - pause, Outbox.run_at > now - 2 * pause) for pause in PAUSES]
    waiting = sa.or_(Outbox.published_at.is_(None), Outbox.published_at < now - PAUSES[-1], *unheard)
    ready = sa.select(Outbox.id).where(Outbox.state == JobState.READY, Outbox.run_at <= now, waiting)
    due = ready.order_by(Outbox.run_at, Outbox.id).limit(limit).with_for_update(skip_locked=True)
    if db.session().scalar(ready.limit(1)) is None:
        db.session().rollback()
        return []
    with transaction() as session:
        found = session.execute(
            sa.update(Outbox)
            .where(Outbox.id.in_(due))
            .values(published_at=now)
            .returning(Outbox.id, Outbox.job, Outbox.queue, Outbox.run_at)
            .execution_options(synchronize_session=False)
        )
        rows = sorted(found, key=lambda row: (row.run_at, row.id))  # RETURNING promises no order
        return [(row.id, row.job, row.queue) for row in rows]


def give_back(ids: Sequence[UUID]) -> None:
    """The broker did not take these: let the bell ring again at the next look."""
    with transaction() as session:
        session.execute(
            sa.update(Outbox)
            .where(Outbox.id.in_(ids), Outbox.state == JobState.READY)
            .values(published_at=None)
            .execution_options(synchronize_session=False)
        )


def claim(row_id: UUID) -> Claim | None:
    """Lease a ready job. None when it is done, running elsewhere, dead, not yet due, or unknown here.

    A bell that rang twice costs one read: only what looks free is locked, and looked at again.
    """
    now = clock.now()
    free = sa.select(Outbox.id).where(Outbox.id == row_id, Outbox.state == JobState.READY, Outbox.run_at <= now)
    if db.session().scalar(free) is None:
        db.session().rollback()
        return None
    with transaction() as session:
        row = session.get(Outbox, row_id, with_for_update=True)
        if row is None or row.state is not JobState.READY or row.run_at > now or row.job not in JOBS:
            return None
        job = JOBS[row.job]
        row.state = JobState.RUNNING
        row.attempts += 1
        row.leased_until = now + timedelta(seconds=job.lease)
        return Claim(row.id, job, dict(row.args), row.attempts, row.request_id)


def finish(done: Claim) -> None:
    """The job is done. Joins the current transaction where there is one."""
    _close(done, state=JobState.DONE, done_at=clock.now(), leased_until=None, last_error="")


def fail(failed: Claim, error: str, *, permanent: bool = False) -> bool:
    """The job failed: retry with growing pauses, or let it die. Returns True when it is dead now."""
    dead = permanent or failed.attempt >= failed.job.attempts
    pause = pause_after(failed.attempt)
    _close(
        failed,
        state=JobState.DEAD if dead else JobState.READY,
        run_at=clock.now() + pause,
        leased_until=None,
        published_at=None,
        last_error=error[:2000],
    )
    return dead


def postpone(waits: Claim, later: Postponed) -> None:
    """Let the job run again when it asked to. Joins the current transaction where there is one."""
    again: dict[str, Any] = {"state": JobState.READY, "run_at": later.until, "published_at": None}
    _close(waits, **again, leased_until=None, last_error=str(later)[:2000])


def pause_after(attempt: int) -> timedelta:
    """How long a job that failed on its nth attempt waits for the next one."""
    doubled: int = 2 ** min(max(attempt - 1, 0), 20)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def _close(closed: Claim, **values: Any) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Outbox)
            .where(Outbox.id == closed.id, Outbox.state == JobState.RUNNING, Outbox.attempts == closed.attempt)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def sweep() -> int:
    """Make jobs whose lease ran out ready again; returns how many."""
    now = clock.now()
    expired = (Outbox.state == JobState.RUNNING, Outbox.leased_until < now)
    if db.session().scalar(sa.select(Outbox.id).where(*expired).limit(1)) is None:
        db.session().rollback()
        return 0
    with transaction() as session:
        found = session.execute(
            sa.update(Outbox)
            .where(*expired)
            .execution_options(synchronize_session=False)
            .values(state=JobState.READY, run_at=now, published_at=None, leased_until=None)
        )
        return cast("sa.CursorResult[Any]", found).rowcount


def revive(row_id: UUID) -> bool:
    """Make a dead job ready again, with its attempts counted anew. False when it is not dead."""
    with transaction() as session:
        row = session.get(Outbox, row_id, with_for_update=True)
        if row is None or row.state is not JobState.DEAD:
            return False
        row.state, row.attempts, row.run_at, row.published_at = JobState.READY, 0, clock.now(), None
        return True


def hurry(*jobs: Job) -> None:
    """Make waiting jobs (of these kinds, or all) due now, inside the current transaction: what held them is gone."""
    wanted = [Outbox.job.in_([job.name for job in jobs])] if jobs else []
    db.session().execute(
        sa.update(Outbox)
        .where(Outbox.state == JobState.READY, Outbox.run_at > clock.now(), *wanted)
        .values(run_at=clock.now(), published_at=None)
        .execution_options(synchronize_session=False)
    )


def waits(*queues: Queue) -> bool:
    """Whether a job of these queues is due and nobody has it in hand."""
    due = (Outbox.state == JobState.READY, Outbox.run_at <= clock.now(), Outbox.queue.in_(queues))
    found = db.session().scalar(sa.select(Outbox.id).where(*due).limit(1))
    return found is not None


def enqueue_by(job: Job, at: datetime) -> None:
    """See to it, inside the current transaction, that a job without arguments runs by `at`: one row is enough."""
    if db.session().scalar(_READY_BY, {"job": job.name, "at": at}) is None:
        enqueue(job, run_at=at)


def waiting_since(instant: datetime) -> list[tuple[str, int, datetime]]:
    """Kinds of jobs that were due before an instant and still wait: name, how many, and since when the oldest."""
    waits = (Outbox.state == JobState.READY, Outbox.run_at < instant)
    found = sa.select(Outbox.job, sa.func.count(), sa.func.min(Outbox.run_at)).where(*waits)
    return [(name, many, since) for name, many, since in db.session().execute(found.group_by(Outbox.job))]


def oldest_waiting() -> timedelta:
    """How long the oldest due job has waited (zero when none waits): the health of the workers."""
    now = clock.now()
    first = db.session().scalar(
        sa.select(sa.func.min(Outbox.run_at)).where(Outbox.state == JobState.READY, Outbox.run_at <= now)
    )
    return now - first if first else timedelta()
