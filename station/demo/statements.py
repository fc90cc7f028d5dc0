"""The yearly statements of the demonstration: last year is frozen, and waits to be mailed."""

from __future__ import annotations

from station.core.actor import Actor
from station.demo.generator.calendar import Calendar
from station.receipts.models import RunKind
from station.receipts.queries.statements import open_run
from station.receipts.services.statements import freeze_batch, start_freeze


def freeze_last_year(calendar: Calendar, actor: Actor) -> None:
    """Freeze the calendar year before this one, as the worker would, in the transaction of the rest."""
    year = calendar.today.year - 1
    run_id = start_freeze(year, actor)
    while open_run(RunKind.FREEZE, year):
        freeze_batch(run_id)
