"""Reads of money that came past Stripe: its facts, what is in our hands, deposits, and what must hold of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import (
    Account,
    Deposit,
    ImportedBatch,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Tender,
    Tendered,
)

DEPOSIT_PREFIX = "deposit"
SHOWN, PAGE = 50, 50
STRIPES_OPENING = "stripe_opening"  # what stood at Stripe when its balance was first compared: no history
IN_HAND = (
    Payment.tender.in_([Tender.CHECK, Tender.CASH]),
    Payment.voided_at.is_(None),
    Tendered.deposit_id.is_(None),
)


@dataclass(frozen=True)
class HeldMoney:
    """A check or cash: in our hands, or as it stands in a deposit."""

    payment_id: UUID
    public_id: str
    amount: Money
    label: str
    received_on: date
    reference: UUID
    voided: bool


@dataclass(frozen=True)
class ImportedBefore:
    """A payment of another system that stands in the books."""

    batch_id: UUID
    amount: Money


@dataclass(frozen=True)
class DepositView:
    """Checks and cash that went to the bank together."""

    id: UUID
    public_id: str
    deposited_on: date
    amount: Money
    note: str
    made_by: str
    created_at: datetime


def tendered(payment_id: UUID) -> Tendered | None:
    """The facts of a payment that came past Stripe."""
    return db.session().get(Tendered, payment_id)


def in_hand(payment_id: UUID) -> bool:
    """Whether a payment is a check or cash that waits for its deposit."""
    found = sa.select(Payment.id).join(Tendered, Tendered.payment_id == Payment.id)
    return db.session().scalar(found.where(Payment.id == payment_id, *IN_HAND)) is not None


def held_money(limit: int = 500) -> list[HeldMoney]:
    """Checks and cash that wait for their deposit, oldest first."""
    return _held(_listed().where(*IN_HAND).limit(limit))


def deposits(limit: int = PAGE) -> list[DepositView]:
    """Deposits, newest first."""
    newest = sa.select(Deposit).order_by(Deposit.deposited_on.desc(), Deposit.id.desc()).limit(limit)
    return [_deposit(row) for row in db.session().scalars(newest)]


def deposit(deposit_id: UUID) -> DepositView | None:
    """One deposit, or None."""
    row = db.session().get(Deposit, deposit_id)
    return _deposit(row) if row else None


def money_of_deposit(deposit_id: UUID) -> list[HeldMoney]:
    """What a deposit holds, checks that bounced since included."""
    return _held(_listed().where(Tendered.deposit_id == deposit_id))


def imported_before(external_ids: Collection[str]) -> dict[str, ImportedBefore]:
    """What was imported already, by its id in the other system."""
    rows = db.session().execute(
        sa.select(Tendered.external_id, Tendered.batch_id, Payment.amount_cents, Payment.currency)
        .join(Payment, Payment.id == Tendered.payment_id)
        .where(Tendered.external_id.in_(external_ids))
    )
    return {
        external_id: ImportedBefore(batch_id, Money(cents, currency))
        for external_id, batch_id, cents, currency in rows
        if external_id and batch_id
    }


def batches(limit: int = PAGE) -> Sequence[ImportedBatch]:
    """Imported batches, newest first."""
    return db.session().scalars(sa.select(ImportedBatch).order_by(ImportedBatch.id.desc()).limit(limit)).all()


def _listed() -> sa.Select[Payment, Tendered]:
    return (
        sa.select(Payment, Tendered)
        .join(Tendered, Tendered.payment_id == Payment.id)
        .order_by(Tendered.received_on, Payment.id)
    )


def _held(listed: sa.Select[Payment, Tendered]) -> list[HeldMoney]:
    return [
        HeldMoney(
            row.id,
            public_id(PAYMENT_PREFIX, row.id),
            row.amount,
            row.method_label,
            facts.received_on,
            row.reference,
            row.voided_at is not None,
        )
        for row, facts in db.session().execute(listed)
    ]


def _deposit(row: Deposit) -> DepositView:
    amount = Money(row.amount_cents, row.currency)
    shown = public_id(DEPOSIT_PREFIX, row.id)
    return DepositView(row.id, shown, row.deposited_on, amount, row.note, row.made_by, row.created_at)


# What must hold ----------------------------------------------------------------------------------------------------


def hand_unlike_payments() -> list[str]:
    """The balance of `hand` by station and currency, where it is not what waits for its deposit."""
    first, second = Payment.amount_cents - Payment.second_cents, Payment.second_cents
    waiting = [
        sa.select(station.label("station_id"), Payment.currency, cents.label("cents"))
        .join(Tendered, Tendered.payment_id == Payment.id)
        .where(*IN_HAND, station.is_not(None))
        for station, cents in ((Payment.station_id, first), (Payment.second_station_id, second))
    ]
    return _unlike(Account.HAND, sa.union_all(*waiting), "waits for its deposit")


def opening_unlike_history() -> list[str]:
    """The balance of `opening` by station and currency, where it is not the imported history that stands."""
    history = sa.select(Payment.station_id, Payment.currency, Payment.amount_cents.label("cents")).where(
        Payment.tender == Tender.IMPORTED, Payment.voided_at.is_(None)
    )
    return _unlike(Account.OPENING, sa.union_all(history), "was imported")


def _unlike(account: Account, rows: sa.CompoundSelect[UUID, str, int], what: str) -> list[str]:
    listed = rows.subquery()
    wanted = _sums(
        sa.select(listed.c.station_id, listed.c.currency, sa.func.sum(listed.c.cents)).group_by(
            listed.c.station_id, listed.c.currency
        )
    )
    booked = _sums(
        sa.select(LedgerEntry.station_id, LedgerEntry.currency, sa.func.sum(LedgerEntry.amount_cents))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerEntry.account == account, LedgerTransaction.kind != STRIPES_OPENING)
        .group_by(LedgerEntry.station_id, LedgerEntry.currency)
    )
    return [
        f"{account.value} of station {key[0]} holds {booked.get(key, 0)} {key[1]}, {wanted.get(key, 0)} {what}"
        for key in sorted(booked.keys() | wanted.keys())
        if booked.get(key, 0) != wanted.get(key, 0)
    ]


def _sums(query: sa.Select[UUID, str, int]) -> dict[tuple[UUID, str], int]:
    return {(station_id, currency): int(cents) for station_id, currency, cents in db.session().execute(query)}


def deposits_unlike_payments() -> list[str]:
    """Deposits whose payments, or whose lines at the bank, do not add up to them."""
    listed = (
        sa.select(Tendered.deposit_id, sa.func.sum(Payment.amount_cents).label("cents"))
        .join(Payment, Payment.id == Tendered.payment_id)
        .group_by(Tendered.deposit_id)
        .subquery()
    )
    rows = db.session().execute(
        sa.select(Deposit.id, Deposit.amount_cents, listed.c.cents)
        .outerjoin(listed, listed.c.deposit_id == Deposit.id)
        .where(sa.func.coalesce(listed.c.cents, 0) != Deposit.amount_cents)
        .limit(SHOWN)
    )
    found = [f"{public_id(DEPOSIT_PREFIX, r.id)} of {r.amount_cents} cents lists {r.cents or 0}" for r in rows]
    banked = db.session().scalar(
        sa.select(sa.func.sum(LedgerEntry.amount_cents))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.kind == "deposit", LedgerEntry.account == Account.BANK)
    )
    total = db.session().scalar(sa.select(sa.func.sum(Deposit.amount_cents)))
    return found + ([f"deposits of {total} cents, {banked} in the bank"] if (banked or 0) != (total or 0) else [])


def batches_unlike_rows() -> list[str]:
    """Imported batches whose rows do not add up to what was booked with them."""
    listed = (
        sa.select(Tendered.batch_id, sa.func.count().label("many"), sa.func.sum(Payment.amount_cents).label("cents"))
        .join(Payment, Payment.id == Tendered.payment_id)
        .group_by(Tendered.batch_id)
        .subquery()
    )
    rows = db.session().execute(
        sa.select(ImportedBatch.id, ImportedBatch.many, listed.c.many.label("found"))
        .outerjoin(listed, listed.c.batch_id == ImportedBatch.id)
        .where(
            sa.or_(
                sa.func.coalesce(listed.c.many, 0) != ImportedBatch.many,
                sa.func.coalesce(listed.c.cents, 0) != ImportedBatch.amount_cents,
            )
        )
        .limit(SHOWN)
    )
    return [f"{public_id('batch', r.id)} of {r.many} gifts has {r.found or 0}" for r in rows]
