"""The relay: what is due is published once, and an outage is one line and growing pauses."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from kombu.exceptions import OperationalError

from station.core.db import db, transaction
from station.core.outbox import JOBS, Job, JobState, Outbox, Queue, claim, enqueue
from worker.relay import IDLE_SECONDS, LONGEST_PAUSE, SHORTEST_PAUSE, Outage, Relay

Sent = list[tuple[str, UUID, Queue]]


@pytest.fixture
def job() -> Iterator[Job]:
    made = Job("test.bell", Queue.MAIL, lease=60)
    yield made
    JOBS.pop(made.name)


class Broker:
    """Takes ids, or refuses after some."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.takes = 1_000

    def __call__(self, job: str, row_id: UUID, queue: Queue) -> None:
        if len(self.sent) >= self.takes:
            raise OperationalError("connection refused")
        self.sent.append((job, row_id, queue))


def enqueue_three(job: Job) -> None:
    with transaction():
        for _ in range(3):
            enqueue(job)


def published() -> int:
    db.session.rollback()
    return db.session.scalars(sa.select(sa.func.count()).where(Outbox.published_at.is_not(None))).one()


def test_due_jobs_are_published_once_by_name_and_queue(app: Flask, job: Job) -> None:
    broker = Broker()
    relay = Relay(broker)
    enqueue_three(job)
    assert (relay.step(), relay.step()) == (0.0, IDLE_SECONDS)
    assert {(name, queue) for name, _, queue in broker.sent} == {("test.bell", Queue.MAIL)}
    assert len({row_id for _, row_id, _ in broker.sent}) == 3


def test_what_the_broker_did_not_take_rings_again(app: Flask, job: Job, caplog: pytest.LogCaptureFixture) -> None:
    broker = Broker()
    broker.takes = 1
    relay = Relay(broker)
    enqueue_three(job)
    with caplog.at_level(logging.WARNING, "relay"):
        pauses = [relay.step() for _ in range(7)]
        assert published() == 1
        broker.takes = 1_000
        relay.step()
    assert pauses[:3] == [SHORTEST_PAUSE, SHORTEST_PAUSE * 2, SHORTEST_PAUSE * 4]
    assert max(pauses) == LONGEST_PAUSE
    assert len(broker.sent) == 3
    silent, again = [record.getMessage() for record in caplog.records]
    assert silent.startswith("The broker does not answer (")
    assert re.fullmatch(r"The broker answers again after \d s\.", again)


def test_an_expired_lease_rings_again(app: Flask, job: Job, later: Callable[..., None]) -> None:
    broker = Broker()
    relay = Relay(broker)
    with transaction():
        enqueue(job)
    relay.step()
    assert claim(broker.sent[0][1]) is not None
    later(seconds=61)
    relay._next_sweep = 0.0
    relay.step()
    assert len(broker.sent) == 2
    assert db.session.scalars(sa.select(Outbox.state)).one() is JobState.READY


def test_a_database_that_does_not_answer_stops_nobody(
    app: Flask, job: Job, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = Relay(Broker())
    answers = iter(
        [
            sa.exc.OperationalError("BEGIN", None, Exception("locked")),
            sa.exc.OperationalError("BEGIN", None, Exception("locked")),
            0.0,
        ]
    )

    def step() -> float:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        relay.stop.set()
        return answer

    monkeypatch.setattr(relay, "step", step)
    monkeypatch.setattr(relay.stop, "wait", lambda seconds: None)
    with caplog.at_level(logging.WARNING, "relay"):
        relay.run()
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        "The database does not answer",
        "The database answers again after 0 s.",
    ]


def test_an_outage_speaks_once(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("broker", "Work waits.")
    with caplog.at_level(logging.WARNING, "relay"):
        outage.worked()
        for _ in range(3):
            outage.failed(OSError("refused"))
        outage.worked()
        outage.worked()
    assert len(caplog.records) == 2
    assert outage.failed(OSError("refused")) == SHORTEST_PAUSE
