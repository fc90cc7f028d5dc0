"""The page of checks: what must be true, whether it is, and a button that asks now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts import queries, services
from station.accounts.models import CheckResult, Role, WorkItem, WorkState
from station.core.db import db, transaction
from station.core.outbox import JOBS, Job, JobState, Outbox, Queue, enqueue
from station.core.places import INVARIANTS, Invariant
from tests.browsing import send

PAGE = "/desk/checks"
lines: list[str] = []


def answer() -> list[str]:
    if lines == ["explode"]:
        db.session.execute(sa.text("SELECT * FROM no_such_table"))
    return list(lines)


@pytest.fixture
def waiting() -> Iterator[Job]:
    job = Job("test.waiting", Queue.BULK)
    yield job
    del JOBS[job.name]


@pytest.fixture(autouse=True)
def sum_of_two(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(INVARIANTS, "_items", list(INVARIANTS._items))
    INVARIANTS.contribute(Invariant("test-sum", "Two and two are four.", answer))
    yield
    lines.clear()


def shown(browser: Any) -> str:
    return str(browser.get(PAGE).get_data(as_text=True))


def test_the_page_shows_each_check_and_the_button_asks_them(desk: Any, outbox: Callable[[], int], later: Any) -> None:
    admin = desk("admin")
    page = shown(admin)
    assert page.count("not asked yet") == len(INVARIANTS)
    lines.append("they are <five>")
    assert send(admin, PAGE).status_code == 303
    assert "not asked yet" in shown(admin)
    outbox()
    page = shown(admin)
    assert "not asked yet" not in page
    assert "they are &lt;five&gt;" in page
    assert f"{len(INVARIANTS)} checks, 1 broken." in page
    assert page.index("Two and two are four.") < page.index("No job is due for longer"), "what is broken comes first"
    since = db.session.scalars(sa.select(CheckResult.broken_since).where(CheckResult.name == "test-sum")).one()
    later(minutes=20)
    services.run_checks()
    db.session.rollback()
    assert db.session.get_one(CheckResult, "test-sum").broken_since == since
    lines.clear()
    services.run_checks()
    assert "none broken." in shown(admin)
    assert "had everything checked" in admin.get("/desk/audit").get_data(as_text=True)


def test_the_page_costs_one_query_beside_those_of_every_page(desk: Any) -> None:
    services.run_checks()
    auditor = desk("auditor")
    seen: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    auditor.get(PAGE)
    assert len([statement for statement in seen if "check_result" in statement]) == 1


@pytest.mark.parametrize("role", ["development", "underwriting", "news", "volunteer"])
def test_it_is_not_for_every_role(desk: Any, role: str) -> None:
    browser = desk(role)
    assert browser.get(PAGE).status_code == 403
    assert send(browser, "/desk/account", to=PAGE).status_code == 403


def test_one_that_cannot_be_asked_is_broken_and_hides_no_other(app: Flask) -> None:
    lines.append("explode")
    services.run_checks()
    row = db.session.get_one(CheckResult, "test-sum")
    assert "could not be asked" in row.lines[0]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CheckResult)) == len(INVARIANTS)


def test_a_job_that_waits_too_long_is_told(app: Flask, waiting: Job, later: Callable[..., None]) -> None:
    with transaction():
        enqueue(waiting)
        enqueue(waiting)
    later(minutes=14)
    assert queries.late_jobs() == []
    later(minutes=2)
    (line,) = queries.late_jobs()
    assert line.startswith("test.waiting: 2 due, the oldest since ")


def test_a_dead_job_that_nobody_was_told_of_is_found(app: Flask, waiting: Job) -> None:
    with transaction() as session:
        enqueue(waiting)
        session.execute(sa.update(Outbox).values(state=JobState.DEAD))
    row = db.session.scalars(sa.select(Outbox)).one()
    assert queries.unnoticed_dead_jobs() == [f"test.waiting {row.id}"]
    services.open_work_item("dead_job", f"job:{row.id}", Role.ADMIN, "A background job gave up")
    assert queries.unnoticed_dead_jobs() == []


def test_what_holds_again_closes_its_item(app: Flask) -> None:
    lines.append("they are five")
    services.run_checks()
    lines.clear()
    services.run_checks()
    item = db.session.scalars(sa.select(WorkItem).where(WorkItem.key == "invariant:test-sum")).one()
    assert (item.state, item.urgent) == (WorkState.DONE, True)
