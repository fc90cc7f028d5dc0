"""Commands about gifts: history from another system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from station.core.actor import COMMAND
from station.core.ids import public_id, row_id
from station.core.money import Money
from station.giving import services
from station.giving.services import Imported, ImportRefused, Refused
from station.licensee.queries import station_by_id, the_licensee
from station.payments import queries as payments
from station.payments.services import CannotUndo

PREFIX = "batch"


@click.group("giving")
def group() -> None:
    """Gifts, and their history."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Do all of it, tell what came of it, and take it back.")
@click.option("--json", "as_json", is_flag=True, help="Tell it as one JSON object.")
@with_appcontext
def import_command(file: Path, dry_run: bool, as_json: bool) -> None:
    """Take the gifts of another system in (docs/operations/moving-in.md): a whole FILE.csv or nothing."""
    refused: list[Refused] = []

    def refuse(line: Refused) -> None:
        refused.append(line)
        if not as_json:
            click.echo(f"line {line.line}: {line.reason}", err=True)

    try:
        with file.open("rb") as opened:
            found = services.import_history(opened, file.name, COMMAND, refuse, dry_run=dry_run)
        problem = ""
    except ImportRefused as refusal:
        found, problem = refusal.found, str(refusal)
    if as_json:
        click.echo(json.dumps(_told(found, problem, refused), indent=2))
    else:
        click.echo(problem or _sentence(found, dry_run))
    if problem:
        raise SystemExit(1)


def _told(found: Imported, problem: str, refused: list[Refused]) -> dict[str, Any]:
    return {
        "batch": public_id(PREFIX, found.batch_id) if found.batch_id else None,
        "gifts": found.many,
        "known_before": found.known,
        "new_members": found.new_members,
        "cents": {station_by_id(each).slug: cents for each, cents in found.cents.items()},
        "problem": problem,
        "refused": [{"line": line.line, "reason": line.reason} for line in refused],
    }


def _sentence(found: Imported, dry_run: bool) -> str:
    total = found.total(the_licensee().currency)
    done = f"{found.many:,} gifts of {total}, {found.new_members:,} new members, {found.known:,} known before"
    if found.batch_id:
        return f"{done}. Batch {public_id(PREFIX, found.batch_id)}; `station giving undo` takes it back."
    return f"{done}. {'Nothing was written: a dry run.' if dry_run else 'Nothing was new, so nothing was written.'}"


@group.command("batches")
@with_appcontext
def batches_command() -> None:
    """List the imported batches, newest first."""
    for batch in payments.batches():
        state = "taken back" if batch.undone_at else "in the books"
        total = Money(batch.amount_cents, batch.currency)
        click.echo(f"{public_id(PREFIX, batch.id)}  {batch.many:>7,}  {total!s:>16}  {state}  {batch.name}")


@group.command("undo")
@click.argument("batch")
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
@with_appcontext
def undo_command(batch: str, reason: str) -> None:
    """Take an imported BATCH back as a whole, by reversal."""
    found = row_id(PREFIX, batch)
    try:
        many = services.undo_import(found, reason, COMMAND) if found else 0
    except CannotUndo as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if not found:
        raise click.ClickException(f"{batch} is no batch. `station giving batches` lists them.")
    click.echo(f"{many:,} gifts are taken back.")
