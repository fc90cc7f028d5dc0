"""What the desk shows of months of the books, and of sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.payments.models import (
    BalanceTransaction,
    EventState,
    LedgerTransaction,
    Payout,
    PayoutState,
    Period,
    StripeEvent,
    StripeSweep,
    SweepKind,
    Tie,
)
from station.payments.policies import fiscal_year, month_bounds, month_days, month_name, month_of, next_month
from station.payments.queries.payouts.checks import last_comparison

PAGE = 60
MONTHS = 24


@dataclass(frozen=True)
class SweepView:
    """A sweep as the desk shows it. Of events, those are mended that changed something here."""

    kind: SweepKind
    began_at: datetime
    since: datetime
    looked: int
    found: int
    mended: int
    notes: list[str]


@dataclass(frozen=True)
class MonthView:
    """A month of the books: what arrived at the bank in it, and whether it is closed."""

    month: str
    name: str
    fiscal_year: str
    over: bool
    deposits: int
    deposited: Money
    unmatched: int
    row: Period | None

    @property
    def closed(self) -> bool:
        return self.row is not None and self.row.closed_at is not None


def sweeps() -> list[SweepView]:
    """The newest sweeps, newest first."""
    rows = db.session().scalars(sa.select(StripeSweep).order_by(StripeSweep.began_at.desc()).limit(PAGE)).all()
    many = sa.select(StripeEvent.sweep_id, sa.func.count().label("applied"))
    ours = (StripeEvent.sweep_id.in_([row.id for row in rows]), StripeEvent.state == EventState.APPLIED)
    found = db.session().execute(many.where(*ours).group_by(StripeEvent.sweep_id))
    applied = {row.sweep_id: int(row.applied) for row in found}
    return [
        SweepView(
            row.kind, row.began_at, row.since, row.looked, row.found, row.mended + applied.get(row.id, 0), row.notes
        )
        for row in rows
    ]


def comparison() -> StripeSweep | None:
    """The newest comparison, or None."""
    return last_comparison()


def months() -> list[MonthView]:
    """The months of the books, newest first, back to the first entry or for two years."""
    house, now = the_licensee(), clock.now()
    first = db.session().scalar(sa.select(sa.func.min(LedgerTransaction.at))) or now
    begin = max(month_of(first, house.timezone), month_of(now - timedelta(days=31 * MONTHS), house.timezone))
    names = [begin]
    while names[-1] < month_of(now, house.timezone):
        names.append(next_month(names[-1]))
    return [_month(name, now) for name in reversed(names)]


def _month(name: str, now: datetime) -> MonthView:
    house = the_licensee()
    starts, ends = month_bounds(name, house.timezone)
    total = sa.func.coalesce(sa.func.sum(Payout.amount_cents), 0)
    first, after = month_days(name)
    arrived = (Payout.state == PayoutState.PAID, Payout.arrives_on >= first, Payout.arrives_on < after)
    many, cents = db.session().execute(sa.select(sa.func.count(), total).where(*arrived)).one()
    waits = sa.select(sa.func.count()).where(
        BalanceTransaction.tie == Tie.UNMATCHED,
        BalanceTransaction.made_at >= starts,
        BalanceTransaction.made_at < ends,
    )
    return MonthView(
        month=name,
        name=month_name(name),
        fiscal_year=fiscal_year(name, house.fiscal_year_starts),
        over=ends <= now,
        deposits=many,
        deposited=Money(int(cents), house.currency),
        unmatched=db.session().scalar(waits) or 0,
        row=db.session().get(Period, name),
    )
