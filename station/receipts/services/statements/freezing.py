"""Freezing a year: an official statement for each member who gave in it, once."""

from __future__ import annotations

from uuid import UUID

from station.core.actor import Actor
from station.core.db import transaction
from station.core.faults import point
from station.receipts.models import RunKind
from station.receipts.queries import statements as queries
from station.receipts.services.statements import runs
from station.receipts.services.statements.issuing import issue_missing


def start_freeze(year: int, actor: Actor) -> UUID:
    """Begin to freeze a year that has ended; returns the run. Again makes what is missing, such as late gifts.

    Raises CannotRun for a year that has not ended, and while it is frozen already.
    """
    runs.refuse_open_year(year)
    with transaction():
        return runs.begin(RunKind.FREEZE, year, queries.how_many_ready(year), actor)


def freeze_batch(run_id: UUID) -> None:
    """Freeze the next members of a run, and ask for the batch after; nothing when it has ended."""
    with transaction() as session:
        run = runs.taken(session, run_id)
        if run is None:
            return
        members = queries.givers(run.year, run.after, runs.BATCH)
        if not members:
            runs.end(run)
            return
        made, waiting = issue_missing(session, run.year, members)
        run.after, run.done = members[-1], run.done + len(members)
        run.made, run.waiting = run.made + made, run.waiting + waiting
        runs.go_on(run)
    point("receipts.freeze_statements:batch")
