"""The net under corrections: official statements are compared with the books, and what differs is brought to them."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import transaction
from station.core.outbox import enqueue
from station.licensee.queries import the_licensee
from station.receipts.models import RunKind, StatementRun, YearlyStatement
from station.receipts.policies import statements as policies
from station.receipts.queries import statements as queries
from station.receipts.services.statements import runs
from station.receipts.services.statements.correcting import CORRECT


def compare_years() -> None:
    """Begin to compare the years that are watched, each in a run of its own; not those that are being compared."""
    today = clock.today(the_licensee().timezone)
    for year in policies.years_to_watch(list(queries.frozen_years()), today):
        with transaction():
            if queries.was_frozen(year) and not queries.open_run(RunKind.COMPARE, year):
                runs.begin(RunKind.COMPARE, year, queries.frozen_years()[year], runs.CLERK)


def compare_batch(run_id: UUID) -> None:
    """Compare the next members of a run with the books, and have corrected what differs; then the next batch."""
    with transaction() as session:
        run = runs.taken(session, run_id)
        if run is None:
            return
        wanted = sa.select(YearlyStatement.member_id, YearlyStatement.digest).where(
            YearlyStatement.year == run.year, queries.newest()
        )
        if run.after is not None:
            wanted = wanted.where(YearlyStatement.member_id > run.after)
        rows = session.execute(wanted.order_by(YearlyStatement.member_id).limit(runs.BATCH)).all()
        if not rows:
            _look_for_late_ones(run)
            return
        differ, waiting = _unlike(run.year, dict(rows))
        for member_id in differ:
            enqueue(CORRECT, member_id=str(member_id), year=run.year)
        run.after, run.done = rows[-1].member_id, run.done + len(rows)
        run.made, run.waiting = run.made + len(differ), run.waiting + waiting
        runs.go_on(run)


def _unlike(year: int, known: dict[UUID, str]) -> tuple[list[UUID], int]:
    """Who of these differs from the books, and how many wait for a person first."""
    found = queries.composed(year, list(known))
    waiting = sum(1 for each in found.values() if each.waiting)
    differ = [
        member_id
        for member_id, each in found.items()
        if not each.waiting and policies.digest(policies.facts(each)) != known[member_id]
    ]
    return differ, waiting


def _look_for_late_ones(run: StatementRun) -> None:
    """Who gave late to a frozen year is frozen too; then the run is through."""
    if queries.how_many_ready(run.year) and not queries.open_run(RunKind.FREEZE, run.year):
        runs.begin(RunKind.FREEZE, run.year, queries.how_many_ready(run.year), runs.CLERK)
    runs.end(run)
