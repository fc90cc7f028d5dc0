"""Dead letters: what gave up is shown with its reason, run again by hand, and comes back when it fails again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.accounts.models import Role, WorkItem, WorkState
from station.core import clock
from station.core.db import db, transaction
from station.core.events import Event
from station.core.ids import new_id, public_id
from station.core.outbox import JOBS, Job, JobState, Outbox, Queue, enqueue
from station.payments.models import EventState, StripeEvent
from station.payments.services import inbox, start_checkout
from tests.browsing import send
from tests.payments.parts import PAGE, opened, session_of, state_of
from tests.payments.test_any_order import stored
from worker import jobs

Desk = Callable[..., FlaskClient]
PATH = "/desk/dead-letters"


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """A job "tests.bad" that raises the first of these, as long as there is one."""
    troubles: list[Exception] = []

    def work(number: int) -> None:
        if troubles:
            raise troubles[0]

    monkeypatch.setitem(JOBS, "tests.bad", Job("tests.bad", Queue.REPORTS, attempts=1))
    monkeypatch.setitem(jobs.TASKS, "tests.bad", work)
    return troubles


def write(*numbers: int) -> None:
    with transaction():
        for number in numbers:
            enqueue(JOBS["tests.bad"], key=f"bad:{number}", number=number)


def states() -> list[JobState]:
    db.session.rollback()
    found = sa.select(Outbox.state).where(Outbox.job == "tests.bad").order_by(Outbox.key)
    return list(db.session().scalars(found))


def page(browser: FlaskClient) -> str:
    answer = browser.get(PATH)
    assert answer.status_code == 200
    return answer.text


def open_items() -> list[str]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(WorkItem.kind).where(WorkItem.state == WorkState.OPEN)))


def test_a_quiet_house_says_so(desk: Desk) -> None:
    text = page(desk(Role.DEVELOPMENT))
    assert "No job has given up." in text
    assert "Every event of Stripe is applied." in text


def test_a_dead_job_with_its_reason_is_run_again_until_it_works(
    bad: list[Exception], outbox: Callable[[], int], desk: Desk, later: Callable[..., None]
) -> None:
    bad.append(RuntimeError("the printer is on fire"))
    write(1)
    outbox()
    person = desk(Role.DEVELOPMENT)
    text = page(person)
    for words in ("tests.bad (1)", "RuntimeError: the printer is on fire", "number 1", "Attempt 1 of 1"):
        assert words in text
    assert "it failed again" not in text
    assert open_items() == ["dead_job"]
    job = public_id("job", db.session.scalars(sa.select(Outbox.id).where(Outbox.job == "tests.bad")).one())
    assert f'id="{job}"' in text

    assert "comes back here" in person.get(send(person, PATH, to=f"{PATH}/jobs/{job}").location).text
    assert (states(), open_items()) == ([JobState.READY], [])
    bad[:] = [ValueError("and now the ink is out")]
    outbox()
    text = page(person)
    assert "ValueError: and now the ink is out" in text
    assert "run again by hand once, last by Development Person, <b>and it failed again</b>" in text
    assert open_items() == ["dead_job"]

    bad.clear()
    send(person, PATH, to=f"{PATH}/jobs/{job}")
    outbox()
    assert (states(), open_items()) == ([JobState.DONE], [])
    assert "No job has given up." in page(person)
    told = db.session.scalars(sa.select(Event).where(Event.name == "payments.job.run_again")).all()
    assert [(each.actor_label, each.data) for each in told] == [("Development Person", {"job": "tests.bad"})] * 2


def test_all_of_a_kind_and_no_other(bad: list[Exception], outbox: Callable[[], int], desk: Desk) -> None:
    bad.append(RuntimeError("no"))
    write(1, 2, 3)
    outbox()
    person = desk(Role.DEVELOPMENT)
    assert "Run all 3 again" in page(person)
    assert (
        "does not wait any more" in person.get(send(person, PATH, {"job": "mail.send"}, f"{PATH}/jobs").location).text
    )
    assert states() == [JobState.DEAD] * 3
    bad.clear()
    assert "3 jobs run again" in person.get(send(person, PATH, {"job": "tests.bad"}, f"{PATH}/jobs").location).text
    outbox()
    assert states() == [JobState.DONE] * 3


def test_a_job_that_still_tries_is_told_apart(bad: list[Exception], outbox: Callable[[], int], desk: Desk) -> None:
    JOBS["tests.bad"] = Job("tests.bad", Queue.REPORTS, attempts=5)
    bad.append(RuntimeError("for now"))
    write(1)
    outbox()
    text = page(desk(Role.DEVELOPMENT))
    assert "No job has given up." in text
    assert "Failing now, and tried again by themselves" in text
    assert "Attempt 1 of 5" in text


def test_what_does_not_wait_is_not_run(desk: Desk, bad: list[Exception], outbox: Callable[[], int]) -> None:
    write(1)
    outbox()
    person = desk(Role.DEVELOPMENT)
    job = public_id("job", db.session.scalars(sa.select(Outbox.id).where(Outbox.job == "tests.bad")).one())
    for to in (f"{PATH}/jobs/{job}", f"{PATH}/jobs/{public_id('job', new_id())}", f"{PATH}/events/evt_none"):
        assert "does not wait any more" in person.get(send(person, PATH, to=to).location).text
    assert send(person, PATH, to=f"{PATH}/jobs/nothing").status_code == 404
    assert states() == [JobState.DONE]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.NEWS, Role.VOLUNTEER])
def test_who_may_not(role: Role, desk: Desk, bad: list[Exception], outbox: Callable[[], int]) -> None:
    bad.append(RuntimeError("no"))
    write(1)
    outbox()
    person = desk(role)
    assert person.get(PATH).status_code == (200 if role is Role.AUDITOR else 403)
    assert send(person, "/desk/account", {"job": "tests.bad"}, f"{PATH}/jobs").status_code == 403
    assert states() == [JobState.DEAD]


def test_an_event_that_failed_is_applied_again(
    house: Any, stripe_sandbox: Any, outbox: Callable[[], int], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = opened(house)
    inbox_look = inbox.look
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()

    def broken(*_: Any) -> Any:
        raise ValueError("a field that is not there")

    monkeypatch.setattr(inbox, "look", broken)
    outbox()
    person = desk(Role.DEVELOPMENT)
    text = page(person)
    assert "checkout.session.completed (1)" in text
    assert "ValueError: a field that is not there" in text
    event = db.session.scalars(sa.select(StripeEvent).where(StripeEvent.state == EventState.FAILED)).one()
    person_sends = f"{PATH}/events/{event.id}"
    assert "One event runs again" in person.get(send(person, PATH, to=person_sends).location).text
    outbox()  # at once, though the job waits for its next try
    assert "ValueError: a field that is not there" in page(person)

    monkeypatch.setattr(inbox, "look", inbox_look)
    send(person, PATH, {"type": "checkout.session.completed"}, f"{PATH}/events")
    outbox()
    assert "Every event of Stripe is applied." in page(person)
    assert state_of(payment_id) == "settled"
    told = db.session.scalars(sa.select(Event.actor_label).where(Event.name == "payments.event.run_again")).all()
    assert told == ["Development Person"] * 2


def test_a_late_event_without_a_job_gets_one(house: Any, app: object) -> None:
    event_id = stored("checkout.session.completed", "cs_nobody", "{}")
    inbox.ring_now(event_id)
    inbox.ring_now(event_id)
    db.session.rollback()
    rows = db.session().scalars(sa.select(Outbox)).all()
    assert [(row.key, row.state) for row in rows] == [(event_id, JobState.READY)]
    for state, keys in (
        (JobState.DONE, [event_id, f"{event_id}:2"]),
        (JobState.RUNNING, [event_id, f"{event_id}:2"]),
    ):
        with transaction() as session:
            newest = session.scalars(sa.select(Outbox).order_by(Outbox.created_at.desc()).limit(1)).one()
            newest.state = state
        inbox.ring_now(event_id)
        db.session.rollback()
        assert sorted(row.key or "" for row in db.session().scalars(sa.select(Outbox))) == keys


def test_an_event_that_only_waits_is_late_after_a_quarter_of_an_hour(
    app: object, desk: Desk, later: Callable[..., None]
) -> None:
    event_id = stored("invoice.paid", "in_1", "{}")
    person = desk(Role.DEVELOPMENT)
    assert event_id not in page(person)
    later(minutes=16)
    assert event_id in page(person)
    assert clock.now() - db.session.get_one(StripeEvent, event_id).received_at > timedelta(minutes=15)
