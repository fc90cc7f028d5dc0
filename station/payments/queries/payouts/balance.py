"""Reads about payouts and the lines of Stripe's balance: rows under lock, sums, and what waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.licensee.queries import default_station
from station.payments.models import (
    Account,
    BalanceShare,
    BalanceTransaction,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    PaymentState,
    Payout,
    PayoutState,
    Tender,
    Tie,
)
from station.payments.policies import Share

PAYOUT_PREFIX = "payout"
LINE_PREFIX = "line"
TRAVELLING = (PayoutState.PENDING, PayoutState.IN_TRANSIT)
RECENT = timedelta(days=30)
OF_PAYMENTS = ("settled", "fee")  # the ledger transactions that a charge's line tells of


def lock_payout(stripe_id: str) -> Payout | None:
    """The payout that Stripe knows under an id, locked."""
    wanted = sa.select(Payout).where(Payout.stripe_id == stripe_id)
    return db.session().scalar(wanted.with_for_update().execution_options(populate_existing=True))


def lock_payout_row(payout_id: UUID) -> Payout:
    """The payout of a row that is there, locked."""
    return db.session().get_one(Payout, payout_id, with_for_update=True, populate_existing=True)


def lock_line(line_id: UUID) -> BalanceTransaction | None:
    """A line, locked."""
    return db.session().get(BalanceTransaction, line_id, with_for_update=True, populate_existing=True)


def lock_lines(stripe_ids: Collection[str]) -> Sequence[BalanceTransaction]:
    """Lines by Stripe's ids, locked, in the order in which they moved."""
    wanted = sa.select(BalanceTransaction).where(BalanceTransaction.stripe_id.in_(stripe_ids))
    ordered = wanted.order_by(BalanceTransaction.made_at, BalanceTransaction.stripe_id).with_for_update()
    return db.session().scalars(ordered.execution_options(populate_existing=True)).all()


def payout_of(stripe_id: str) -> Payout | None:
    """The payout that Stripe knows under an id, or None."""
    return db.session().scalar(sa.select(Payout).where(Payout.stripe_id == stripe_id)) if stripe_id else None


def line_of(stripe_id: str) -> BalanceTransaction | None:
    """The line that Stripe knows under an id, or None."""
    return db.session().scalar(sa.select(BalanceTransaction).where(BalanceTransaction.stripe_id == stripe_id))


def payout_row(payout_id: UUID) -> Payout | None:
    return db.session().get(Payout, payout_id)


def line_row(line_id: UUID) -> BalanceTransaction | None:
    return db.session().get(BalanceTransaction, line_id)


def lines_of(payout_id: UUID) -> Sequence[BalanceTransaction]:
    """What a payout is made of, its own line left out, in the order in which it moved."""
    mine = (BalanceTransaction.payout_id == payout_id, sa.not_(_own_line()))
    ordered = sa.select(BalanceTransaction).where(*mine).order_by(BalanceTransaction.made_at, BalanceTransaction.id)
    return db.session().scalars(ordered).all()


def _own_line() -> sa.ColumnElement[bool]:
    return sa.and_(BalanceTransaction.tie == Tie.PAYOUT, BalanceTransaction.tied_id == BalanceTransaction.payout_id)


def lines_tied_to(payout_id: UUID) -> Sequence[BalanceTransaction]:
    """The lines that are a payout itself, or its return."""
    tied = (BalanceTransaction.tie == Tie.PAYOUT, BalanceTransaction.tied_id == payout_id)
    return db.session().scalars(sa.select(BalanceTransaction).where(*tied)).all()


def is_tied(tie: Tie, row_id: UUID) -> bool:
    """Whether a line is tied to a row."""
    tied = (BalanceTransaction.tie == tie, BalanceTransaction.tied_id == row_id)
    return db.session().scalar(sa.select(BalanceTransaction.id).where(*tied).limit(1)) is not None


def shares_of(line_ids: Collection[UUID]) -> list[Share]:
    """The stations' parts of lines."""
    rows = db.session().scalars(sa.select(BalanceShare).where(BalanceShare.line_id.in_(line_ids)))
    return [Share(row.station_id, row.gross_cents, row.fee_cents) for row in rows]


def station_weights(before: datetime) -> dict[UUID, int]:
    """What the stations took through Stripe in the thirty days before an instant, in cents: how a sum is split that
    belongs to none of them. Of a payment for two each has its share. All of it is the default station's when there
    was nothing."""
    taken = (
        Payment.state == PaymentState.SETTLED,
        Payment.tender == Tender.STRIPE,
        Payment.settled_at >= before - RECENT,
        Payment.settled_at < before,
    )
    first = sa.select(Payment.station_id, (Payment.amount_cents - Payment.second_cents).label("cents")).where(*taken)
    second = sa.select(Payment.second_station_id, Payment.second_cents).where(*taken, Payment.second_cents > 0)
    shares = sa.union_all(first, second).subquery()
    total = sa.func.sum(shares.c.cents)
    rows = db.session().execute(
        sa.select(shares.c.station_id, total.label("cents"))
        .group_by(shares.c.station_id)
        .having(total > 0)
        .order_by(shares.c.station_id)
    )
    return {row.station_id: int(row.cents) for row in rows} or {default_station().id: 1}


def first_parts(payout_id: UUID) -> dict[UUID, int]:
    """What each station got of a payout when it was first booked at the bank, in cents."""
    first = (LedgerTransaction.source == f"payout:{payout_id}:1", LedgerEntry.account == Account.BANK)
    rows = db.session().execute(
        sa.select(LedgerEntry.station_id, LedgerEntry.amount_cents)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(*first)
        .order_by(LedgerEntry.station_id)
    )
    return {row.station_id: row.amount_cents for row in rows}


def payment_of_charge(charge: str) -> Payment | None:
    """The settled payment of a charge, or None."""
    settled = sa.select(Payment).where(Payment.charge == charge, Payment.state == PaymentState.SETTLED)
    return db.session().scalar(settled) if charge else None


def booked_for_payments(payment_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """What the ledger has at Stripe for payments: charge less fee, in cents."""
    rows = db.session().execute(
        sa.select(LedgerTransaction.payment_id, sa.func.sum(LedgerEntry.amount_cents).label("cents"))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(
            LedgerTransaction.payment_id.in_(payment_ids),
            LedgerTransaction.kind.in_(OF_PAYMENTS),
            LedgerEntry.account == Account.STRIPE,
        )
        .group_by(LedgerTransaction.payment_id)
    )
    return {row.payment_id: int(row.cents) for row in rows}


def payments_moved(since: datetime) -> Mapping[UUID, datetime]:
    """Payments whose money came to Stripe since an instant, each with its last change here."""
    wanted = (Payment.state == PaymentState.SETTLED, Payment.tender == Tender.STRIPE, Payment.settled_at >= since)
    rows = db.session().execute(sa.select(Payment.id, Payment.updated_at).where(*wanted))
    return {row.id: row.updated_at for row in rows}


def payouts_moved(since: datetime) -> Mapping[UUID, datetime]:
    """Payouts that were made since an instant, each with its last change here."""
    rows = db.session().execute(sa.select(Payout.id, Payout.updated_at).where(Payout.made_at >= since))
    return {row.id: row.updated_at for row in rows}


def booked_for_payouts(payout_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """What payouts have taken from our balance: nothing once they came back."""
    gone = (*TRAVELLING, PayoutState.PAID)
    rows = db.session().scalars(sa.select(Payout).where(Payout.id.in_(payout_ids), Payout.state.in_(gone)))
    return {row.id: -row.amount_cents for row in rows}


def balance_of(account: Account, currency: str) -> int:
    """What an account of the ledger holds, in cents."""
    total = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_cents), 0))
    return int(
        db.session().scalar(total.where(LedgerEntry.account == account, LedgerEntry.currency == currency)) or 0
    )


def travelling(currency: str) -> int:
    """What is on its way to the bank: gone from Stripe's balance, not yet from our ledger's, in cents."""
    total = sa.select(sa.func.coalesce(sa.func.sum(Payout.amount_cents), 0))
    return int(db.session().scalar(total.where(Payout.state.in_(TRAVELLING), Payout.currency == currency)) or 0)


def lines_since(since: datetime) -> Sequence[BalanceTransaction]:
    """The lines that moved since an instant, oldest first."""
    wanted = sa.select(BalanceTransaction).where(BalanceTransaction.made_at >= since)
    return db.session().scalars(wanted.order_by(BalanceTransaction.made_at, BalanceTransaction.id)).all()


def moved_by_lines(currency: str, without: Collection[BalanceTransaction]) -> int:
    """What all lines but some have moved Stripe's balance by, those in the opening balance left out, in cents."""
    total = sa.select(sa.func.coalesce(sa.func.sum(BalanceTransaction.net_cents), 0)).where(
        BalanceTransaction.tie != Tie.OPENING,
        BalanceTransaction.currency == currency,
        BalanceTransaction.id.not_in([line.id for line in without]),
    )
    return int(db.session().scalar(total) or 0)


def unmatched_lines(before: datetime | None = None) -> Sequence[BalanceTransaction]:
    """Lines that are tied to nothing, oldest first; those made before an instant."""
    wanted = sa.select(BalanceTransaction).where(BalanceTransaction.tie == Tie.UNMATCHED)
    if before is not None:
        wanted = wanted.where(BalanceTransaction.made_at < before)
    return db.session().scalars(wanted.order_by(BalanceTransaction.made_at, BalanceTransaction.id)).all()


def unreconciled(before: date) -> Sequence[Payout]:
    """Automatic payouts that arrived before a day, are paid, and whose lines are not all tied."""
    wanted = (Payout.state == PayoutState.PAID, Payout.automatic, Payout.arrives_on < before)
    return db.session().scalars(sa.select(Payout).where(*wanted, Payout.reconciled_at.is_(None))).all()


def payouts_to_read(since: datetime) -> Sequence[Payout]:
    """Payouts that were made lately or are not settled: those that a daily look goes through, oldest first."""
    open_ = sa.and_(Payout.automatic, Payout.reconciled_at.is_(None))
    wanted = sa.or_(Payout.made_at >= since, open_, Payout.state.in_(TRAVELLING))
    return db.session().scalars(sa.select(Payout).where(wanted).order_by(Payout.made_at)).all()
