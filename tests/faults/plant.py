"""A station of real processes in a folder of its own: start them, kill them, and count what is left."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from config import Settings
from sandbox.mailbox.testing import Mailbox
from station.core import clock
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.outbox import JobState, Outbox
from station.core.places import INVARIANTS
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.web.commands import processes
from tests.faults.brokers import PATIENCE, listens, wait_for_port
from tests.loaded import Loaded

LEASE = 125  # seconds by the house's clock: longer than the lease of any job that is killed here
RING_AGAIN = 31  # longer than station.core.outbox.REPUBLISH_AFTER


class Plant:
    """One home, one database, one broker; any number of processes."""

    def __init__(self, app: Flask, settings: Settings, environ: Mapping[str, str], mailbox: Mailbox) -> None:
        self.app, self.settings, self.environ, self.mailbox = app, settings, dict(environ), mailbox
        self._running: dict[str, Loaded] = {}

    def start(self, *names: str, pause_at: str = "", **environ: str) -> None:
        """Start web, relay, worker, beat or beat2. With `pause_at` it stops dead at that point, to be killed."""
        settings = Settings.from_env({**self.environ, **environ})
        commands = {
            "web": processes.web(settings),
            "relay": processes.relay(),
            "worker": processes.worker(settings),
            "beat": processes.beat(),
            "beat2": processes.beat(),
        }
        for name in names:
            command = commands[name]
            given = {**command.env, **self.environ, **environ}
            if pause_at:
                given["STATION_TEST_PAUSE_AT"] = pause_at
            self._running[name] = Loaded(command.arguments, given, self.log(name))
        if "web" in names:  # the others come up meanwhile
            wait_for_port(self.settings.port, PATIENCE)

    def reached(self, name: str) -> list[str]:
        """The point that each process of a group has reached last (with STATION_TEST_POINTS), those that ever did."""
        group, found = self._running[name].pid, []
        for path in (self.settings.home / "points").glob("*"):
            with suppress(ProcessLookupError, FileNotFoundError):
                if os.getpgid(int(path.name)) == group:
                    found.append(path.read_text(encoding="utf-8"))
        return sorted(filter(None, found))

    def kill(self, *names: str) -> None:
        """SIGKILL the whole process group: no handler runs, nothing is put back."""
        for name in names:
            process = self._running.pop(name)
            process.kill()
            process.wait(10)
            if name == "web":  # its children hold the port for a moment longer
                self.wait(lambda: not listens(self.settings.port), "free port")

    def stop(self, name: str) -> int:
        """SIGTERM, as systemd and the supervisor do; returns the exit code."""
        self._running[name].terminate()
        code = self._running[name].wait(PATIENCE)
        del self._running[name]
        return code

    def stop_all(self) -> None:
        self.kill(*list(self._running))

    def log(self, name: str) -> Path:
        return self.settings.home / f"{name}.log"

    def lines(self, name: str, about: str) -> list[str]:
        """The lines of a process's log that hold some words."""
        return [line for line in self.log(name).read_text("utf-8").splitlines() if about in line]

    def wait_for_pause(self) -> None:
        """Until the process that was told to has stopped at its point."""
        marker = self.settings.home / "paused"
        self.wait(marker.exists, "a process at its point")
        marker.unlink()

    def wait(self, until: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise AssertionError(f"no {what} after {seconds:.0f} s\n{self._logs()}")
            time.sleep(0.05)

    def pass_time(self, seconds: float) -> None:
        """Move the clock of every process."""
        clock.move(timedelta(seconds=seconds))

    def write_to(self, *names: str) -> list[UUID]:
        """Queue a message to each name, as a service would: row and job in one transaction."""
        with transaction():
            return [
                queue_mail(
                    kind="test",
                    key=f"{name}:{new_id()}",
                    stream=Stream.NOTICES,
                    member_id=None,
                    to_name=name,
                    to_email=f"{name}@example.org",
                    template="mail/notices/invitation",
                    context={"name": name, "link": "http://localhost/desk/", "purpose": "join"},
                )
                for name in names
            ]

    def jobs(self, *states: JobState) -> int:
        """How many rows of the outbox are in one of these states."""
        return self.count(Outbox, Outbox.state.in_(states))

    def idle(self) -> bool:
        """Nothing is at work or due soon; what is planned for another hour, such as a story to come out, may wait."""
        soon = Outbox.run_at <= clock.now() + timedelta(hours=1)
        return (
            self.count(Outbox, sa.or_(Outbox.state == JobState.RUNNING, (Outbox.state == JobState.READY) & soon)) == 0
        )

    def wait_idle(self, seconds: float = PATIENCE) -> None:
        """Until every job is done or dead."""
        try:
            self.wait(self.idle, "idle outbox", seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}\nstill to do: {self.unfinished()}") from late

    def unfinished(self) -> list[str]:
        """The jobs that are not done, with what went wrong so far."""
        left = sa.select(Outbox).where(Outbox.state != JobState.DONE).order_by(Outbox.run_at)
        rows = db.session().scalars(left).all()
        db.session().rollback()
        return [
            f"{row.job} {row.state.value} {row.attempts} at {row.run_at:%H:%M:%S}: {row.last_error}" for row in rows
        ]

    def count(self, table: Any, *where: Any) -> int:
        found = db.session().scalar(sa.select(sa.func.count()).select_from(table).where(*where))
        db.session().rollback()
        return found or 0

    def broken(self) -> list[str]:
        """What `station check` would say against the books."""
        lines = [line for invariant in INVARIANTS for line in invariant.broken()]
        db.session().rollback()
        return lines

    def message_ids(self) -> list[str]:
        """The Message-ID of everything that reached the mail server."""
        return [str(message["Message-ID"]) for message in self.mailbox.messages]

    def _logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text('utf-8')[-3000:]}" for path in sorted(self.settings.home.glob("*.log"))
        )
