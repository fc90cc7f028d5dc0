"""`station run` with real processes: what dies is replaced or named, and nothing is left when it stops."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from config import ROOT
from station.web.commands.keeper import DEATHS
from tests.web.supervised import PATIENCE, Running, station

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
A_LETTER = """
from config import Settings
from station.core.db import transaction
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.web.app import create_app

with create_app(Settings.from_env()).app_context(), transaction():
    queue_mail(
        kind="test", key="test", stream=Stream.NOTICES, member_id=None, to_name="Ada", to_email="ada@example.org",
        template="mail/notices/invitation",
        context={"name": "Ada", "link": "http://localhost/desk/", "purpose": "join"},
    )
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home, as a station has: the first start loads the demonstration, each later one finds what was left."""
    return tmp_path_factory.mktemp("supervised") / "home"


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    started = Running(home, "--demo")
    yield started
    started.end()


def test_it_starts_everything_and_leaves_nothing(running: Running) -> None:
    running.wait_for("Station is on the air.")
    said = running.text()
    for offset in (0, 1, 3):
        assert f"http://127.0.0.1:{running.port + offset}/" in said
    assert [file.name for file in running.home.iterdir() if file.stat().st_mode & 0o077] == []
    family = running.family()
    assert len(family) >= 12  # six processes and their watchers, two web workers, two pool processes
    os.kill(running.process.pid, signal.SIGTERM)  # as systemd does; for a person's Ctrl-C see below
    assert running.process.wait(PATIENCE) == 0
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    assert "Traceback" not in running.text()


def test_a_dead_site_is_named_and_the_rest_stops(running: Running) -> None:
    running.wait_for("Station is on the air.")
    family = running.family()
    running.named("gunicorn").kill()
    assert running.process.wait(PATIENCE) == 1
    assert "Stopped everything: web ended by itself" in running.text()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []


def test_a_killed_worker_is_replaced_and_does_what_was_asked_meanwhile(running: Running) -> None:
    running.wait_for("Station is on the air.")
    before = running.named("celery", " worker ")
    pool = before.children(recursive=True)
    before.kill()
    subprocess.run([sys.executable, "-c", A_LETTER], env=running.environ, cwd=ROOT, check=True, timeout=PATIENCE)
    running.wait_for("worker was killed (signal 9); starting it again")
    _, alive = psutil.wait_procs(pool, timeout=30)
    assert alive == []
    running.wait_until(lambda: letters_to_ada(running) == ["SENT"], "the letter sent")
    for word in ("beat", "relay"):
        running.named(word).kill()
        running.wait_for(f"{word} was killed (signal 9); starting it again")
    family, before = running.family(), len(running.text())
    os.kill(running.process.pid, signal.SIGINT)
    assert running.process.wait(PATIENCE) == 0
    assert "Traceback" not in running.text()[before:]
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []


def test_one_that_dies_again_and_again_is_given_up(running: Running) -> None:
    running.wait_for("Station is on the air.")
    family = set(running.family())
    for death in range(1, DEATHS + 1):
        running.wait_until(lambda: running.find("worker.relay"), "a relay")
        family |= set(running.family())
        running.named("worker.relay").kill()
        again = "relay was killed (signal 9); starting it again"
        wanted = death if death < DEATHS else death - 1
        running.wait_until(lambda: running.text().count(again) == wanted, f"death {death} noted", alive=False)  # noqa: B023
    assert running.process.wait(PATIENCE) == 1
    said = running.text()
    assert said.count("relay was killed (signal 9), the 5th time within a minute; not starting it again") == 1
    assert "Stopped everything: relay ended by itself" in said
    _, alive = psutil.wait_procs(list(family), timeout=30)
    assert alive == []


def test_a_second_one_on_the_same_home_is_refused_and_a_kill_leaves_nothing(running: Running) -> None:
    running.wait_for("Station is on the air.")
    second = station("run", home=running.home, STATION_PORT=str(running.port + 4))
    line = (
        f"Another `station run` (process {running.process.pid}) already uses {running.home}; "
        "stop it, or set STATION_HOME to another folder."
    )
    assert (second.returncode, second.stderr.splitlines()) == (1, [line])
    assert running.process.poll() is None

    family = running.family()
    running.process.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []


def letters_to_ada(running: Running) -> list[str]:
    with closing(sqlite3.connect(running.home / "station.sqlite", timeout=30)) as connection:
        wanted = "SELECT upper(state) FROM outgoing_mail WHERE recipient = 'ada@example.org'"
        return [state for (state,) in connection.execute(wanted)]
