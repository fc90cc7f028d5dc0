"""INSERT … ON CONFLICT in the dialect at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from station.core.db import Base, db


def insert_missing(table: type[Base], **values: Any) -> bool:
    """Insert a row unless one with the same unique key exists. True when it was inserted. Inside a transaction."""
    connection = db.session().connection()  # past the unit of work, which has nothing to do here
    insert = _statement(table, connection.dialect.name)
    return connection.execute(insert, values).first() is not None  # psycopg's rowcount does not tell the two apart


def insert_all_missing(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose unique keys do not exist yet, at once. Inside a transaction."""
    if rows:
        connection, into = db.session().connection(), cast(sa.Table, table.__table__)
        make = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
        connection.execute(make(into).on_conflict_do_nothing(), [dict(row) for row in rows])


@cache
def _statement(table: type[Base], dialect: str) -> sa.Insert:
    """The statement, whose columns come with the values: built once, as that costs more than running it."""
    into = cast(sa.Table, table.__table__)
    make = sqlite_insert if dialect == "sqlite" else postgresql_insert
    return make(into).on_conflict_do_nothing().returning(*into.primary_key.columns)


def add_up(table: type[Base], rows: Sequence[Mapping[str, Any]], column: str) -> list[tuple[Any, ...]]:
    """Insert rows, or add their `column` to those with the same primary key: one statement, exact at any concurrency.

    Answers with the primary key and the new value of `column` of each row. Inside a transaction.
    """
    session, into = db.session(), cast(sa.Table, table.__table__)
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    insert = make(into).values([dict(row) for row in rows])
    added = insert.on_conflict_do_update(
        index_elements=list(into.primary_key.columns), set_={column: into.c[column] + insert.excluded[column]}
    )
    found = session.execute(added.returning(*into.primary_key.columns, into.c[column]))
    return [tuple(row) for row in found]
