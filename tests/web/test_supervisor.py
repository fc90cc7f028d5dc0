"""`station run` and what stands before it: clear lines when it cannot start, and nothing left when it stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask

from config import ROOT, Settings
from station.core.places import COMMAND_GROUPS, INVARIANTS, Invariant
from station.web.commands import checkup, doctor, processes, supervisor

MINUTE = 60.0


def four_free_ports() -> int:
    """The first of four ports in a row that nobody listens on."""
    for first in range(18400 + os.getpid() % 1000 * 4, 30000, 4):
        with socket.socket() as a, socket.socket() as b, socket.socket() as c, socket.socket() as d:
            try:
                for offset, probe in enumerate((a, b, c, d)):
                    probe.bind(("127.0.0.1", first + offset))
            except OSError:
                continue
            return first
    raise AssertionError("no four free ports in a row")


def environ(home: Path, **more: str) -> dict[str, str]:
    ours = ("STATION_", "STRIPE_", "MAIL_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "STATION_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}


def station(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "station", *arguments],
        env=environ(home, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )


def settings(home: Path, **more: str) -> Settings:
    return Settings.from_env({"STATION_HOME": str(home), "STATION_PORT": str(four_free_ports()), **more})


class Running:
    """`station run` in a process of its own, and everything that it started."""

    def __init__(self, home: Path) -> None:
        self.port = four_free_ports()
        self.output = home.parent / "run.log"
        self.log = self.output.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "station", "run"],
            env=environ(home, STATION_PORT=str(self.port)),
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def text(self) -> str:
        return self.output.read_text("utf-8")

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + MINUTE
        while words not in self.text():
            assert time.monotonic() < end, f"no {words!r} in:\n{self.text()}"
            assert self.process.poll() is None, f"ended before {words!r}:\n{self.text()}"
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, *words: str) -> psutil.Process:
        """The first process of the family whose command line holds all the words."""
        return next(p for p in self.family() if all(word in " ".join(p.cmdline()) for word in words))

    def end(self) -> None:
        for process in [*self.family(), psutil.Process(self.process.pid)] if self.process.poll() is None else []:
            process.kill()
        self.process.wait(10)
        self.log.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path / "home")
    yield started
    started.end()


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_everything_and_leaves_nothing(running: Running, number: signal.Signals) -> None:
    running.wait_for("Station is on the air.")
    said = running.text()
    for offset in (0, 1, 3):
        assert f"http://127.0.0.1:{running.port + offset}/" in said
    family = running.family()
    assert len(family) >= 12  # six processes and their watchers, two web workers, two pool processes
    os.kill(running.process.pid, number)
    assert running.process.wait(MINUTE) == 0
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    assert "Traceback" not in running.text()


@pytest.mark.faults
def test_one_that_dies_is_named_and_the_rest_stops(running: Running) -> None:
    running.wait_for("Station is on the air.")
    family = running.family()
    running.named("gunicorn").kill()
    assert running.process.wait(MINUTE) == 1
    assert "Stopped everything: web ended by itself" in running.text()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert [process for process in alive if "gunicorn" not in " ".join(process.cmdline())] == []


def test_each_port_in_use_is_a_line_with_its_setting(tmp_path: Path) -> None:
    own = settings(tmp_path)
    assert doctor.problems(own) == []
    with socket.socket() as web, socket.socket() as mail:
        for taken, port in ((web, own.port), (mail, own.mail_port)):
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
            taken.listen()
        assert doctor.problems(own) == [
            f"Port {own.port} for the site is in use; set STATION_PORT to move it.",
            f"Port {own.mail_port} for the mailbox (SMTP) is in use; set MAIL_PORT or STATION_PORT to move it.",
        ]


def test_a_port_in_use_ends_the_command_with_that_line_alone(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        elsewhere = {"STRIPE_API_BASE": "http://example.org", "MAIL_HOST": "mail.example.org"}
        done = station("run", home=tmp_path, STATION_PORT=str(port), **elsewhere)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"Port {port} for the site is in use; set STATION_PORT to move it."]


def test_old_versions_are_a_line_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    monkeypatch.setattr(doctor, "OLDEST_SQLITE", (99, 0, 0))
    lines = doctor.problems(settings(tmp_path))
    assert [line.split()[0] for line in lines] == ["Python", "SQLite"]


def test_what_is_set_elsewhere_is_not_started_here(tmp_path: Path) -> None:
    near = settings(tmp_path)
    assert processes.sandbox(near) is not None
    assert processes.mailbox(near) is not None
    far = settings(tmp_path, STRIPE_API_BASE="https://api.example.org", MAIL_HOST="smtp.example.org")
    assert processes.sandbox(far) is None
    assert processes.mailbox(far) is None


def test_wrong_settings_are_lines_and_exit_code_2(tmp_path: Path) -> None:
    done = station("check", home=tmp_path, STATION_PORT="ten", STATION_PROT="1")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "STATION_PORT: 'ten' is not a whole number.",
        "STATION_PROT is not a setting of Station (docs/settings.md lists them).",
    ]


def test_an_empty_database_is_a_line(tmp_path: Path) -> None:
    done = station("check", home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "The database is empty: station db upgrade\n", "")


def test_check_tells_what_does_not_hold(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert checkup.check() == 0
    broken = Invariant("test-broken", "Two and two are four.", lambda: ["they are five"])
    INVARIANTS.contribute(broken)
    try:
        assert checkup.check() == 1
    finally:
        INVARIANTS._items[:] = [pair for pair in INVARIANTS._items if pair[1] is not broken]
    said = capsys.readouterr().out
    assert "BROKEN  test-broken: Two and two are four.\n          they are five" in said


def test_packages_contribute_their_commands(app: Flask, tmp_path: Path) -> None:
    said = station("--help", home=tmp_path).stdout
    names = [command.name for command in COMMAND_GROUPS]
    assert names
    assert all(f"  {name} " in said for name in [*names, "run", "worker", "beat", "relay", "check", "db", "clock"])


def test_the_clock_moves_for_every_process(tmp_path: Path) -> None:
    away = {"STRIPE_API_BASE": "https://api.example.org"}
    before = station("clock", "show", home=tmp_path, **away).stdout
    moved = station("clock", "move", "--days", "400", home=tmp_path, **away)
    assert moved.returncode == 0
    assert int(station("clock", "show", home=tmp_path, **away).stdout[:4]) > int(before[:4])
    fixed = station("clock", "move", "--days", "1", home=tmp_path, STATION_MOVABLE_CLOCK="no", **away)
    assert (fixed.returncode, "Traceback" in fixed.stderr) == (1, False)


def test_the_box_fits_its_lines() -> None:
    lines = supervisor.box(["short", "a longer one"]).splitlines()
    assert {len(line) for line in lines} == {16}
