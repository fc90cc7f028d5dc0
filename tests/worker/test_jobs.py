"""One outbox row is run: done, tried again, or given up; and each of these is written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts.models import WorkItem
from station.core import clock, runs
from station.core.actor import request_id
from station.core.db import db, transaction
from station.core.outbox import JOBS, Job, JobState, Outbox, Permanent, Queue, enqueue
from worker import jobs


@pytest.fixture
def job() -> Iterator[Job]:
    """A job of this test alone."""
    made = Job("test.probe", Queue.BULK, lease=60, attempts=3)
    yield made
    JOBS.pop(made.name)
    jobs.TASKS.pop(made.name, None)
    jobs.SCHEDULED.pop(made.name, None)


def row() -> Outbox:
    db.session.rollback()
    return db.session.scalars(sa.select(Outbox).execution_options(populate_existing=True)).one()


def ask(job: Job, **args: object) -> UUID:
    token = request_id.set("request-1")
    with transaction():
        enqueue(job, **args)
    request_id.reset(token)
    return row().id


def items() -> list[WorkItem]:
    return list(db.session.scalars(sa.select(WorkItem)))


def test_a_job_gets_its_args_and_its_request_and_is_done(app: Flask, job: Job) -> None:
    seen = []
    jobs.task(job)(lambda number: seen.append((number, request_id.get())))
    assert jobs.run(ask(job, number=7)) is True
    assert seen == [(7, "request-1")]
    assert (row().state, request_id.get()) == (JobState.DONE, "")
    assert jobs.run(row().id) is False
    assert len(seen) == 1


def test_an_error_is_tried_again_later_and_the_third_one_waits_for_a_person(
    app: Flask, job: Job, later: Callable[..., None]
) -> None:
    def work() -> None:
        raise OSError("no route")

    jobs.task(job)(work)
    ask(job)
    for attempt in (1, 2, 3):
        assert jobs.run_due() == 1
        assert (row().attempts, row().last_error) == (attempt, "OSError: no route")
        if attempt < 3:
            assert row().state is JobState.READY
            assert row().run_at > clock.now()
            assert items() == []
        later(hours=2)
    assert row().state is JobState.DEAD
    assert [item.title for item in items()] == ["A background job gave up: test.probe"]
    assert "no route" in items()[0].detail


def test_a_permanent_error_is_not_tried_again(app: Flask, job: Job, caplog: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        raise Permanent("nobody by that name")

    jobs.task(job)(work)
    ask(job)
    with caplog.at_level(logging.WARNING):
        jobs.run_due()
    assert row().state is JobState.DEAD
    assert len(items()) == 1
    assert [(r.levelname, r.exc_info) for r in caplog.records if r.name == "worker.jobs"] == [("WARNING", None)]


def test_work_that_was_rolled_back_leaves_a_job_that_can_say_so(app: Flask, job: Job) -> None:
    """An error inside the work's own transaction must not take the record of the failure with it."""

    def work() -> None:
        with transaction():
            enqueue(job, key="inside")
            raise ValueError("half way")

    jobs.task(job)(work)
    ask(job)
    jobs.run_due()
    assert row().last_error == "ValueError: half way"


def test_two_tasks_of_one_name_are_refused(job: Job) -> None:
    jobs.task(job)(lambda: None)
    with pytest.raises(ValueError, match="two tasks"):
        jobs.task(job)(lambda: None)


def test_a_scheduled_job_is_recorded_and_never_piles_up(app: Flask, job: Job, later: Callable[..., None]) -> None:
    done = []
    jobs.periodic(job.name)(lambda: done.append(clock.now()))
    planned = jobs.SCHEDULED[job.name]
    assert runs.ask(planned) is True
    assert runs.ask(planned) is False
    assert jobs.run_due() == 1
    run = db.session.get_one(runs.ScheduledRun, job.name)
    assert None not in (run.started_at, run.finished_at, run.asked_at)
    assert run.error == ""
    assert runs.ask(planned) is True
    assert len(done) == 1


def test_a_scheduled_job_that_keeps_failing_opens_one_work_item(
    app: Flask, job: Job, later: Callable[..., None]
) -> None:
    def work() -> None:
        raise OSError("still down")

    jobs.periodic(job.name)(work)
    for _ in range(2):
        runs.ask(jobs.SCHEDULED[job.name])
        for _ in range(3):
            jobs.run_due()
            later(hours=2)
    assert len(items()) == 1
    assert db.session.get_one(runs.ScheduledRun, job.name).error == "OSError: still down"


def test_the_clock_of_retries_is_the_houses(app: Flask, job: Job, later: Callable[..., None]) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise OSError

    jobs.task(job)(work)
    ask(job)
    assert (jobs.run_due(), jobs.run_due()) == (1, 0)
    later(seconds=timedelta(minutes=1).total_seconds())
    assert jobs.run_due() == 1
    assert len(tries) == 2
