"""What must be so before a station can start: each thing that is not so is one clear line."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from config import Settings
from station.web.commands import processes

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35, 0)  # UPDATE and DELETE … RETURNING


def problems(settings: Settings) -> list[str]:
    """Everything that stands in the way of `station run`."""
    return [*_versions(), *_mode(settings), *_ports(settings), *embedded_database(settings, "quick_check(1)")]


def home(settings: Settings) -> list[str]:
    """Why STATION_HOME cannot be used; makes the folder where there is none."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        return [f"STATION_HOME: {settings.home} is not a folder."]
    except OSError as error:
        return [f"STATION_HOME: {settings.home} cannot be made ({error.strerror})."]
    if not os.access(settings.home, os.R_OK | os.W_OK | os.X_OK):
        return [f"STATION_HOME: {settings.home} is not yours to write into."]
    return []


def embedded_database(settings: Settings, look: str = "schema_version") -> list[str]:
    """Why the SQLite file cannot be used: a look at its first page, or at every page. A file may be missing."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or not os.path.exists(url.database):
        return []
    try:
        with closing(sqlite3.connect(url.database, timeout=5)) as connection:
            (said,) = connection.execute(f"PRAGMA {look}").fetchone()
    except sqlite3.Error as error:
        return [database_line(settings, error) or f"DATABASE_URL: {url.database}: {error}."]
    if said not in ("ok", None) and isinstance(said, str):
        return [f"DATABASE_URL: {url.database} is damaged; restore it from a backup, or move it away."]
    return []


def database_line(settings: Settings, error: BaseException) -> str | None:
    """What to say of a database that is missing, damaged or does not answer; None for any other error."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    url = make_url(settings.database_url)
    if isinstance(cause, sqlite3.DatabaseError):
        return _sqlite_line(str(url.database), cause)
    if url.get_backend_name() == "postgresql" and isinstance(error, sa.exc.OperationalError):
        lines = [line.strip(" -\t") for line in str(cause).splitlines()]
        why = next((line for line in lines if "failed: " in line), lines[0] if lines else "no answer")
        why = why.removeprefix("connection failed: ")
        if "does not exist" in why and "database" in why:
            return f"DATABASE_URL: this server has no database {url.database}; make it: createdb {url.database}"
        return f"DATABASE_URL: PostgreSQL does not answer: {why}"
    return None


def _sqlite_line(file: str, error: sqlite3.DatabaseError) -> str | None:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return f"DATABASE_URL: {file} is not a SQLite database; restore it from a backup, or move it away."
    if code == sqlite3.SQLITE_CORRUPT:
        return f"DATABASE_URL: {file} is damaged; restore it from a backup, or move it away."
    if code == sqlite3.SQLITE_ERROR:  # a wrong statement: ours, unless its table was never made
        return f"DATABASE_URL: {file}: {error}; type: station db upgrade" if "no such table" in str(error) else None
    if isinstance(error, sqlite3.OperationalError):
        return f"DATABASE_URL: {file} cannot be used: {error}."
    return None


def _versions() -> Iterator[str]:
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield f"Python {sys.version.split()[0]} is too old; Station needs 3.11 or newer."
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield f"SQLite {sqlite3.sqlite_version} is too old; Station needs 3.35 or newer."


def _mode(settings: Settings) -> Iterator[str]:
    if settings.production:
        yield (
            "STATION_MODE: `station run` is for development. In production each process is started by itself: "
            "station worker, beat and relay, and gunicorn; deploy/ shows how."
        )


def _ports(settings: Settings) -> Iterator[str]:
    """Each port that somebody else listens on, with the setting that moves it."""
    wanted = [(settings.host, settings.port, "the site", "STATION_PORT")]
    if port := processes.sandbox_port(settings):
        wanted.append(("127.0.0.1", port, "the Stripe sandbox", "STRIPE_API_BASE or STATION_PORT"))
    if processes.mailbox(settings):
        for port, side in ((settings.mail_port, "SMTP"), (processes.mailbox_port(settings), "web")):
            wanted.append(("127.0.0.1", port, f"the mailbox ({side})", "MAIL_PORT or STATION_PORT"))
    for host, number, what, setting in wanted:
        if reason := _taken(host, number):
            yield f"Port {number} for {what} {reason}; set {setting} to move it."


def _taken(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return "is in use" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
    return ""
