"""Commands of the demonstration."""

from __future__ import annotations

import click

from station.core.actor import COMMAND
from station.core.runtime import settings
from station.demo.queries import demo_code
from station.demo.services import DemoRefused, load_demo, sign_in_lines


@click.group("demo")
def group() -> None:
    """The demonstration: stories, sponsors, members and gifts, all invented."""


@group.command("load")
def load() -> None:
    """Load the demo data into an empty house."""
    try:
        loaded = load_demo(COMMAND)
    except DemoRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(
        f"Loaded {loaded.stories} stories, {loaded.sponsors} sponsors and {loaded.members} members with "
        f"{loaded.gifts:,} gifts of {loaded.given} in all."
    )
    click.echo("\n".join(sign_in_lines()))


@group.command("code")
def code() -> None:
    """Print the six digits that the demo staff's second factor shows now. A code is accepted once."""
    if settings().production:
        raise click.ClickException("Production has no demo staff.")
    digits, left = demo_code()
    click.echo(f"{digits}  ({left} seconds left)")
