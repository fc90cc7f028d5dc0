"""Dead letters: background jobs that gave up or keep failing, and Stripe's events that nobody could apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.events import Event, EventSubject
from station.core.ids import public_id
from station.core.outbox import JOBS, JobState, Outbox, pause_after
from station.payments.models import EventState, StripeEvent
from station.payments.queries.rows import UNAPPLIED

SHOWN = 200
LATE = timedelta(minutes=15)
RUN_AGAIN = "payments.job.run_again"


@dataclass(frozen=True)
class DeadJob:
    """A background job that failed. `first` is when it was written, `last` when it was tried last.

    `dead`: it waits for a person; otherwise it is tried again by itself at `next`. `again` says how often somebody
    has had it run again, `by` who did so last.
    """

    public_id: str
    job: str
    about: str
    reason: str
    attempts: int
    most: int
    dead: bool
    first: datetime
    last: datetime
    next: datetime
    again: int
    by: str


@dataclass(frozen=True)
class WaitingEvent:
    """An event of Stripe that is not applied: it failed, or has waited for more than a quarter of an hour."""

    id: str
    type: str
    object_id: str
    reason: str
    failed: bool
    made: datetime
    received: datetime


@dataclass(frozen=True)
class DeadLetters:
    """What waits for a person, by kind; and the jobs that fail now and are still tried by themselves."""

    jobs: list[tuple[str, list[DeadJob]]]
    events: list[tuple[str, list[WaitingEvent]]]
    trying: list[DeadJob]


def dead_letters() -> DeadLetters:
    """Everything of it, oldest first within its kind."""
    return DeadLetters(
        [(job, list(rows)) for job, rows in groupby(dead_jobs(), lambda each: each.job)],
        [(kind, list(rows)) for kind, rows in groupby(late_events(), lambda each: each.type)],
        troubled_jobs(),
    )


def dead_jobs() -> list[DeadJob]:
    """Jobs that gave up, by kind, oldest first."""
    found = sa.select(Outbox).where(Outbox.state == JobState.DEAD)
    return _jobs(found.order_by(Outbox.job, Outbox.created_at, Outbox.id).limit(SHOWN))


def troubled_jobs() -> list[DeadJob]:
    """Jobs that have failed and will be tried again by themselves, the next one first."""
    waiting = Outbox.state.in_((JobState.READY, JobState.RUNNING))
    return _jobs(sa.select(Outbox).where(waiting, Outbox.last_error != "").order_by(Outbox.run_at).limit(SHOWN))


def late_events() -> list[WaitingEvent]:
    """Events that failed or wait too long, by type, oldest first."""
    late = sa.or_(StripeEvent.state == EventState.FAILED, StripeEvent.received_at < clock.now() - LATE)
    rows = db.session().scalars(
        sa.select(StripeEvent)
        .where(StripeEvent.state.in_(UNAPPLIED), late)
        .order_by(StripeEvent.type, StripeEvent.received_at)
        .limit(SHOWN)
    )
    return [
        WaitingEvent(
            e.id,
            e.type,
            e.object_id,
            e.outcome or "Not tried yet.",
            e.state is EventState.FAILED,
            e.made_at,
            e.received_at,
        )
        for e in rows
    ]


def _jobs(found: sa.Select[Outbox]) -> list[DeadJob]:
    rows = db.session().scalars(found).all()
    again = _run_again([row.id for row in rows])
    return [
        DeadJob(
            public_id=public_id("job", row.id),
            job=row.job,
            about=", ".join(f"{name} {value}" for name, value in sorted(row.args.items())) or "nothing in particular",
            reason=row.last_error or "No reason was written down.",
            attempts=row.attempts,
            most=JOBS[row.job].attempts if row.job in JOBS else row.attempts,
            dead=row.state is JobState.DEAD,
            first=row.created_at,
            last=row.run_at - pause_after(row.attempts) if row.attempts else row.run_at,
            next=row.run_at,
            again=len(again.get(row.id, ())),
            by=again[row.id][-1] if row.id in again else "",
        )
        for row in rows
    ]


def _run_again(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Who had these jobs run again, in order, by job."""
    rows = db.session().execute(
        sa.select(EventSubject.subject_id, Event.actor_label)
        .join(Event, Event.id == EventSubject.event_id)
        .where(EventSubject.kind == "job", EventSubject.subject_id.in_(ids), Event.name == RUN_AGAIN)
        .order_by(Event.at, Event.id)
    )
    found: dict[UUID, list[str]] = {}
    for job_id, label in rows:
        found.setdefault(job_id, []).append(label)
    return found
