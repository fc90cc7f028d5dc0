"""The two engines' own ways out and in: SQLite's online backup, PostgreSQL's pg_dump and psql.

Both copy one consistent moment while everything runs, and put it back in one transaction: it is all there, or nothing
has changed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection

from station.core.db import db
from station.news.queries.media import files_named

OF_THE_ENGINE = ("alembic_version", "search_fts", "sqlite_")
LOCK_WAIT = "-c lock_timeout=15s"  # a restore does not wait for whoever forgot to stop


class BackupError(Exception):
    """What stands in the way, said to whoever typed the command."""


@dataclass(frozen=True)
class Contents:
    """What a database holds at one moment: its migration, the rows of each table, and each account of the ledger.

    `named` are the files below STATION_MEDIA that its rows name; known of a copy as it is made, and no part of it.
    """

    revision: str
    rows: dict[str, int]
    ledger: dict[str, int]
    named: frozenset[str] = field(default=frozenset(), compare=False)

    def plain(self) -> dict[str, Any]:
        return {"revision": self.revision, "rows": self.rows, "ledger": self.ledger}


def engine_name() -> str:
    """sqlite or postgresql."""
    return db.engine.dialect.name


def contents() -> Contents | None:
    """What the database of the settings holds; None when it has no tables, or no row in them."""
    with db.engine.connect() as connection:
        found = _contents(connection)
    return found if found and any(found.rows.values()) else None


def dump(target: Path) -> Contents:
    """Copy the database into a file, and say what is in the copy. Raises BackupError."""
    return _dump_sqlite(target) if engine_name() == "sqlite" else _dump_postgresql(target)


def load(source: Path) -> None:
    """Put a copy in the place of the database's contents. Raises BackupError; then nothing has changed."""
    db.session.remove()
    db.engine.dispose()
    if engine_name() == "sqlite":
        _load_sqlite(source)
    else:
        _load_postgresql(source)


def _contents(connection: Connection) -> Contents | None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return None
    tables = [name for name in sa.inspect(connection).get_table_names() if not name.startswith(OF_THE_ENGINE)]
    count = sa.select(sa.func.count())
    rows = {name: connection.scalar(count.select_from(sa.table(name))) or 0 for name in sorted(tables)}
    named = files_named(connection) if "media" in rows else ()
    return Contents(revision, rows, _ledger(connection) if "ledger_entry" in rows else {}, frozenset(named))


def _ledger(connection: Connection) -> dict[str, int]:
    """The sum of each account. Names and not the model: the copy may be of an older Station."""
    account, currency = sa.column("account", sa.String), sa.column("currency", sa.String)
    total = sa.func.sum(sa.column("amount_cents", sa.BigInteger))
    summed = sa.select(account, currency, total).select_from(sa.table("ledger_entry")).group_by(account, currency)
    return {f"{name} {unit}": int(cents) for name, unit, cents in connection.execute(summed)}


def _sqlite_file() -> Path:
    return Path(str(db.engine.url.database))


def _dump_sqlite(target: Path) -> Contents:
    with closing(sqlite3.connect(_sqlite_file())) as source, closing(sqlite3.connect(target)) as copy:
        try:
            source.backup(copy)  # sqlite.org/backup.html
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
        except sqlite3.OperationalError as error:
            raise BackupError(f"SQLite says, while it copies into {target.parent.parent}: {error}.") from error
        _whole(copy)
    return _contents_of_file(target)


def _whole(connection: sqlite3.Connection) -> None:
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise BackupError(f"The database is damaged, so no copy of it is made: {said}")


def _contents_of_file(file: Path) -> Contents:
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        found = _contents(connection)
    engine.dispose()
    return _some(found)


def _some(found: Contents | None) -> Contents:
    if found is None:
        raise BackupError("The database is empty: there is nothing to back up.")
    return found


def _load_sqlite(source: Path) -> None:
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(_sqlite_file(), timeout=15)) as target:
        try:
            _whole(copy)
            copy.backup(target)
        except sqlite3.DatabaseError as error:
            raise BackupError(f"SQLite says: {error}. Are web, worker, relay and beat stopped?") from error


def _dump_postgresql(target: Path) -> Contents:
    """The counts and the dump are of one snapshot (postgresql.org/docs/current/app-pgdump.html, --snapshot)."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        found = _some(_contents(connection))
        wanted = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _run("pg_dump", *wanted, _address())
    return found


def _load_postgresql(source: Path) -> None:
    """One transaction: what is there goes, the copy comes."""
    script = source.with_suffix(".sql")
    _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    with db.engine.connect() as connection:
        tables = ", ".join(f'"{name}"' for name in sa.inspect(connection).get_table_names())
    db.engine.dispose()
    first = f"DROP TABLE {tables} CASCADE" if tables else "SELECT 1"
    quiet = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run("psql", *quiet, f"--command={first}", f"--file={script}", _address())


def _address() -> str:
    """Where the server is; the password is not in it, because every user of the machine sees a command's words."""
    plain = db.engine.url.set(drivername="postgresql", password=None)
    return f"--dbname={plain.render_as_string(hide_password=False)}"


def _run(tool: str, *arguments: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise BackupError(f"{tool} is not on PATH. Install PostgreSQL's client of the server's version (or newer).")
    known = {**os.environ, "PGOPTIONS": LOCK_WAIT, "PGPASSWORD": str(db.engine.url.password or "")}
    words = [path, *arguments]
    done = subprocess.run(words, env=known, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if done.returncode:
        raise BackupError(f"{tool} failed: {_last_words(done.stderr.splitlines())}")


def _last_words(lines: Sequence[str]) -> str:
    said = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()] or list(lines)
    return said[0].strip() if said else "it did not say why"
