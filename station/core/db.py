"""Engines, the session, and the one commit site of Station.

Outside `transaction()` a session can only read: PostgreSQL opens READ ONLY transactions, SQLite runs with
`query_only`. Inside it SQLite opens `BEGIN IMMEDIATE`, so that a writer waits its turn instead of failing when it
upgrades its lock (sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session

from station.core.columns import check_lengths, shifted

LOCK_WAIT_MS = 10_000


class Base(DeclarativeBase):
    """All tables of Station. Every constraint has a name, so that migrations can reach it on both engines."""

    metadata = sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        check_lengths(cast(sa.Table, cls.__table__))


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

_writing: ContextVar[bool] = ContextVar("station_writing", default=False)


@contextmanager
def writable() -> Iterator[None]:
    """Connections opened in here may write. For migrations and tests; use `transaction()` everywhere else."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def transaction() -> Iterator[Session]:
    """The one commit site: commits when the block ends, rolls back when it raises. Nested calls join the outer one.

    What the session had read before is forgotten, so that decisions inside are made on rows read inside.
    """
    session = db.session()
    if _writing.get():
        yield session
        return
    session.rollback()
    session.expire_all()
    with writable():
        try:
            yield session
            session.commit()
        except BaseException:
            session.info.pop("after_commit", None)
            session.rollback()
            raise
    for call in session.info.pop("after_commit", []):
        call()


@contextmanager
def savepoint() -> Iterator[Session]:
    """A part of a transaction that can fail alone: what it wrote is taken back when it raises, the rest stands."""
    session = db.session()
    calls = list(session.info.get("after_commit", []))
    try:
        with session.begin_nested():
            yield session
    except BaseException:
        session.info["after_commit"] = calls
        raise


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once this transaction has committed, in this process. A hint only: use the outbox for work."""
    db.session().info.setdefault("after_commit", []).append(call)


def one_view() -> None:
    """All that this transaction reads is of one moment; call it first. On SQLite that is so by itself."""
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def in_transaction() -> bool:
    """Whether a `transaction()` is open here."""
    return _writing.get()


class PostgresqlConnection(psycopg.Connection[Any]):
    """A connection that keeps its prepared statements: psycopg drops all of them at each ROLLBACK, and nearly every
    read ends with one. What a transaction that only read leaves behind is the same after a COMMIT."""

    def rollback(self) -> None:
        if self.read_only and self.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS:
            self.commit()
        else:
            super().rollback()


def listen(engine: Engine) -> None:
    """Install the read-only rule, and SQLite's foreign keys, WAL and immediate writers, on an engine."""
    sqlite = engine.dialect.name == "sqlite"
    event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_postgresql)
    event.listen(engine, "connect", _connect_sqlite if sqlite else _connect_postgresql)
    if not sqlite:
        event.listen(engine, "do_connect", _open_postgresql)


def _connect_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver leaves BEGIN to us
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={LOCK_WAIT_MS}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("timezone", 2, shifted, deterministic=True)


def _open_postgresql(_dialect: Any, _record: Any, words: Any, options: Any) -> PostgresqlConnection:
    return PostgresqlConnection.connect(*words, **options)


def _connect_postgresql(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {LOCK_WAIT_MS}")  # a locked row is an answer, too: 503, and try again
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writing = _writing.get()
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        cursor.execute(begin)
    except sqlite3.OperationalError as error:  # locked by another writer: the same exception as any other statement's
        raise sa.exc.OperationalError(begin, None, error) from error
    finally:
        cursor.close()


def _begin_postgresql(connection: Connection) -> None:
    # psycopg opens the transaction with the first statement, in the mode set here; it costs no round trip
    driver = cast(Any, connection.connection.dbapi_connection)
    driver.read_only = not _writing.get()
