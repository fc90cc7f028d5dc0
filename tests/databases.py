"""The database of a run: which tests may reach it, and how PostgreSQL goes back to what was put by.

SQLite's copy is a file. PostgreSQL's lies in a schema of its name, beside a function that goes back to it: one
question a test, whose plans the server keeps. A TRUNCATE of all tables would cost a file for each, used or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from station.core.db import Base

FRESH, DEMONSTRATION = "fresh", "demonstration"  # what is put by, and may be gone back to


def reaches_a_database(fixtures: Collection[str]) -> bool:
    """Whether a test that takes these fixtures, and what those take, may be told where the database of the run is."""
    return "database_url" in fixtures


def go_back(connection: sa.Connection, kept: str) -> None:
    """PostgreSQL holds again what was put by under this name. Wants a connection that may write."""
    connection.exec_driver_sql(f"SELECT {kept}.go_back()")


def keep(connection: sa.Connection, kept: str) -> None:
    """Put by what PostgreSQL holds now, for `go_back`; what had this name before is gone. As `go_back` wants."""
    tables = Base.metadata.sorted_tables
    filled = [each for each in tables if connection.scalar(sa.select(sa.exists().select_from(each)))]
    connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {kept} CASCADE")
    connection.exec_driver_sql(f"CREATE SCHEMA {kept}")
    for table in filled:
        connection.exec_driver_sql(f'CREATE TABLE {kept}."{table.name}" AS TABLE "{table.name}"')
    numbers = connection.exec_driver_sql(
        "SELECT quote_ident(sequencename), start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
    )
    body = [*_emptied(tables), *_filled(filled, kept), *_counted(numbers)]
    connection.exec_driver_sql(
        f"CREATE FUNCTION {kept}.go_back() RETURNS void LANGUAGE plpgsql AS $$\n"
        "#variable_conflict use_column\n"  # a column of ours is called as one of its variables
        "BEGIN\n"
        "SET LOCAL session_replication_role = replica;\n" + "\n".join(body) + "\nEND $$"  # no trigger, no foreign key
    )


def _emptied(tables: list[sa.Table]) -> Iterator[str]:
    for name in [f'"{each.name}"' for each in tables]:
        yield f"IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF;"  # noqa: S608  # our own names


def _filled(tables: list[sa.Table], kept: str) -> Iterator[str]:
    for table in tables:
        columns = ", ".join(f'"{each.name}"' for each in table.columns if each.computed is None)
        rows = f'SELECT {columns} FROM {kept}."{table.name}"'  # noqa: S608  # our own names
        yield f'INSERT INTO "{table.name}" ({columns}) OVERRIDING SYSTEM VALUE {rows};'


def _counted(numbers: sa.CursorResult[tuple[str, int, int | None]]) -> Iterator[str]:
    for name, first, last in numbers:
        yield f"PERFORM setval('{name}', {first if last is None else last}, {last is not None});"
