"""Commands about the licensee."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from station.core.actor import COMMAND
from station.licensee.services import LicenseeFacts, NotPossible, StationFacts, establish


@click.group("licensee")
def group() -> None:
    """The licensee and its stations."""


@group.command("establish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def establish_command(file: Path) -> None:
    """Enter the licensee and its stations from a JSON file (docs/production.md shows one)."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        licensee, stations = LicenseeFacts(**said["licensee"]), [StationFacts(**s) for s in said["stations"]]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{file.name} does not describe a licensee: {error}") from error
    try:
        establish(licensee, stations, COMMAND)
    except NotPossible as reason:
        raise click.ClickException(str(reason)) from reason
    except DBAPIError as error:
        raise click.ClickException(f"{file.name} holds a value that cannot be kept: {error.orig}") from error
    click.echo(f"{licensee.legal_name} with {len(stations)} stations.")
