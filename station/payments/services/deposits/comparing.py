"""Stripe's view and ours, once a day: the balance to the cent, and each movement of the last 35 days by itself.

What stands at Stripe must be what our ledger has at Stripe, less what is on its way to the bank. The opening balance
is what stood there before the house was opened (`ties.opened_at`): the balance without every movement since then. So
money on its way while the first comparison runs is not in it, and a gift that was lost is a line that must be tied.
What one of us has and the other has not is in flight for an hour after its change, and named; then it is a breach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import Actor, job
from station.core.db import db, one_view, transaction
from station.core.ids import public_id
from station.core.money import Money
from station.licensee.queries import default_station, the_licensee
from station.payments import gateway
from station.payments.gateway import PAYMENT_PREFIX, Movement
from station.payments.models import Account, BalanceTransaction, StripeSweep, Tie
from station.payments.queries.payouts import balance
from station.payments.queries.payouts.checks import last_comparison
from station.payments.services import ledger
from station.payments.services.deposits import reading, reconciling, ties
from station.payments.services.deposits.sweeps import ON_ITS_WAY, SHOWN, keep_comparison
from station.payments.services.deposits.ties import TIES

COMPARER = job("the comparison with Stripe")
BACK = timedelta(days=35)
LOOKS = 3
LATE = timedelta(hours=1)


@dataclass(frozen=True)
class Gap:
    """A row or a line that the ledger has at Stripe with `cents` more than Stripe's movements say.

    One that is young may be in flight: its movement, or our row, was not there yet when the other was read.
    """

    about: str
    cents: int
    young: bool


def compare_with_stripe(actor: Actor = COMPARER) -> StripeSweep:
    """Ask Stripe for its balance and its movements, tie them, and write down every difference."""
    began, opened, first = clock.now(), ties.opened_at(), last_comparison() is None
    since = opened if first else max(opened, began - BACK)
    reconciling.reconcile_payouts(actor)
    known = {line.id for line in balance.lines_since(since)}
    stripe, movements = _look(since)
    reading.keep_lines(movements, None, actor)
    reading.tie_what_waits(actor)
    currency = the_licensee().currency
    with transaction():
        one_view()
        ahead = _ahead(movements, since)
        if first:
            open_books(stripe - balance.moved_by_lines(currency, ahead), currency, opened)
        gaps = _gaps(ahead, known, since)
        in_flight = sum(gap.cents for gap in gaps if gap.young)
        position, moving = balance.balance_of(Account.STRIPE, currency), balance.travelling(currency)
        difference = stripe - (position - moving) + in_flight
        notes = [gap.about for gap in gaps if not gap.young]
        if difference:
            notes.insert(0, f"Stripe's balance is {Money(difference, currency)} more than ours.")
        numbers = {
            "stripe": stripe,
            "ledger": position,
            "moving": moving,
            "in_flight": in_flight,
            "difference": difference,
            "named": [gap.about for gap in gaps if gap.young][:SHOWN],
        }
        return keep_comparison(since, began, len(movements), notes, numbers, actor)


def _look(since: datetime) -> tuple[int, list[Movement]]:
    """The balance and the movements, both of the same moment: the balance is the same before and after."""
    currency = the_licensee().currency
    db.session().rollback()
    before = gateway.account_balance(currency)
    for _ in range(LOOKS):
        movements = gateway.movements_since(since, clock.now() + ON_ITS_WAY)
        after = gateway.account_balance(currency)
        if after == before:
            break
        before = after
    return before, movements


def open_books(cents: int, currency: str, at: datetime) -> None:
    """Book the opening balance, where there is one, in the caller's transaction."""
    station_id = default_station().id
    lines = [ledger.Line(Account.STRIPE, station_id, cents), ledger.Line(Account.OPENING, station_id, -cents)]
    if cents:
        ledger.post_lines("stripe_opening", "stripe_opening:1", at, currency, lines)


def _ahead(movements: Collection[Movement], since: datetime) -> Sequence[BalanceTransaction]:
    """The lines here that are not among Stripe's movements: they moved after those were read, or never."""
    theirs = {each.id for each in movements}
    return [line for line in balance.lines_since(since) if line.stripe_id not in theirs]


def _gaps(ahead: Sequence[BalanceTransaction], known: Collection[UUID], since: datetime) -> list[Gap]:
    """Each line or row that one of us has otherwise, or not at all.

    A line ahead of Stripe's movements that was `known` before those were read has vanished there. Any other one came
    since, and counts as not told yet: what it booked, itself or by its row, is in flight.
    """
    young, late = {line.id for line in ahead} - set(known), clock.now() - LATE
    gaps = [
        Gap(f"{line.stripe_id} of {line.net} is here, and not at Stripe.", line.net_cents, line.id in young)
        for line in ahead
        if line.postings or line.id not in young
    ]
    lines = balance.lines_since(since)
    for resolver in TIES:
        moved = resolver.moved(since)
        rows = {line.tied_id for line in lines if line.tie is resolver.kind and line.tied_id and not line.by_hand}
        rows |= moved.keys()
        booked, said = resolver.booked(rows), _sums(resolver.kind, rows, young)
        for row_id in sorted(rows):
            here, there = booked.get(row_id, 0), said[row_id]
            about = f"{_name(resolver.kind, row_id)}: Stripe moved {there} cents, the ledger {here}."
            if here != there:
                gaps.append(Gap(about, here - there, row_id in moved and moved[row_id] >= late))
    return gaps


def _name(kind: Tie, row_id: UUID) -> str:
    return public_id(PAYMENT_PREFIX, row_id) if kind is Tie.PAYMENT else f"{kind} {row_id}"


def _sums(kind: Tie, rows: Collection[UUID], without: Collection[UUID]) -> Counter[UUID]:
    """What Stripe's balance moved by for rows, their lines together without some, in cents."""
    total = sa.func.sum(BalanceTransaction.net_cents).label("cents")
    found = db.session().execute(
        sa.select(BalanceTransaction.tied_id, total)
        .where(
            BalanceTransaction.tie == kind,
            BalanceTransaction.tied_id.in_(rows),
            BalanceTransaction.by_hand == "",
            BalanceTransaction.id.not_in(without),
        )
        .group_by(BalanceTransaction.tied_id)
    )
    return Counter({row.tied_id: int(row.cents) for row in found})
