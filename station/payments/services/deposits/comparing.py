"""Stripe's view and ours, once a day: the balance to the cent, and each movement of the last 35 days by itself.

What stands at Stripe must be what our ledger has at Stripe, less what is on its way to the bank. The first comparison
takes what differs as the opening balance: money that was there before Station.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import Actor, job
from station.core.db import db, transaction
from station.core.ids import public_id
from station.core.money import Money
from station.licensee.queries import default_station, the_licensee
from station.payments import gateway
from station.payments.gateway import PAYMENT_PREFIX, Movement
from station.payments.models import Account, BalanceTransaction, Payment, PaymentState, StripeSweep, Tender, Tie
from station.payments.queries.payouts import balance
from station.payments.services import ledger
from station.payments.services.deposits import reading, reconciling, ties
from station.payments.services.deposits.sweeps import ON_ITS_WAY, keep_comparison
from station.payments.services.deposits.ties import TIES

COMPARER = job("the comparison with Stripe")
BACK = timedelta(days=35)
LOOKS = 3
LATE = timedelta(hours=1)


def compare_with_stripe(actor: Actor = COMPARER) -> StripeSweep:
    """Ask Stripe for its balance and its movements, tie them, and write down every difference."""
    began = clock.now()
    opening = ties.opened_at()
    if opening is not None:
        reconciling.reconcile_payouts(actor)
    stripe, movements = _look(began)
    if opening is not None:
        reading.keep_lines(movements, None, actor)
        reading.tie_what_waits(actor)
    currency = the_licensee().currency
    with transaction():
        position = balance.balance_of(Account.STRIPE, currency)
        moving = balance.travelling(currency)
        difference = stripe - (position - moving)
        if opening is None:
            _open(difference, currency, began)
            position, difference = position + difference, 0
        since = max(opening or began, began - BACK)
        notes = _differences(movements, since, began)
        if difference:
            notes.insert(0, f"Stripe's balance is {Money(difference, currency)} more than ours.")
        numbers = {"stripe": stripe, "ledger": position, "moving": moving, "difference": difference}
        return keep_comparison(since, began, len(movements), notes, numbers, actor)


def _look(began: datetime) -> tuple[int, list[Movement]]:
    """The balance and the movements, both of the same moment: the balance is the same before and after."""
    currency = the_licensee().currency
    db.session().rollback()
    before = gateway.account_balance(currency)
    for _ in range(LOOKS):
        movements = gateway.movements_since(began - BACK, clock.now() + ON_ITS_WAY)
        after = gateway.account_balance(currency)
        if after == before:
            break
        before = after
    return before, movements


def _open(cents: int, currency: str, at: datetime) -> None:
    """The opening balance, where there is one."""
    station_id = default_station().id
    lines = [ledger.Line(Account.STRIPE, station_id, cents), ledger.Line(Account.OPENING, station_id, -cents)]
    if cents:
        ledger.post_lines("stripe_opening", "stripe_opening:1", at, currency, lines)


def _differences(movements: Collection[Movement], since: datetime, now: datetime) -> list[str]:
    """One line for each movement or row that one of us has and the other has not, or has otherwise."""
    theirs = {each.id for each in movements}
    recent = sa.select(BalanceTransaction).where(BalanceTransaction.made_at >= since)
    ours = db.session().scalars(recent.order_by(BalanceTransaction.made_at)).all()
    unknown = [
        f"{line.stripe_id} of {line.net} is here, and not at Stripe." for line in ours if line.stripe_id not in theirs
    ]
    return unknown + _without_line(since, now) + _otherwise(ours)


def _without_line(since: datetime, now: datetime) -> list[str]:
    """Payments that were settled through Stripe, and of which Stripe's balance says nothing."""
    told = sa.exists().where(BalanceTransaction.tie == Tie.PAYMENT, BalanceTransaction.tied_id == Payment.id)
    wanted = (
        Payment.state == PaymentState.SETTLED,
        Payment.tender == Tender.STRIPE,
        Payment.settled_at >= since,
        Payment.settled_at < now - LATE,
        ~told,
    )
    rows = db.session().scalars(sa.select(Payment).where(*wanted).order_by(Payment.settled_at))
    return [
        f"{public_id(PAYMENT_PREFIX, row.id)} of {row.amount} is settled here, and not at Stripe." for row in rows
    ]


def _otherwise(lines: Collection[BalanceTransaction]) -> list[str]:
    """Rows whose lines sum to something else than what the ledger has at Stripe for them."""
    notes: list[str] = []
    for resolver in TIES:
        rows = {line.tied_id for line in lines if line.tie is resolver.kind and line.tied_id and not line.by_hand}
        booked, said = resolver.booked(rows), _sums(resolver.kind, rows)
        notes += [
            f"{resolver.kind} {row_id}: Stripe moved {said[row_id]} cents, the ledger {booked.get(row_id, 0)}."
            for row_id in sorted(rows)
            if said[row_id] != booked.get(row_id, 0)
        ]
    return notes


def _sums(kind: Tie, rows: Collection[UUID]) -> Counter[UUID]:
    """What Stripe's balance moved by for rows, all their lines together, in cents."""
    total = sa.func.sum(BalanceTransaction.net_cents).label("cents")
    found = db.session().execute(
        sa.select(BalanceTransaction.tied_id, total)
        .where(BalanceTransaction.tie == kind, BalanceTransaction.tied_id.in_(rows), BalanceTransaction.by_hand == "")
        .group_by(BalanceTransaction.tied_id)
    )
    return Counter({row.tied_id: int(row.cents) for row in found})
