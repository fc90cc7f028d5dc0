"""A Station of real processes for measuring: PostgreSQL, gunicorn, worker, relay, sandbox, mailbox, as they run live.

Where they are comes from STATION_TEST_DATABASE_URL (a PostgreSQL server; a database is made and dropped; without one
SQLite), and for the broker from STATION_TEST_REDIS_URL or STATION_TEST_RABBITMQ_URL.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import flask_migrate
import psutil
import sqlalchemy as sa
from flask import Flask

from bench.house import LICENSEE, STATIONS
from config import Settings
from sandbox.mailbox.testing import free_port
from station.core import clock
from station.core.actor import COMMAND
from station.licensee.services import establish
from station.web.app import create_app
from station.web.commands import processes

SERVER = "STATION_TEST_DATABASE_URL"
WAIT = 30.0


def missing() -> str:
    """What this machine lacks for measuring whole processes; "" when nothing."""
    return "" if os.environ.get(SERVER, "").startswith("postgresql") else f"a PostgreSQL server in {SERVER}"


@dataclass
class Plant:
    """Running processes by name, and what they run on."""

    app: Flask
    settings: Settings
    environ: dict[str, str]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, command: processes.Command, port: int | None = None) -> None:
        """Start a process; with a port, wait until it listens there."""
        log = (self.folder / f"{command.name}.log").open("wb")
        environ = {**command.env, **self.environ}
        self.running[command.name] = subprocess.Popen(command.argv, env=environ, stdout=log, stderr=log)
        until = time.monotonic() + WAIT
        while port and not _listens(port):
            if time.monotonic() > until or self.running[command.name].poll() is not None:
                raise RuntimeError(f"{command.name} does not listen:\n{Path(log.name).read_text()[-2000:]}")
            time.sleep(0.05)

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far of each process with its children, and of PostgreSQL's for this database."""
        spent = {name: sum(map(_spent, _family(process.pid))) for name, process in self.running.items()}
        database = sa.make_url(self.settings.database_url).database or ""
        return {**spent, "postgres": sum(_spent(p) for p in psutil.process_iter() if _serves(p, database))}

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(WAIT)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def plant(**more: str) -> Iterator[Plant]:
    """An established Station on a fresh database, with nothing started yet; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="station-bench-") as folder, _database(folder) as url:
        port = free_port()
        environ = {
            "STATION_MODE": "development",
            "STATION_MOVABLE_CLOCK": "no",
            "STATION_HOME": folder,
            "STATION_PORT": str(port),
            "DATABASE_URL": url,
            **more,
        }
        settings = Settings.from_env(environ)
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
            establish(LICENSEE, STATIONS, COMMAND)
        clock.use_file(None)
        made = Plant(app, settings, _clean(environ), Path(folder))
        try:
            yield made
        finally:
            made.stop()


def parts(before: Mapping[str, float], after: Mapping[str, float], many: int) -> dict[str, float]:
    """CPU milliseconds for each of so many things, by process."""
    return {name: round((after[name] - before[name]) / many * 1000, 2) for name in before}


def python(name: str, *arguments: str) -> processes.Command:
    """A process of the interpreter that runs here."""
    return processes.Command(name, arguments)


@contextmanager
def _database(folder: str) -> Iterator[str]:
    if missing():
        yield f"sqlite:///{folder}/station.sqlite"
        return
    url, name = sa.make_url(os.environ[SERVER]), f"station_bench_{uuid4().hex[:10]}"
    server = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


def _clean(environ: dict[str, str]) -> dict[str, str]:
    """The settings, and nothing of this shell's that would change them."""
    ours = ("STATION_", "STRIPE_", "MAIL_", "DATABASE_", "CELERY_", "SCREENING_")
    rest = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**rest, **environ, "PYTHONPATH": str(processes.ROOT), "PYTHON": sys.executable}


def _listens(port: int) -> bool:
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in psutil.net_connections("tcp4"))


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _serves(process: psutil.Process, database: str) -> bool:
    try:
        return process.name() == "postgres" and database in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
