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
from station.core.events import EventSubject, Subject, events_of, record
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


def test_a_read_forgets_no_prepared_statement(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("only psycopg prepares statements by itself, and drops them at a ROLLBACK")
    for _ in range(60):  # the pool hands out its connections in turn
        assert db.session.scalar(sa.select(Station.id).limit(1)) is not None
        db.session.rollback()
    count = sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT station.id%'")
    assert db.session.scalar(count) == 1


def test_a_read_that_failed_hurts_nobody_after_it(app: Flask) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.text("SELECT nothing FROM nowhere"))
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Station))


@pytest.mark.parametrize("kinds", [[], ["member"], ["member", "mail", "member"]])
def test_an_event_is_found_by_each_of_its_subjects(app: Flask, kinds: list[str]) -> None:
    one = new_id()
    with transaction():
        done = record("core.test.done", COMMAND, (Subject(kind, one) for kind in kinds))
    assert [[e.id for e in events_of(Subject(kind, one))] for kind in kinds] == [[done]] * len(kinds)
    about = sa.select(EventSubject.kind).where(EventSubject.event_id == done)
    assert sorted(db.session.scalars(about)) == sorted(set(kinds))
