"""Reads of the invariants' last answers, and the invariants that accounts itself contributes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from station.accounts.models import CheckResult, WorkItem
from station.core import clock, outbox
from station.core.db import db
from station.core.outbox import JobState, Outbox
from station.core.places import INVARIANTS, Invariant
from station.core.words import when

LATE = timedelta(minutes=15)
MOST_LINES = 50


@dataclass(frozen=True)
class CheckView:
    """An invariant and its last answer; `checked_at` is None while it was never asked."""

    name: str
    sentence: str
    checked_at: datetime | None
    broken_since: datetime | None
    lines: list[str]


def check_views() -> list[CheckView]:
    """Every invariant, the broken ones first. One statement."""
    known = {row.name: row for row in db.session().scalars(sa.select(CheckResult))}
    views = [_view(each, known.get(each.name)) for each in INVARIANTS]
    return sorted(views, key=lambda view: view.broken_since is None)


def _view(invariant: Invariant, row: CheckResult | None) -> CheckView:
    if row is None:
        return CheckView(invariant.name, invariant.sentence, None, None, [])
    return CheckView(invariant.name, invariant.sentence, row.checked_at, row.broken_since, row.lines)


def late_jobs() -> list[str]:
    """Jobs that are due for longer than a quarter of an hour, by kind."""
    return [
        f"{job}: {many} due, the oldest since {when(since)}"
        for job, many, since in outbox.waiting_since(clock.now() - LATE)
    ]


def unnoticed_dead_jobs() -> list[str]:
    """Dead jobs that no work item is or was about, under the job's id or, for a scheduled one, its name."""
    told = sa.select(WorkItem.key).where(WorkItem.kind == "dead_job")
    keys = set(db.session().scalars(told))
    dead = db.session().execute(sa.select(Outbox.id, Outbox.job).where(Outbox.state == JobState.DEAD))
    silent = [f"{job} {row_id}" for row_id, job in dead if not {f"job:{row_id}", f"job:{job}"} & keys]
    return silent[:MOST_LINES]
