"""DDL that the models cannot say, for migrations: append-only triggers and full-text search, on both engines."""

from __future__ import annotations

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
