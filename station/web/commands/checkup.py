"""`station check`: the books' invariants and the state of the database, for people and for scripts."""

from __future__ import annotations

import click

from station.core.places import INVARIANTS
from station.web import migrations


def check() -> int:
    """Print every invariant and whether it holds; the exit code is 1 when one is broken."""
    at, head = migrations.revision(), migrations.head()
    if at is None:
        click.echo("The database is empty: station db upgrade")
        return 1
    if at != head:
        click.echo(f"warning: the database is at migration {at}, the code at {head}: station db upgrade")
    broken = 0
    for invariant in INVARIANTS:
        lines = invariant.broken()
        broken += bool(lines)
        click.echo(f"{'BROKEN' if lines else 'holds '}  {invariant.name}: {invariant.sentence}")
        for line in lines:
            click.echo(f"          {line}")
    click.echo(f"{len(INVARIANTS)} invariants, {broken} broken.")
    return 1 if broken else 0
