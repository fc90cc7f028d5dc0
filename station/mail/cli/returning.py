"""Commands about mail: what comes back by a pipe of the mail server, and a list of addresses from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from station.core.actor import COMMAND
from station.mail import services
from station.mail.models import InboundWay
from station.mail.policies.lists import ListRefused, read_list

TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the message and comes again


@click.command("inbound")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "addressed_to", default="", help="The recipient of the envelope, as the mail server knows it.")
@with_appcontext
def inbound_command(files: tuple[Path, ...], addressed_to: str) -> None:
    """Take in one message from standard input, or those in FILES. Exit code 75 when it is to be tried again."""
    try:
        if not files:
            _take(sys.stdin.buffer, addressed_to)
        for path in files:
            with path.open("rb") as opened:
                _take(opened, addressed_to)
    except SQLAlchemyError as error:
        click.echo(f"The database does not answer: {type(error).__name__}. Try again later.", err=True)
        sys.exit(TRY_LATER)


def _take(stream: BinaryIO, addressed_to: str) -> None:
    """However long a message is, only its beginning is held."""
    raw = stream.read(services.LARGEST_KEPT)
    size = len(raw)
    while more := stream.read(1 << 20):
        size += len(more)
    services.take(raw, InboundWay.PIPE, addressed_to, size)


@click.command("suppress")
@click.option("--file", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def suppress_command(file: Path) -> None:
    """Bring a list of addresses along that nothing is sent to: a table with the columns email, reason, date, note.

    Only the first is needed. All of it is taken, or nothing; lines without an address are told and left out.
    """
    try:
        lines = read_list(file.read_bytes())
    except ListRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    report = services.suppress_list(lines, file.name, COMMAND)
    for number, why in report.refused:
        click.echo(f"line {number}: {why}", err=True)
    click.echo(
        f"{report.added:,} addresses were added, {report.known:,} were known, {len(report.refused):,} lines left out."
    )
