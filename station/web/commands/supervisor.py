"""`station run`: the whole station under one supervisor (honcho's Manager), for development and for a first look.

Checks, migrates, loads the demo data once, starts every process, says where everything is, and stops them together.
Imported by `station run` alone: production has no honcho, and needs none.
"""

from __future__ import annotations

import multiprocessing
import shlex
import threading
import time
from collections.abc import Sequence
from functools import partial
from urllib.error import URLError
from urllib.request import urlopen

import click
import flask_migrate
import sqlalchemy as sa
from flask import Flask
from honcho import manager as honcho
from honcho.compat import ProcessManager

from config import ROOT, Settings
from station.accounts.models import Staff
from station.core.actor import COMMAND
from station.core.db import db
from station.demo.house import EMAIL
from station.demo.queries import house_is_empty
from station.demo.services import load_demo, sign_in_lines
from station.web.commands import processes
from station.web.commands.keeper import STOP_SECONDS, Kept
from station.web.commands.processes import Command

START_SECONDS = 60.0
STARTED_AGAIN = ("worker", "relay", "beat")  # what they had under way comes back by itself (decision 2)


class Gently(ProcessManager):
    """Leaves it to each keeper to tell its process to stop, once; the hard kill still takes the group."""

    def terminate(self, pid: int) -> None:
        """The keeper does, when the manager lets the leash go."""


class Manager(honcho.Manager):
    """Keeps its processes on a leash, and remembers which one fell first, if one did."""

    fallen: Sequence[str] = ()

    def __init__(self) -> None:
        super().__init__()
        self._procmgr = Gently()
        self._leash = multiprocessing.Pipe(duplex=False)

    def add(self, command: Command) -> None:
        """Add a process; some are started again when they die, the end of any other one ends all."""
        self._process_ctor = partial(Kept, again=command.name in STARTED_AGAIN, leash=self._leash)
        self.add_process(command.name, f"exec {shlex.join(command.argv)}", env=command.env, cwd=str(ROOT))

    def terminate(self) -> None:
        if not self._terminating and self.returncode not in (130, 143):
            self.fallen = [name for name, known in self._processes.items() if "returncode" in known]
        self._leash[1].close()
        super().terminate()


def run(app: Flask, settings: Settings, demo: bool) -> int:
    """Run everything until it is told to stop. The exit code: 0 when told to, 1 when something would not run."""
    sign_in = prepare(app, demo)
    manager = Manager()
    honcho.KILL_WAIT = STOP_SECONDS
    for command in _commands(settings):
        manager.add(command)
    threading.Thread(target=_greet, args=(settings, sign_in), daemon=True).start()
    manager.loop()
    if manager.fallen:
        fallen = ", ".join(manager.fallen)
        click.echo(f"Stopped everything: {fallen} ended by itself; its lines above say why.", err=True)
        return 1
    click.echo("Stopped.")
    return 0


def prepare(app: Flask, demo: bool) -> list[str]:
    """Bring the database up to date and load the demo data the first time; returns lines about how to sign in."""
    started = time.monotonic()
    with app.app_context():
        click.echo("Database: bringing it up to date …")
        flask_migrate.upgrade()
        lines = demo_data() if demo else []
    click.echo(f"Ready to start after {time.monotonic() - started:.1f} s.")
    return lines


def demo_data() -> list[str]:
    """Load the demo data into an empty house; returns lines about the demo sign-in, where there is one."""
    if house_is_empty():
        click.echo("Demo data: loading stories, sponsors, members and gifts …")
        load_demo(COMMAND)
    staff = db.session().scalar(sa.select(Staff.id).where(Staff.email == EMAIL))
    return ["", *sign_in_lines()] if staff else []


def _commands(settings: Settings) -> list[Command]:
    helpers = [processes.sandbox(settings), processes.mailbox(settings)]
    return [
        processes.web(settings),
        *filter(None, helpers),
        processes.worker(settings),
        processes.relay(),
        processes.beat(),
    ]


def _greet(settings: Settings, sign_in: list[str]) -> None:
    """Wait until the site answers, then say where everything is."""
    address = f"http://{settings.host}:{settings.port}"
    if not _answers(f"{address}/health/live"):
        click.echo(f"The site does not answer on {address} after {START_SECONDS:.0f} s; its lines above say why.")
        return
    where = [f"site      {settings.base_url}/", f"desk      {settings.base_url}/desk/", *_helpers(settings)]
    click.echo(box(["Station is on the air.", "", *where, *sign_in, "", "Ctrl-C stops everything."]))


def _helpers(settings: Settings) -> list[str]:
    lines = []
    if processes.mailbox(settings):
        lines.append(f"mailbox   http://127.0.0.1:{processes.mailbox_port(settings)}/")
    if processes.sandbox(settings):
        lines.append(f"sandbox   {settings.stripe_api_base}/  (stands in for Stripe; no real money)")
    return lines


def _answers(url: str) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310  # our own address
                return bool(answer.status == 200)
        except (URLError, OSError):
            time.sleep(0.1)
    return False


def box(lines: Sequence[str]) -> str:
    """The lines in a frame."""
    width = max(map(len, lines))
    edge = "─" * (width + 2)
    return "\n".join([f"┌{edge}┐", *(f"│ {line.ljust(width)} │" for line in lines), f"└{edge}┘"])
