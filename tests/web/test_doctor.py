"""What stands before a start, and `station check`: each thing that is not so is one clear line, never a traceback."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from config import ROOT
from station.core.places import COMMAND_GROUPS, INVARIANTS, Invariant
from station.demo.services import sign_in_lines
from station.web import cli
from station.web.commands import checkup, doctor, processes, supervisor
from tests.web.supervised import PATIENCE, environ, settings, station

EVERY_START = (("run",), ("check",), ("db", "upgrade"), ("worker",), ("relay",), ("beat",))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after `station db upgrade`, with nobody in it, of which a test takes a copy."""
    home = tmp_path_factory.mktemp("migrated")
    words = [sys.executable, "-m", "station", "db", "upgrade"]  # no fork: one ends with SQLite's log still beside it
    subprocess.run(words, env=environ(home), cwd=ROOT, check=True, timeout=PATIENCE)
    return home


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
    told = json.loads(station("check", "--json", home=tmp_path).stdout)
    assert (told["problem"], told["invariants"]) == ("The database is empty: station db upgrade", [])


def test_check_tells_what_does_not_hold(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert checkup.check() == 0
    broken = Invariant("test-broken", "Two and two are four.", lambda: ["they are five"])
    INVARIANTS.contribute(broken)
    try:
        assert checkup.check() == 1
        said = capsys.readouterr().out
        assert "BROKEN  test-broken: Two and two are four.\n          they are five" in said
        assert checkup.check(as_json=True) == 1
    finally:
        INVARIANTS._items[:] = [pair for pair in INVARIANTS._items if pair[1] is not broken]
    told = json.loads(capsys.readouterr().out)
    assert (told["broken"], told["problem"], len(told["invariants"])) == (1, "", len(INVARIANTS) + 1)
    assert told["migration"]["database"] == told["migration"]["code"]
    wrong = {"name": "test-broken", "sentence": "Two and two are four.", "holds": False, "lines": ["they are five"]}
    assert wrong in told["invariants"]


def test_packages_contribute_their_commands(app: Flask, tmp_path: Path) -> None:
    said = station("--help", home=tmp_path).stdout
    names = [command.name for command in COMMAND_GROUPS]
    assert names
    assert all(f"  {name} " in said for name in [*names, "run", "worker", "beat", "relay", "check", "db", "clock"])


def test_the_clock_moves_for_every_process(tmp_path: Path) -> None:
    away = {"STRIPE_API_BASE": "https://api.example.org"}
    before = datetime.now(UTC)
    moved = station("clock", "move", "--days", "400", home=tmp_path, **away)
    assert moved.returncode == 0
    assert int(station("clock", "show", home=tmp_path, **away).stdout[:4]) > before.year
    fixed = station("clock", "move", "--days", "1", home=tmp_path, STATION_MOVABLE_CLOCK="no", **away)
    assert (fixed.returncode, "Traceback" in fixed.stderr) == (1, False)


def test_the_box_fits_its_lines() -> None:
    lines = supervisor.box(["short", "a longer one"]).splitlines()
    assert {len(line) for line in lines} == {16}


@pytest.mark.parametrize("command", EVERY_START, ids=" ".join)
def test_a_home_that_cannot_be_is_a_line_and_exit_code_2(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", "utf-8")
    done = station(*command, home=file)
    assert (done.returncode, done.stderr) == (2, f"STATION_HOME: {file} is not a folder.\n")


def test_a_home_that_cannot_be_made_is_a_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What every start begins with, in this process: it comes before the command is looked at."""
    file = tmp_path / "file"
    file.write_text("not a folder", "utf-8")
    monkeypatch.setattr(os, "environ", environ(file / "below"))
    for command in EVERY_START:
        monkeypatch.setattr(sys, "argv", ["station", *command])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        line = f"STATION_HOME: {file / 'below'} cannot be made (Not a directory).\n"
        assert (ended.value.code, capsys.readouterr().err) == (2, line)


@pytest.mark.parametrize("command", EVERY_START, ids=" ".join)
def test_a_file_that_is_no_database_is_a_line(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "station.sqlite"
    file.write_text("something else" * 100, "utf-8")
    done = station(*command, home=tmp_path, STATION_PORT=str(settings(tmp_path).port))
    line = f"DATABASE_URL: {file} is not a SQLite database; restore it from a backup, or move it away."
    assert (done.returncode, done.stderr.splitlines()) == (1, [line])


@pytest.mark.parametrize("command", [("run",), ("check",)], ids=" ".join)
def test_a_damaged_database_is_a_line(command: tuple[str, ...], migrated: Path, tmp_path: Path) -> None:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "station.sqlite"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\x5a" * (len(whole) - 4096))
    done = station(*command, home=tmp_path, STATION_PORT=str(settings(tmp_path).port))
    line = f"DATABASE_URL: {file} is damaged; restore it from a backup, or move it away."
    assert (done.returncode, done.stderr.splitlines()) == (1, [line])


@pytest.mark.parametrize("command", [("run",), ("check",), ("db", "upgrade")], ids=" ".join)
def test_a_server_that_does_not_answer_is_a_line(command: tuple[str, ...], tmp_path: Path) -> None:
    with socket.socket() as nobody:  # bound and not listening: refused
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://me:secret@127.0.0.1:{nobody.getsockname()[1]}/station"
        done = station(*command, home=tmp_path, DATABASE_URL=url, STATION_PORT=str(settings(tmp_path).port))
    assert done.returncode == 1
    assert [line[:45] for line in done.stderr.splitlines()] == ["DATABASE_URL: PostgreSQL does not answer: con"]
    assert "secret" not in done.stderr


def test_a_database_that_is_not_there_is_a_line(database_url: str, tmp_path: Path) -> None:
    here = make_url(database_url)
    if here.get_backend_name() == "sqlite":
        pytest.skip("needs PostgreSQL at STATION_TEST_DATABASE_URL")
    missing = here.set(database="nobody_made_this").render_as_string(hide_password=False)
    done = station("check", home=tmp_path, DATABASE_URL=missing)
    line = "DATABASE_URL: this server has no database nobody_made_this; make it: createdb nobody_made_this"
    assert (done.returncode, done.stderr.splitlines()) == (1, [line])


def test_check_says_what_comes_after_the_migrations(migrated: Path, tmp_path: Path) -> None:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    done = station("check", home=tmp_path)
    line = (
        "There is no licensee yet: station licensee establish FILE (docs/production.md shows one), "
        "or for the demonstration: station demo load"
    )
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (1, [line], "")


def test_a_command_before_the_migrations_is_a_line(tmp_path: Path) -> None:
    done = station("demo", "load", home=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.endswith("type: station db upgrade\n")


def test_the_code_line_works_as_it_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "bin" / "station"
    script.parent.mkdir()
    lines = [f"#!{sys.executable}", "import sys", f"sys.path.insert(0, {str(ROOT)!r})", "import station.__main__"]
    script.write_text("\n".join(lines), "utf-8")
    script.chmod(0o755)
    for folder, started, begins in (
        (tmp_path, "bin/station", "bin/station demo"),
        (script.parent, "station", "./station demo"),
        (ROOT, str(script), f"{script} demo"),
        (ROOT, str(ROOT / "station" / "__main__.py"), ""),
    ):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", [started, "run"])
        typed = sign_in_lines()[-1].removeprefix("code").strip()
        assert typed.startswith(begins)
        done = subprocess.run(shlex.split(typed), env=environ(tmp_path / "home"), capture_output=True, check=True)
        assert b"seconds left" in done.stdout
