"""Staff hear in time that next year's thresholds are missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts.models import Role, WorkItem, WorkState
from station.core import clock
from station.core.db import db
from station.core.money import Money
from station.receipts.policies import thresholds
from station.receipts.policies.thresholds import Thresholds
from station.receipts.services import watch_thresholds, watching
from worker import jobs, tasks
from worker.schedule import SCHEDULE

COMING, HERE = "receipts.thresholds:2027", "receipts.thresholds.now:2027"


@pytest.fixture
def on(app: Flask) -> Callable[[str], None]:
    """Set the clock to an instant and let the job of the day run."""

    def go(when: str) -> None:
        clock.move(datetime.fromisoformat(when).replace(tzinfo=UTC) - clock.now())
        watch_thresholds()

    return go


def open_items() -> dict[str, bool]:
    rows = db.session().scalars(sa.select(WorkItem).where(WorkItem.state == WorkState.OPEN)).all()
    assert {row.role for row in rows} <= {Role.DEVELOPMENT}
    return {row.key: row.urgent for row in rows}


def test_from_november_1_in_the_station_s_time(on: Callable[[str], None]) -> None:
    on("2026-10-31 12:00")
    assert open_items() == {}
    on("2026-11-01 06:30")  # half past eleven in the evening of October 31 in Las Vegas
    assert open_items() == {}
    on("2026-11-01 08:15")
    assert open_items() == {COMING: False}
    on("2026-12-31 23:00")
    assert open_items() == {COMING: False}


def test_urgent_from_january_1(on: Callable[[str], None]) -> None:
    on("2026-12-01 08:15")
    on("2027-01-01 08:15")
    assert open_items() == {HERE: True}
    on("2027-06-01 08:15")
    assert open_items() == {HERE: True}


def test_a_row_settles_it(on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    on("2026-11-02 08:15")
    row = Thresholds(2027, Money(14_00), Money(70_00), Money(140_00), "Rev. Proc. 2026-1", Money(115_000_00))
    monkeypatch.setattr(thresholds, "TABLE", {**thresholds.TABLE, 2027: row})
    on("2026-11-03 08:15")
    assert open_items() == {}
    on("2027-01-02 08:15")
    assert open_items() == {}


def test_before_there_is_a_licensee_nobody_is_warned(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_yet() -> None:
        raise watching.NotEstablished

    monkeypatch.setattr(watching, "the_licensee", none_yet)
    watch_thresholds()
    assert open_items() == {}


def test_the_schedule_runs_it_once_a_day(app: Flask) -> None:
    tasks.load()
    assert "receipts.watch_thresholds" in SCHEDULE
    clock.move(datetime(2026, 11, 20, 9, tzinfo=UTC) - clock.now())
    jobs.TASKS["receipts.watch_thresholds"]()
    assert open_items() == {COMING: False}
