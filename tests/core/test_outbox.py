"""The outbox: a job is a row. It is leased, fenced, retried, swept, and dies only in front of a person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from station.core import clock, outbox
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.outbox import Job, JobState, Outbox, Queue


@pytest.fixture
def job() -> Iterator[Job]:
    yield Job("core.test", Queue.BULK, lease=60, attempts=3)
    del outbox.JOBS["core.test"]


def put(job: Job, **options: object) -> UUID:
    with transaction():
        outbox.enqueue(job, number=1, **options)  # type: ignore[arg-type]
    return db.session.scalars(sa.select(Outbox.id).order_by(Outbox.id.desc()).limit(1)).one()


def state(row_id: UUID) -> JobState:
    db.session.rollback()
    return db.session.get_one(Outbox, row_id).state


def test_a_job_goes_from_ready_to_done(app: Flask, job: Job) -> None:
    row_id = put(job)
    assert outbox.take_due() == [(row_id, "core.test", Queue.BULK)]
    assert outbox.take_due() == []
    claim = outbox.claim(row_id)
    assert claim is not None
    assert (claim.args, claim.attempt) == ({"number": 1}, 1)
    assert outbox.claim(row_id) is None
    outbox.finish(claim)
    assert state(row_id) is JobState.DONE
    assert outbox.claim(row_id) is None


def test_a_lost_message_rings_again(app: Flask, job: Job, later: Callable[..., None]) -> None:
    row_id = put(job)
    outbox.take_due()
    later(seconds=29)
    assert outbox.take_due() == []
    later(seconds=2)
    assert [found[0] for found in outbox.take_due()] == [row_id]


def test_what_stands_in_a_long_queue_rings_ever_more_seldom(app: Flask, job: Job, later: Callable[..., None]) -> None:
    """Each ring is one more message in that queue."""
    put(job)
    rings = []
    for seconds in range(0, 2 * 3600, 30):
        rings += [seconds] * len(outbox.take_due())
        later(seconds=30.01)
    pauses = [after - before for before, after in pairwise(rings)]
    assert (pauses[0], pauses[-1]) == (30, outbox.PAUSES[-1].total_seconds())
    assert pauses == sorted(pauses)
    assert len(rings) < 15


def test_a_bell_that_rang_twice_opens_no_write(app: Flask, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    row_id, tomorrow = put(job), put(job, run_at=clock.now() + timedelta(days=1))
    assert outbox.claim(row_id) is not None
    monkeypatch.setattr(outbox, "transaction", lambda: pytest.fail("a write transaction"))
    assert outbox.claim(row_id) is None
    assert outbox.claim(tomorrow) is None
    assert outbox.claim(new_id()) is None


def test_a_broker_that_is_down_gets_it_at_the_next_look(app: Flask, job: Job) -> None:
    row_id = put(job)
    outbox.give_back([found[0] for found in outbox.take_due()])
    assert [found[0] for found in outbox.take_due()] == [row_id]


def test_a_killed_worker_gives_way_and_cannot_finish_later(app: Flask, job: Job, later: Callable[..., None]) -> None:
    row_id = put(job)
    dead = outbox.claim(row_id)
    later(seconds=61)
    assert outbox.sweep() == 1
    alive = outbox.claim(row_id)
    assert dead is not None
    assert alive is not None
    outbox.finish(dead)
    assert state(row_id) is JobState.RUNNING
    outbox.finish(alive)
    assert state(row_id) is JobState.DONE


def test_a_failing_job_waits_longer_each_time_and_then_dies(app: Flask, job: Job, later: Callable[..., None]) -> None:
    row_id = put(job)
    for pause, dead in ((5, False), (10, False), (0, True)):
        claim = outbox.claim(row_id)
        assert claim is not None
        assert outbox.fail(claim, "broken") is dead
        assert outbox.claim(row_id) is None
        later(seconds=pause)
    assert state(row_id) is JobState.DEAD
    assert outbox.revive(row_id) is True
    assert outbox.claim(row_id) is not None
    assert outbox.revive(row_id) is False


def test_a_permanent_error_is_not_tried_again(app: Flask, job: Job) -> None:
    claim = outbox.claim(put(job))
    assert claim is not None
    assert outbox.fail(claim, "never", permanent=True) is True


def test_the_same_key_is_one_job(app: Flask, job: Job) -> None:
    put(job, key="a")
    put(job, key="a")
    put(job, key="b")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Outbox)) == 2


def test_two_relays_and_many_workers_never_share_a_row(app: Flask, job: Job) -> None:
    with transaction():
        for _ in range(40):
            outbox.enqueue(job)
    taken: list[UUID] = []
    claimed: list[UUID] = []

    def work() -> None:
        with app.app_context():
            while batch := outbox.take_due(3):
                for row_id, _, _ in batch:
                    taken.append(row_id)
                    if outbox.claim(row_id):
                        claimed.append(row_id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(set(taken))
    assert len(claimed) == 40
