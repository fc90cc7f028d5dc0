"""The `station` command: run a station or one of its processes, look after it, and what packages contribute."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from flask_migrate.cli import db as database_commands
from sqlalchemy.exc import DBAPIError

from config import ROOT, Settings, SettingsError
from station.core import clock
from station.core.places import COMMAND_GROUPS
from station.licensee.queries import NotEstablished
from station.web.app import create_app
from station.web.commands import backup, checkup, doctor, files, processes
from station.web.commands.dumps import BackupError
from station.web.commands.lock import Taken, only_one
from station.web.commands.settings_doc import markdown


def main() -> None:
    """Read the settings, then run the command. Wrong settings are one line each, and exit code 2."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(2)
    try:
        _group(settings).main(prog_name="station")
    except NotEstablished as error:
        _stop_at([str(error)], code=1)
    except (DBAPIError, sqlite3.DatabaseError) as error:
        line = doctor.database_line(settings, error)
        if line is None:
            raise
        _stop_at([line], code=1)


def _stop_at(problems: list[str], code: int) -> None:
    """End with one line a problem, where there is one."""
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(code)


def _group(settings: Settings) -> FlaskGroup:
    group = FlaskGroup(
        name="station",
        create_app=lambda: _app(settings),
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
        set_debug_flag=False,
        help="Pledges, pages and underwriting of a public radio station.",
    )
    group.add_command(database_commands, "db")
    for command in (run, worker, beat, relay, check, backup_command, restore_command, clock_group, settings_group):
        group.add_command(command)
    return group


def _app(settings: Settings) -> Flask:
    """The application, with the commands that packages contribute."""
    _stop_at(doctor.home(settings), code=2)
    app = create_app(settings)
    for command in COMMAND_GROUPS:
        app.cli.add_command(command)
    return app


@click.command()
@click.option("--demo", is_flag=True, help="Load the demo data first, where there is no licensee yet.")
def run(demo: bool) -> None:
    """Run everything here: site, worker, beat, relay, Stripe sandbox and mailbox."""
    if find_spec("honcho") is None:
        raise click.ClickException("`station run` needs the packages of requirements/run.txt; type: make setup")
    os.umask(0o077)  # the database, the broker and the mailbox are for nobody else's eyes
    settings = Settings.from_env()
    _stop_at(doctor.home(settings), code=2)
    try:
        with only_one(settings):
            _stop_at(doctor.problems(settings), code=1)
            supervisor = import_module("station.web.commands.supervisor")  # production has no honcho
            sys.exit(supervisor.run(create_app(settings), settings, demo))
    except Taken as taken:
        _stop_at([str(taken)], code=1)


@click.command()
@click.option("--queues", default=processes.QUEUES, show_default=True, help="Queues to work on, by commas.")
def worker(queues: str) -> None:
    """Run a Celery worker."""
    _become(processes.worker(Settings.from_env(), queues))


@click.command()
def beat() -> None:
    """Run the scheduler. A second one waits until the first one is gone."""
    _become(processes.beat())


@click.command()
def relay() -> None:
    """Run the relay, which carries due jobs to the broker."""
    _become(processes.relay())


def _become(command: processes.Command) -> None:
    """Say at once what no waiting mends. A server that does not answer yet is waited for by the process itself."""
    settings = Settings.from_env()
    _stop_at(doctor.home(settings), code=2)
    _stop_at(doctor.embedded_database(settings), code=1)
    command.replace_this_process()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_appcontext
def check(as_json: bool) -> None:
    """Check that the books hold. Exit code 1 when they do not."""
    sys.exit(checkup.check(as_json))


@click.command("backup")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), help="In a folder: delete all but so many of the newest.")
@click.option("--only", type=click.Choice(["database"]), help="Leave pictures and recordings out.")
@with_appcontext
def backup_command(target: Path, keep: int | None, only: str | None) -> None:
    """Write the database into a new FILE, or into a folder under the time's name. Everything may run meanwhile.

    Pictures and recordings go into the folder station-files beside it, each of them once. Exit code 1 when one could
    not be taken; the backup is written all the same.
    """
    with _in_words():
        made = backup.backup(target, keep or 0, with_files=only is None)
    rows, tables = sum(made.held.rows.values()), len(made.held.rows)
    click.echo(f"{made.file}: migration {made.held.revision}, {rows} rows in {tables} tables, {_files(made.taken)}.")
    if made.taken and made.taken.left:
        _list_faults("not in this backup", made.taken.left)
        sys.exit(1)


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in the place of everything that is in the database now.")
@click.option(
    "--only", type=click.Choice(["database", "files"]), help="Only the rows, or only pictures and recordings."
)
@click.option(
    "--verify", is_flag=True, help="Look at all of the backup, say what is wrong with it, and change nothing."
)
@with_appcontext
def restore_command(file: Path, replace: bool, only: str | None, verify: bool) -> None:
    """Put a backup into the database, bring it up to date and check the books. Stop everything else first.

    Pictures and recordings come back from the folder station-files beside it, after the rows.
    """
    with _in_words():
        if verify:
            sys.exit(_verify(file))
        if only != "files":
            held = backup.restore(file, replace, with_files=only is None)
            click.echo(f"Restored: {sum(held.rows.values())} rows in {len(held.rows)} tables.")
        whole = only == "database" or _put_back(file, replace)
    click.echo("Now the books are checked.")
    sys.exit(checkup.check() if whole else checkup.check() or 1)


def _verify(file: Path) -> int:
    held, found = backup.verify(file)
    click.echo(f"{file}: migration {held.revision}, {sum(held.rows.values())} rows in {len(held.rows)} tables.")
    if found is None:
        click.echo(backup.WITHOUT)
        return 0
    click.echo(f"{found.there} files are beside it, whole.")
    _list_faults("missing or damaged", found.faults)
    return 1 if found.faults else 0


def _put_back(file: Path, replace: bool) -> bool:
    """Put the files of a backup back and say what came of it; whether all of them are there now."""
    done = backup.put_back(file, replace)
    if done is None:
        click.echo(backup.WITHOUT)
        return True
    click.echo(f"{done.put} files put back, {done.there} were there already.")
    _list_faults("missing or damaged", done.faults)
    if done.faults:
        click.echo(
            f"Bring what you find of them to {file.parent / files.STORE}; then: station restore {file} --only files"
        )
        click.echo("Sizes of a picture whose original is there are made anew by: station news media")
    return not done.faults


def _list_faults(what: str, faults: dict[str, str]) -> None:
    if faults:
        click.echo(f"{len(faults)} files are {what}:", err=True)
    for line in files.lines(faults):
        click.echo(f"  {line}", err=True)


def _files(taken: files.Taken | None) -> str:
    if taken is None:
        return "no files"
    return f"{len(taken.files)} files ({sum(taken.files.values()) / 1e6:,.1f} MB), {taken.fresh} of them new"


@contextmanager
def _in_words() -> Iterator[None]:
    """What stands in the way of a backup or a restore, as one line."""
    try:
        yield
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'The disk'}: {error.strerror or error}.") from error


@click.group("clock")
def clock_group() -> None:
    """Look at or move the time of web, worker, beat and sandbox together (never in production)."""


@clock_group.command("show")
@with_appcontext
def show_clock() -> None:
    """Print the time, in UTC."""
    click.echo(f"{clock.now():%Y-%m-%d %H:%M:%S} UTC")


@clock_group.command("move")
@click.option("--days", type=int, default=0)
@click.option("--hours", type=int, default=0)
@click.option("--minutes", type=int, default=0)
@with_appcontext
def move_clock(days: int, hours: int, minutes: int) -> None:
    """Move the time forward, or back with a negative number."""
    span = timedelta(days=days, hours=hours, minutes=minutes)
    try:
        clock.move(span)
    except RuntimeError:
        raise click.ClickException("STATION_MOVABLE_CLOCK is off: the time cannot be moved here.") from None
    _move_sandbox(current_app.config["STATION"], span)
    click.echo(f"It is now {clock.now():%Y-%m-%d %H:%M:%S} UTC.")


def _move_sandbox(settings: Settings, span: timedelta) -> None:
    if processes.sandbox_port(settings) is None or span <= timedelta():
        return
    form = urlencode({"advance": span.total_seconds()}).encode()
    try:
        urlopen(f"{settings.stripe_api_base}/_sandbox/clock", form, timeout=30).close()  # noqa: S310  # our own address
    except (URLError, OSError) as error:
        click.echo(f"The Stripe sandbox did not move with it ({error}); is it running?", err=True)


@click.group("settings")
def settings_group() -> None:
    """What can be set, and what is set."""


@settings_group.command("docs")
@click.option("--write", is_flag=True, help="Write docs/settings.md instead of printing it.")
def settings_docs(write: bool) -> None:
    """Print the page about every setting."""
    if write:
        Path(ROOT / "docs" / "settings.md").write_text(markdown(), encoding="utf-8")
    else:
        click.echo(markdown(), nl=False)


@settings_group.command("show")
def settings_show() -> None:
    """Print the settings of this machine, secrets left out."""
    click.echo(repr(Settings.from_env()))
