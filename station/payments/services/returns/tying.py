"""How refunds and disputes recognise their lines in Stripe's balance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.payments import queries
from station.payments.models import (
    Account,
    BalanceTransaction,
    Dispute,
    DisputeMovement,
    LedgerEntry,
    LedgerTransaction,
    Refund,
    RefundOrigin,
    RefundState,
)
from station.payments.services.deposits.ties import Tied, whole
from station.payments.services.ledger import shares_of

OF_REFUNDS = ("refund", "refund_failed")
OF_MOVEMENTS = ("dispute_withdrawn", "dispute_reinstated", "dispute_fee")
BACK = (RefundState.FAILED, RefundState.CANCELLED)


def refund_tie(line: BalanceTransaction) -> Tied | None:
    """A refund of ours that went out, or that came back: both are lines of the same refund."""
    if line.category not in ("refund", "refund_failure"):
        return None
    refund = queries.refund_of_stripe(line.source)
    payment = queries.payment_row(refund.payment_id) if refund else None
    if refund is None or payment is None:
        return None
    back = line.category == "refund_failure"
    shares = whole(line, shares_of(payment))
    if not refund.booked or (back and refund.state not in BACK):
        return Tied(refund.id, shares, "Its refund is not booked as that yet.")
    if (line.currency, line.net_cents) != (refund.currency, refund.amount_cents * (1 if back else -1)):
        return Tied(refund.id, shares, f"Its refund is of {refund.amount}, not of {line.net}.")
    return Tied(refund.id, shares)


def dispute_tie(line: BalanceTransaction) -> Tied | None:
    """A movement of a dispute of ours."""
    wanted = sa.select(DisputeMovement, Dispute.payment_id).join(Dispute, Dispute.id == DisputeMovement.dispute_id)
    found = db.session().execute(wanted.where(DisputeMovement.balance_transaction == line.stripe_id)).first()
    payment = queries.payment_row(found.payment_id) if found else None
    if found is None or payment is None:
        return None
    moved: DisputeMovement = found.DisputeMovement
    shares = whole(line, shares_of(payment))
    if (line.currency, line.gross_cents, line.fee_cents) != (payment.currency, moved.amount_cents, moved.fee_cents):
        return Tied(moved.dispute_id, shares, "Its dispute moved another sum, or in another currency.")
    return Tied(moved.dispute_id, shares)


def booked_for_refunds(refund_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """What the ledger has at Stripe for refunds, in cents."""
    rows = {f"{kind}:{row_id}": row_id for row_id in refund_ids for kind in OF_REFUNDS}
    return _booked(rows)


def booked_for_disputes(dispute_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """What the ledger has at Stripe for disputes: all their movements, and the fees, in cents."""
    moved = sa.select(DisputeMovement.id, DisputeMovement.dispute_id)
    found = db.session().execute(moved.where(DisputeMovement.dispute_id.in_(dispute_ids))).all()
    return _booked({f"{kind}:{row.id}": row.dispute_id for row in found for kind in OF_MOVEMENTS})


def refunds_moved(since: datetime) -> Mapping[UUID, datetime]:
    """Refunds through Stripe that were asked for since an instant and are booked, each with its last change here."""
    wanted = (Refund.created_at >= since, Refund.booked, Refund.origin != RefundOrigin.HAND)
    rows = db.session().execute(sa.select(Refund.id, Refund.updated_at).where(*wanted))
    return {row.id: row.updated_at for row in rows}


def disputes_moved(since: datetime) -> Mapping[UUID, datetime]:
    """Disputes that moved money since an instant, each with its last change here."""
    moved = sa.select(DisputeMovement.dispute_id).where(DisputeMovement.at >= since)
    rows = db.session().execute(sa.select(Dispute.id, Dispute.updated_at).where(Dispute.id.in_(moved)))
    return {row.id: row.updated_at for row in rows}


def _booked(rows: Mapping[str, UUID]) -> dict[UUID, int]:
    """Stripe's account by row, of the ledger transactions with these sources."""
    sums = (
        sa.select(LedgerTransaction.source, sa.func.sum(LedgerEntry.amount_cents).label("cents"))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.source.in_(rows), LedgerEntry.account == Account.STRIPE)
        .group_by(LedgerTransaction.source)
    )
    found: dict[UUID, int] = {}
    for row in db.session().execute(sums):
        row_id = rows[row.source]
        found[row_id] = found.get(row_id, 0) + int(row.cents)
    return found
