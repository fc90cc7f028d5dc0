"""`station check`: the books' invariants and the state of the database, for people and for scripts."""

from __future__ import annotations

import click

from station.core.places import INVARIANTS
from station.core.runtime import settings
from station.licensee.queries import NotEstablished, the_licensee
from station.web.commands import migrations


def check() -> int:
    """Print every invariant and whether it holds; the exit code is 1 when one is broken."""
    at, head = migrations.revision(), migrations.head()
    if at is None:
        click.echo("The database is empty: station db upgrade")
        return 1
    if at != head:
        click.echo(f"warning: the database is at migration {at}, the code at {head}: station db upgrade")
    elif not _established():
        demo = "" if settings().production else ", or for the demonstration: station demo load"
        click.echo(f"There is no licensee yet: station licensee establish FILE (docs/production.md shows one){demo}")
        return 1
    broken = 0
    for invariant in INVARIANTS:
        lines = invariant.broken()
        broken += bool(lines)
        click.echo(f"{'BROKEN' if lines else 'holds '}  {invariant.name}: {invariant.sentence}")
        for line in lines:
            click.echo(f"          {line}")
    click.echo(f"{len(INVARIANTS)} invariants, {broken} broken.")
    return 1 if broken else 0


def _established() -> bool:
    try:
        return bool(the_licensee())
    except NotEstablished:
        return False
