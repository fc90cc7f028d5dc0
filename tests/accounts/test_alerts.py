"""Alerts: an urgent work item is told outside the desk, once, by mail and by a signed webhook."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from station.accounts import services
from station.accounts.models import Role, WorkItem
from station.core import clock, runtime
from station.core import outbox as outbox_module
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.outbox import Job, JobState, Outbox, Queue, enqueue
from station.mail.models import OutgoingMail
from tests.conftest import changed
from worker import jobs

SECRET = "s" * 32
PRIVATE = "Ana Ruiz, ana@example.org"


class Sink:
    """A web server that is told things: `heard` are bodies with their signatures; `answers` are taken in turn."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, Any], str, bytes]] = []
        self.answers: list[int] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                sink.heard.append((json.loads(raw), self.headers["Station-Signature"], raw))
                self.send_response(sink.answers.pop(0) if sink.answers else 200)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Nothing: tests look at what was heard."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"


@pytest.fixture
def sink(app: Flask) -> Iterator[Sink]:
    made = Sink()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with changed(runtime.settings(), alerts_webhook=made.url, alerts_secret=SECRET):
        yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def told(mailbox: Mailbox) -> Iterator[Mailbox]:
    """The mailbox of two people who are told."""
    with changed(runtime.settings(), alerts_mail=("ops@desk.example.org", "gm@desk.example.org")):
        yield mailbox


def urgent(key: str = "k") -> UUID:
    return services.open_work_item("test.fire", key, Role.ADMIN, "The ledger is off by $5", PRIVATE, urgent=True)


def alert_jobs() -> list[Outbox]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Outbox).where(Outbox.job == "accounts.alert").order_by(Outbox.id)))


def test_both_ways_hear_of_an_item_once(sink: Sink, told: Mailbox, outbox: Callable[[], int]) -> None:
    item = urgent()
    assert urgent() == item
    outbox()
    outbox()
    (body, _, raw) = sink.heard[0]
    assert len(sink.heard) == 1
    assert body["title"] == "The ledger is off by $5"
    assert (body["kind"], body["queue"]) == ("test.fire", "admin")
    assert body["url"].endswith(f"/desk/work/{body['id']}")
    letters = [str(letter) for letter in told.messages]
    assert len(letters) == 2
    assert all("The ledger is off by" in letter and body["url"] in letter for letter in letters)
    assert PRIVATE not in raw.decode() + "".join(letters), "details stay at the desk"


def test_what_is_posted_is_signed(sink: Sink, outbox: Callable[[], int]) -> None:
    urgent()
    outbox()
    _, header, raw = sink.heard[0]
    at, signature = (part.partition("=")[2] for part in header.split(","))
    right = hmac.new(SECRET.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    assert (signature, abs(clock.now().timestamp() - int(at)) < 60) == (right, True)


def test_an_ordinary_item_and_a_house_without_listeners_tell_nobody(sink: Sink, outbox: Callable[[], int]) -> None:
    services.open_work_item("test.slow", "a", Role.NEWS, "A story has no picture")
    with changed(runtime.settings(), alerts_webhook=""):
        urgent()
    outbox()
    assert (sink.heard, alert_jobs()) == ([], [])


def test_a_sink_that_fails_is_told_later_and_the_letters_stay_two(
    sink: Sink, told: Mailbox, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    sink.answers = [500, 302, 404]
    urgent()
    for _ in range(5):
        outbox()
        later(minutes=5)
    assert len(sink.heard) == 4
    assert len({body["id"] for body, _, _ in sink.heard}) == 1
    assert [job.state for job in alert_jobs()] == [JobState.DONE]
    assert len(told.messages) == 2


def test_a_sink_that_is_gone_delays_the_alert_and_says_why(sink: Sink, outbox: Callable[[], int]) -> None:
    with changed(runtime.settings(), alerts_webhook="http://127.0.0.1:9/alerts"):
        urgent()
        outbox()
    (job,) = alert_jobs()
    assert (job.state, "does not answer" in job.last_error) == (JobState.READY, True)


def test_what_is_closed_before_its_turn_is_not_told(sink: Sink, outbox: Callable[[], int]) -> None:
    services.close_work_item(urgent(), "It was me.", COMMAND)
    outbox()
    assert sink.heard == []
    urgent()
    outbox()
    assert len(sink.heard) == 1, "the key is free again, and the next one is news"


def test_a_storm_is_cut(sink: Sink, outbox: Callable[[], int], later: Callable[..., None]) -> None:
    for number in range(40):
        urgent(f"k{number}")
        later(seconds=1)
    outbox()
    assert len(sink.heard) == 30
    later(hours=2)
    urgent("after")
    outbox()
    assert len(sink.heard) == 31


def test_a_dead_job_is_urgent_but_a_dead_alert_alerts_nobody(
    sink: Sink, outbox: Callable[[], int], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "JOBS", dict(outbox_module.JOBS))
    doomed = Job("test.doomed", Queue.BULK, attempts=1)

    def work() -> None:
        raise RuntimeError("no disk")

    monkeypatch.setitem(jobs.TASKS, doomed.name, work)
    with transaction():
        enqueue(doomed)
    outbox()
    assert [body["title"] for body, _, _ in sink.heard] == ["A background job gave up: test.doomed"]
    sink.answers = [500] * 100
    urgent()
    for _ in range(40):
        outbox()
        later(hours=1, seconds=1)
    assert [job.state for job in alert_jobs()] == [JobState.DONE, JobState.DEAD]
    quiet = db.session.scalars(sa.select(WorkItem).where(WorkItem.title.contains("accounts.alert"))).one()
    assert quiet.urgent is False
    assert len(sink.heard) == 31


def test_a_letter_that_bounces_alerts_nobody_again(told: Mailbox, outbox: Callable[[], int]) -> None:
    told.refuse("ops@desk.example.org", 550)
    urgent()
    outbox()
    assert [job.state for job in alert_jobs()] == [JobState.DONE]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 2


def test_the_desk_says_what_is_urgent(desk: Any, app: Flask) -> None:
    urgent()
    assert "urgent" in desk("admin").get("/desk/work").get_data(as_text=True)
