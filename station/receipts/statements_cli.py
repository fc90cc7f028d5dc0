"""The command about yearly statements."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext

from station.core.actor import COMMAND
from station.receipts.queries import statements as queries
from station.receipts.services import statements as services


@click.command("statements")
@click.option("--year", type=click.IntRange(1990, 2099), required=True, help="The calendar year of the gifts.")
@click.option("--freeze", is_flag=True, help="Begin to freeze the year: a statement for each member who has none.")
@click.option("--send", is_flag=True, help="Begin to mail what has not left; after --freeze, wait for its end first.")
@click.option("--here", is_flag=True, help="Do the work in this process, instead of leaving it to the workers.")
@click.option("--json", "as_json", is_flag=True, help="Tell it as one JSON object.")
@with_appcontext
def statements_command(year: int, freeze: bool, send: bool, here: bool, as_json: bool) -> None:
    """How far the statements of a year have come (docs/receipts/statements.md); and freeze or mail them."""
    try:
        if freeze:
            _work(services.start_freeze(year, COMMAND), services.freeze_batch, here)
        if send:
            _work(services.start_sending(year, COMMAND), services.send_batch, here)
    except services.CannotRun as refusal:
        raise click.ClickException(str(refusal)) from refusal
    told = _told(year)
    click.echo(
        json.dumps(told, indent=2) if as_json else "\n".join(f"{name:12} {many}" for name, many in told.items())
    )


def _work(run_id: UUID, batch: Callable[[UUID], None], here: bool) -> None:
    """Do a run to its end in this process, if that is wanted."""
    while here and queries.runs_on(run_id):
        batch(run_id)


def _told(year: int) -> dict[str, Any]:
    counts = queries.year_counts(year)
    return {
        "year": year,
        "ready": counts.ready,
        "frozen": counts.frozen,
        "stale": counts.stale,
        "to_mail": counts.to_mail,
        "to_print": counts.to_print,
        "sent": counts.sent,
        "running": sorted(run.kind.value for run in queries.runs_of(year) if run.finished_at is None),
    }
