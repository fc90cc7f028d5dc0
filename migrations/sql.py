"""DDL that the models cannot say, for migrations: append-only triggers and full-text search, on both engines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op


def _dialect() -> str:
    return op.get_bind().dialect.name


def append_only(table: str) -> None:
    """Refuse UPDATE and DELETE of the table's rows."""
    if _dialect() == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def allow_values(table: str, column: str, check: str, values: Sequence[str]) -> None:
    """Let a column of an enum hold these values, and no others. `check` is its constraint's name.

    Fails while a row holds another one. SQLite cannot alter a CHECK; writing the whole table anew would take its
    triggers and the keys that point to it along, so the text of the table is changed as its makers describe it
    (sqlite.org/lang_altertable.html, section 7).
    """
    listed = ", ".join(f"'{value}'" for value in values)
    other = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {column} NOT IN ({listed})"))  # noqa: S608
    if other:
        raise RuntimeError(f"{other} rows of {table} hold a {column} that this version does not know")
    if _dialect() == "sqlite":
        _rewrite(
            table, lambda sql: re.sub(rf"CHECK \({column} IN \([^)]*\)\)", f"CHECK ({column} IN ({listed}))", sql)
        )
        return
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IN ({listed}))")


def allow_null(table: str, column: str, allowed: bool) -> None:
    """Let a column be empty, or not any more; fails while a row is."""
    if _dialect() == "postgresql":
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} {'DROP' if allowed else 'SET'} NOT NULL")
        return
    empty = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {column} IS NULL"))  # noqa: S608
    if empty and not allowed:
        raise RuntimeError(f"{empty} rows of {table} have no {column}")
    old, new = (" NOT NULL", "") if allowed else ("", " NOT NULL")
    _rewrite(table, lambda sql: re.sub(rf"(?m)^(\s*{column} [A-Z0-9()]+){old}(?=,|$)", rf"\g<1>{new}", sql))


def _rewrite(table: str, change: Callable[[str], str]) -> None:
    bind = op.get_bind()
    named = {"name": table}
    before = bind.scalar(sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :name"), named)
    after = change(before)
    if after == before:
        raise RuntimeError(f"nothing to change in {table}: {before}")
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :name"), {**named, "sql": after}
    )
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
    if (found := bind.scalar(sa.text("PRAGMA integrity_check"))) != "ok":
        raise RuntimeError(f"{table}: {found}")


def full_text_search() -> None:
    """The index behind station.core.search: FTS5 kept by triggers, or a GIN index."""
    if _dialect() == "postgresql":
        op.execute("CREATE INDEX ix_search_entry_words ON search_entry USING gin (to_tsvector('simple', folded))")
        return
    op.execute("CREATE VIRTUAL TABLE search_fts USING fts5(folded, content='search_entry', content_rowid='id')")
    remove = "INSERT INTO search_fts(search_fts, rowid, folded) VALUES ('delete', old.id, old.folded);"
    add = "INSERT INTO search_fts(rowid, folded) VALUES (new.id, new.folded);"
    for verb, body in (("INSERT", add), ("DELETE", remove), ("UPDATE", f"{remove} {add}")):
        op.execute(f"CREATE TRIGGER search_fts_{verb.lower()} AFTER {verb} ON search_entry BEGIN {body} END")


def drop_full_text_search() -> None:
    if _dialect() == "postgresql":
        op.execute("DROP INDEX ix_search_entry_words")
        return
    for verb in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER search_fts_{verb}")
    op.execute("DROP TABLE search_fts")
