"""Runs the migrations on the application's engine, SQLite or PostgreSQL, each one in a transaction of its own."""

from __future__ import annotations

from alembic import context

from station.core.columns import Json, Utc
from station.core.db import Base, db, writable
from station.web import tables  # noqa: F401  # every table must be known before they are compared

OURS_ONLY_IN_SQL = ("search_fts",)  # FTS5's own tables, and indexes that only one engine has


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what the models do not describe: the full-text tables of SQLite and the index of PostgreSQL."""
    return not (name or "").startswith((*OURS_ONLY_IN_SQL, "ix_search_entry_words"))


def render_item(kind: str, item: object, autogen: object) -> str | bool:
    """Write our own column types as the plain ones they are."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        return "JSON"
    return False


def run() -> None:
    with writable(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=include_name,
            compare_type=True,
            render_item=render_item,
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
