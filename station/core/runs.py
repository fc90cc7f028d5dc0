"""Scheduled jobs: when each was last asked for, which is what beat decides by, and how its last run went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.columns import Utc
from station.core.db import Base, db, transaction
from station.core.outbox import Job, JobState, Outbox, enqueue
from station.core.upsert import insert_missing


class ScheduledRun(Base):
    """The last run of a scheduled job: asked for by beat, begun and ended by a worker, and what went wrong."""

    __tablename__ = "scheduled_run"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    asked_at: Mapped[datetime | None] = mapped_column(Utc)
    started_at: Mapped[datetime | None] = mapped_column(Utc)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
    error: Mapped[str] = mapped_column(sa.Text, default="")


def last_asked() -> Mapping[str, datetime]:
    """When beat last asked for each scheduled job."""
    asked = sa.select(ScheduledRun.name, ScheduledRun.asked_at).where(ScheduledRun.asked_at.is_not(None))
    found = {row.name: row.asked_at for row in db.session().execute(asked)}
    db.session().rollback()
    return found


def ask(job: Job) -> bool:
    """Write a scheduled job into the outbox. False while its last one waits or runs: they never pile up."""
    with transaction() as session:
        _set(job.name, asked_at=clock.now())
        unfinished = sa.select(Outbox.id).where(
            Outbox.job == job.name, Outbox.state.in_((JobState.READY, JobState.RUNNING))
        )
        if session.scalar(unfinished.limit(1)):
            return False
        enqueue(job)
        return True


def begin(name: str) -> None:
    """A worker begins a scheduled job."""
    with transaction():
        _set(name, started_at=clock.now(), finished_at=None, error="")


def end(name: str, error: str = "") -> None:
    """A worker ends a scheduled job, with an error or without."""
    with transaction():
        _set(name, finished_at=clock.now(), error=error[:2000])


def _set(name: str, **values: datetime | str | None) -> None:
    insert_missing(ScheduledRun, name=name, error="")
    db.session().execute(
        sa.update(ScheduledRun)
        .where(ScheduledRun.name == name)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
