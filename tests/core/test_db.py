"""One commit site: reads cannot write, writers wait their turn, nested transactions join."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from station.core import bulletin
from station.core.actor import COMMAND
from station.core.bulletin import Bulletin
from station.core.db import LOCK_WAIT_MS, after_commit, db, transaction
from station.core.events import Subject, events_of, record
from station.core.ids import new_id
from station.core.leases import Lease, hold
from station.core.upsert import insert_missing
from station.licensee.models import Station


def test_outside_a_transaction_nothing_can_be_written(app: Flask) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="read"):
        db.session.execute(sa.update(Station).values(tagline="changed"))
    db.session.rollback()
    assert db.session.scalar(sa.select(Station.tagline).where(Station.tagline == "changed")) is None


def test_an_error_takes_everything_back(app: Flask) -> None:
    called: list[str] = []
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what happens inside is the point
        bulletin.bump("stories")
        after_commit(lambda: called.append("no"))
        raise RuntimeError
    with transaction():
        pass
    assert db.session.get(Bulletin, "stories") is None
    assert called == []


def test_nested_transactions_are_one(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what happens inside is the point
        with transaction():
            bulletin.bump("stories")
        raise RuntimeError
    assert db.session.get(Bulletin, "stories") is None


def test_read_then_write_from_many_threads_loses_nothing(app: Flask) -> None:
    with transaction():
        insert_missing(Bulletin, name="count", version=0)
    errors: list[BaseException] = []

    def count() -> None:
        try:
            with app.app_context():
                for _ in range(25):
                    with transaction() as session:
                        row = session.get_one(Bulletin, "count", with_for_update=True)
                        row.version += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    db.session.rollback()
    assert db.session.get_one(Bulletin, "count").version == 150


def test_foreign_keys_lengths_and_choices_hold(app: Flask) -> None:
    for change in ({"licensee_id": new_id()}, {"call_sign": "K" * 11}):
        with pytest.raises(sa.exc.DBAPIError), transaction() as session:
            session.execute(sa.update(Station).where(Station.position == 1).values(**change))


@pytest.mark.parametrize("statement", ["UPDATE event SET name = 'x'", "DELETE FROM event"])
def test_the_event_log_is_append_only(app: Flask, statement: str) -> None:
    about = Subject("member", new_id())
    with transaction():
        record("core.test.done", COMMAND, [about], {"a": 1})
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
        session.execute(sa.text(statement))
    assert [(e.name, e.data, e.actor_label) for e in events_of(about)] == [
        ("core.test.done", {"a": 1}, "the station command")
    ]


def test_instants_come_back_aware_and_naive_ones_are_refused(app: Flask) -> None:
    assert hold("x", "me", 60)
    assert db.session.get_one(Lease, "x").until.tzinfo is UTC
    with pytest.raises(sa.exc.StatementError, match="time zone"), transaction() as session:
        session.add(Lease(name="y", holder="me", until=datetime(2026, 1, 1)))


def test_a_locked_row_is_an_answer_not_a_wait_for_ever(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        wait = db.session.execute(sa.text("PRAGMA busy_timeout")).scalar_one()
        assert wait == LOCK_WAIT_MS
    else:
        assert db.session.execute(sa.text("SHOW lock_timeout")).scalar_one() == f"{LOCK_WAIT_MS // 1000}s"
