"""What must be true of money at any time. Each check returns one line for each breach, none when all is well."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from station.core import clock, fingerprint
from station.core.db import db
from station.core.ids import public_id
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import Account, LedgerEntry, LedgerTransaction, Payment, PaymentState, Tender
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
    """Payments whose gift, cover, goods or fee in the ledger is not theirs. An unsettled one has no lines; one that
    was voided sums to zero; an imported one is booked with its batch."""
    accounts = (Account.GIFTS, Account.COVER, Account.GOODS, Account.FEES)
    sums = (
        sa.select(
            LedgerTransaction.payment_id,
            *(
                sa.func.sum(sa.case((LedgerEntry.account == each, LedgerEntry.amount_cents), else_=0)).label(
                    each.value
                )
                for each in accounts
            ),
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .group_by(LedgerTransaction.payment_id)
        .subquery()
    )
    counts = sa.and_(
        Payment.state == PaymentState.SETTLED, Payment.voided_at.is_(None), Payment.tender != Tender.IMPORTED
    )
    gift = Payment.amount_cents - Payment.cover_cents - Payment.goods_cents
    wanted = (-gift, -Payment.cover_cents, -Payment.goods_cents, Payment.fee_cents)
    found = [sa.func.coalesce(sums.c[each.value], 0) for each in accounts]
    unlike = [has != sa.case((counts, wants), else_=0) for has, wants in zip(found, wanted, strict=True)]
    rows = db.session().execute(
        sa.select(Payment.id, Payment.state, Payment.amount_cents, found[0].label("gifts"), found[3].label("fees"))
        .outerjoin(sums, sums.c.payment_id == Payment.id)
        .where(sa.or_(*unlike))
        .limit(SHOWN)
    )
    return [
        f"{public_id(PAYMENT_PREFIX, r.id)} ({r.state.value}, {r.amount_cents} cents) has {r.gifts} in gifts and "
        f"{r.fees} in fees"
        for r in rows
    ]


def stations_uneven() -> list[str]:
    """Ledger transactions of payments that do not sum to zero for each station."""
    total = sa.func.sum(LedgerEntry.amount_cents)
    rows = db.session().execute(
        sa.select(LedgerTransaction.source, total.label("total"))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.payment_id.is_not(None))
        .group_by(LedgerTransaction.id, LedgerTransaction.source, LedgerEntry.station_id)
        .having(total != 0)
        .limit(SHOWN)
    )
    return [f"{r.source} leaves {r.total} cents between two stations" for r in rows]


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
