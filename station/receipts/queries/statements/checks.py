"""What must be true of official statements: one line for each breach."""

from __future__ import annotations

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.receipts.models import StatementCounter, YearlyStatement
from station.receipts.policies.statements import label
from station.receipts.queries.statements.composing import unlike_books
from station.receipts.queries.statements.counting import being_corrected, frozen_years

SHOWN = 20


def number_breaches() -> list[str]:
    """One line for each year whose numbers do not run from 1 to the counter without a gap."""
    issued = sa.select(
        YearlyStatement.year,
        sa.func.count().label("many"),
        sa.func.min(YearlyStatement.number).label("first"),
        sa.func.max(YearlyStatement.number).label("last"),
    )
    first_ones = issued.where(YearlyStatement.version == 1).group_by(YearlyStatement.year)
    given_out = db.session().execute(sa.select(StatementCounter.year, StatementCounter.last))
    counters = {row.year: row.last for row in given_out}
    years = {row.year: (row.many, row.first, row.last) for row in db.session().execute(first_ones)}
    return [
        f"{year}: {many} statements numbered {first} to {last}, counter at {counters.get(year, 0)}"
        for year in sorted(counters.keys() | years.keys())
        for many, first, last in [years.get(year, (0, 1, 0))]
        if not (first == 1 and many == last == counters.get(year, 0))
    ]


def version_breaches() -> list[str]:
    """One line for each statement whose versions have a gap, or are of several members or numbers."""
    members = sa.func.count(YearlyStatement.member_id.distinct())
    last = sa.func.max(YearlyStatement.version)
    rows = db.session().execute(
        sa.select(YearlyStatement.year, YearlyStatement.number, sa.func.count(), last, members)
        .group_by(YearlyStatement.year, YearlyStatement.number)
        .having(sa.or_(sa.func.count() != last, members > 1))
        .limit(SHOWN)
    )
    return [
        f"{label(year, number)}: {many} versions up to {newest} of {owners} members"
        for year, number, many, newest, owners in rows
    ]


def book_breaches() -> list[str]:
    """One line for each statement of the newest frozen year that differs from the books while no correction waits.

    The years before are compared every night, in batches (services.statements.compare_years).
    """
    year = next(iter(frozen_years()), None)
    if year is None:
        return []
    waiting = being_corrected(year)
    return [
        f"the statement of {public_id('member', member_id)} for {year} differs from the books"
        for member_id in unlike_books(year, SHOWN + len(waiting))
        if str(member_id) not in waiting
    ][:SHOWN]
