"""The schedule: every entry has its task, is asked for when due by the house's clock, and only by one beat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts.models import WorkItem, WorkState
from station.core import clock, leases
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox
from station.core.places import INVARIANTS, Invariant
from station.core.ratelimit import RateBucket
from worker import beat, jobs, tasks
from worker.app import celery
from worker.schedule import MINUTE, SCHEDULE, every
from worker.tasks import upkeep


def asked() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(Outbox.job).where(Outbox.state == JobState.READY)))


def test_every_entry_has_its_task_and_every_scheduled_task_its_entry() -> None:
    tasks.load()
    assert set(SCHEDULE) == {name for name in jobs.SCHEDULED if not name.startswith("test.")}


def test_the_clock_decides_what_is_due(app: Flask, later: Callable[..., None]) -> None:
    tasks.load()
    assert sorted(beat.ring_due()) == sorted(SCHEDULE)
    with transaction() as session:
        session.execute(sa.delete(Outbox))
    assert beat.ring_due() == []
    later(seconds=61)
    assert beat.ring_due() == [name for name, when in SCHEDULE.items() if when == every(MINUTE)]
    later(seconds=61)
    assert beat.ring_due() == []  # nobody has run the last one yet
    later(days=1, hours=1)
    beat.ring_due()
    assert asked() == sorted(SCHEDULE)


def test_two_beats_one_works(app: Flask, later: Callable[..., None]) -> None:
    assert leases.hold("beat", "one", beat.LEASE_SECONDS)
    assert not leases.hold("beat", "two", beat.LEASE_SECONDS)
    later(seconds=beat.LEASE_SECONDS + 1)
    assert leases.hold("beat", "two", beat.LEASE_SECONDS)
    assert not leases.hold("beat", "one", beat.LEASE_SECONDS)


def test_old_done_jobs_go_and_dead_ones_stay(app: Flask, later: Callable[..., None]) -> None:
    tasks.load()
    beat.ring_due()
    with transaction() as session:
        rows = list(session.scalars(sa.select(Outbox).order_by(Outbox.id)))
        rows[0].state = JobState.DEAD
        for row in rows[1:]:
            row.state, row.done_at = JobState.DONE, row.created_at
    later(days=29)
    upkeep.prune_outbox()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Outbox)) == len(rows)
    later(days=2)
    upkeep.prune_outbox()
    assert [row.state for row in db.session.scalars(sa.select(Outbox))] == [JobState.DEAD]


def test_rate_buckets_that_are_empty_are_forgotten(app: Flask, later: Callable[..., None]) -> None:
    with transaction() as session:
        session.add(RateBucket(key="k", empty_at=clock.now()))
    later(days=2)
    upkeep.forget_rate_buckets()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RateBucket)) == 0


def test_a_broken_invariant_becomes_one_work_item(app: Flask) -> None:
    broken = Invariant("test-broken", "Two and two are four.", lambda: ["they are five"])
    INVARIANTS.contribute(broken)
    try:
        upkeep.check_invariants()
        upkeep.check_invariants()
    finally:
        INVARIANTS._items[:] = [pair for pair in INVARIANTS._items if pair[1] is not broken]
    item = db.session.scalars(sa.select(WorkItem).where(WorkItem.kind == "invariant")).one()
    assert "Two and two are four." in item.title
    assert item.detail == "they are five"


def test_the_item_of_an_invariant_that_holds_again_closes_itself(app: Flask) -> None:
    lines = ["they are five"]
    broken = Invariant("test-broken", "Two and two are four.", lambda: lines)
    INVARIANTS.contribute(broken)
    try:
        upkeep.check_invariants()
        lines.clear()
        upkeep.check_invariants()
    finally:
        INVARIANTS._items[:] = [pair for pair in INVARIANTS._items if pair[1] is not broken]
    item = db.session.scalars(sa.select(WorkItem).where(WorkItem.kind == "invariant")).one()
    assert (item.state, item.closed_by, item.note) == (WorkState.DONE, "the check of invariants", "It holds again.")


def test_a_beat_that_is_stopped_in_the_middle_of_a_tick_gives_its_lease_back_after_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Celery closes the scheduler in its signal handler: there a transaction of this very thread may be open."""
    monkeypatch.setattr(beat, "flask_app", lambda: app)
    scheduler = beat.LeasedScheduler(celery)

    def told_to_stop() -> list[str]:
        scheduler.close()
        assert not leases.hold("beat", "another", beat.LEASE_SECONDS)
        raise SystemExit

    monkeypatch.setattr(beat, "ring_due", told_to_stop)
    with pytest.raises(SystemExit):
        scheduler.tick()
    scheduler.close()
    assert leases.hold("beat", "another", beat.LEASE_SECONDS)
