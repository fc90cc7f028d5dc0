"""What must be true of money at any time. Each check returns one line for each breach, none when all is well."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from station.core import clock, fingerprint
from station.core.db import db
from station.core.ids import public_id
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import Account, LedgerEntry, LedgerTransaction, Payment, PaymentState
from station.payments.queries.rows import waiting_events

LATE = timedelta(minutes=15)
SHOWN = 50


def unbalanced() -> list[str]:
    """Ledger transactions that do not sum to zero in each currency."""
    total = sa.func.sum(LedgerEntry.amount_cents)
    rows = db.session().execute(
        sa.select(LedgerEntry.transaction_id, LedgerEntry.currency, total.label("total"))
        .group_by(LedgerEntry.transaction_id, LedgerEntry.currency)
        .having(total != 0)
        .limit(SHOWN)
    )
    return [f"ledger transaction {r.transaction_id} sums to {r.total} {r.currency}" for r in rows]


def settled_without_ledger() -> list[str]:
    """Settled payments whose gifts or fees in the ledger are not theirs, and ledger lines of unsettled payments."""
    credited, fees = (
        sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_cents), 0))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.payment_id == Payment.id, LedgerEntry.account == account)
        .correlate(Payment)
        .scalar_subquery()
        for account in (Account.GIFTS, Account.FEES)
    )
    settled = Payment.state == PaymentState.SETTLED
    wanted = sa.case((settled, -Payment.amount_cents), else_=0)
    rows = db.session().execute(
        sa.select(Payment.id, Payment.state, Payment.amount_cents, credited.label("gifts"), fees.label("fees"))
        .where(sa.or_(credited != wanted, fees != Payment.fee_cents))
        .limit(SHOWN)
    )
    return [
        f"{public_id(PAYMENT_PREFIX, r.id)} ({r.state.value}, {r.amount_cents} cents) has {r.gifts} in gifts and "
        f"{r.fees} in fees"
        for r in rows
    ]


def unapplied_events() -> list[str]:
    """Events of Stripe that have waited for more than fifteen minutes."""
    return [
        f"{event.id} ({event.type}) waits since {event.received_at:%Y-%m-%d %H:%M} UTC: "
        f"{event.outcome or 'not tried'}"
        for event in waiting_events(clock.now() - LATE, SHOWN)
    ]


def foreign_environment() -> list[str]:
    """That the database is a copy of another environment's, so that money calls and mail are held."""
    mark = fingerprint.stored()
    reason = fingerprint.difference(mark, fingerprint.present()) if mark else ""
    return [reason] if reason else []
