"""What must be true of money that went back. Each check returns one line for each breach, none when all is well."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import (
    Account,
    Dispute,
    DisputeMovement,
    DisputeState,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Refund,
    RefundState,
)

Scalar = sa.ScalarSelect[int]
Column = sa.SQLColumnExpression[Any]
SHOWN = 50
GONE = (RefundState.CREATED, RefundState.PENDING, RefundState.SUCCEEDED)  # booked ones of these are out of the house


def payments_unlike_returns() -> list[str]:
    """Payments whose sums of refunds that went out, and of disputes that were lost, are not those of the rows."""
    refunded = _sum(Refund.amount_cents, Refund.payment_id, Refund.state == RefundState.SUCCEEDED)
    lost = _sum(Dispute.amount_cents, Dispute.payment_id, Dispute.state == DisputeState.LOST)
    most = sa.case((lost > Payment.amount_cents, Payment.amount_cents), else_=lost)
    rows = db.session().execute(
        sa.select(
            Payment.id, Payment.refunded_cents, Payment.lost_cents, refunded.label("refunds"), lost.label("lost")
        )
        .where(sa.or_(Payment.refunded_cents != refunded, Payment.lost_cents != most))
        .limit(SHOWN)
    )
    return [
        f"{public_id(PAYMENT_PREFIX, r.id)} says {r.refunded_cents} refunded and {r.lost_cents} lost; its rows say "
        f"{r.refunds} and {r.lost}"
        for r in rows
    ]


def returns_without_ledger() -> list[str]:
    """Payments whose refunds, disputes and dispute fees in the ledger are not those of the rows."""
    refunded = _sum(Refund.amount_cents, Refund.payment_id, Refund.booked.is_(True), Refund.state.in_(GONE))
    taken, fees = (_moved(column) for column in (-DisputeMovement.amount_cents, DisputeMovement.fee_cents))
    booked = {account: _ledger(account) for account in (Account.REFUNDS, Account.DISPUTED, Account.DISPUTE_FEES)}
    rows = db.session().scalars(
        sa.select(Payment.id)
        .where(
            sa.or_(
                booked[Account.REFUNDS] != refunded,
                booked[Account.DISPUTED] != taken,
                booked[Account.DISPUTE_FEES] != fees,
            )
        )
        .limit(SHOWN)
    )
    return [f"{public_id(PAYMENT_PREFIX, row)}: its refunds or disputes are not those of the ledger" for row in rows]


def _sum(column: Column, parent: Column, *where: sa.ColumnElement[bool]) -> Scalar:
    wanted = sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(parent == Payment.id, *where)
    return wanted.correlate(Payment).scalar_subquery()


def _moved(column: Column) -> Scalar:
    wanted = sa.select(sa.func.coalesce(sa.func.sum(column), 0)).join(
        Dispute, Dispute.id == DisputeMovement.dispute_id
    )
    return wanted.where(Dispute.payment_id == Payment.id).correlate(Payment).scalar_subquery()


def _ledger(account: Account) -> Scalar:
    wanted = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_cents), 0)).join(
        LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id
    )
    mine = (LedgerTransaction.payment_id == Payment.id, LedgerEntry.account == account)
    return wanted.where(*mine).correlate(Payment).scalar_subquery()
