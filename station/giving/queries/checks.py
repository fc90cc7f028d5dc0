"""What must be true of the books of giving: one line for each breach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import WorkItem, WorkState
from station.core.db import db
from station.core.ids import public_id
from station.giving.models import Gift
from station.payments.models import Payment, PaymentState
from station.receipts.models import Acknowledged, HeldReceipt, Receipt
from station.receipts.queries import holds

SHOWN = 50
HELD = "giving.gift_held"


def held_key(payment_id: UUID) -> str:
    """The key of the work item that holds a settled payment without a gift."""
    return f"gift:{payment_id}"


def settled_without_gift() -> list[str]:
    """Settled payments that have no gift, and no open work item that says so."""
    rows = (
        db.session()
        .scalars(
            sa.select(Payment.id)
            .outerjoin(Gift, Gift.payment_id == Payment.id)
            .where(Payment.state == PaymentState.SETTLED, Gift.id.is_(None))
        )
        .all()
    )
    held = _open_keys()
    return [
        f"payment {public_id('pay', row)} is settled and has no gift" for row in rows if held_key(row) not in held
    ][:SHOWN]


def gifts_unlike_payments() -> list[str]:
    """Gifts whose payment is not settled, or is of another amount, currency or station."""
    unlike = sa.or_(
        Payment.state != PaymentState.SETTLED,
        Payment.amount_cents != Gift.amount_cents,
        Payment.currency != Gift.currency,
        Payment.station_id != Gift.station_id,
    )
    rows = db.session().scalars(
        sa.select(Gift.id).join(Payment, Payment.id == Gift.payment_id).where(unlike).limit(SHOWN)
    )
    return [f"gift {public_id('gift', row)} differs from its payment" for row in rows]


def gifts_unlike_returns() -> list[str]:
    """Gifts that do not count what went back of their payment."""
    refunded = sa.case((Payment.refunded_cents > Gift.amount_cents, Gift.amount_cents), else_=Payment.refunded_cents)
    rest = Gift.amount_cents - refunded
    lost = sa.case((Payment.lost_cents > rest, rest), else_=Payment.lost_cents)
    rows = db.session().scalars(
        sa.select(Gift.id)
        .join(Payment, Payment.id == Gift.payment_id)
        .where(sa.or_(Gift.refunded_cents != refunded, Gift.lost_cents != lost))
        .limit(SHOWN)
    )
    return [f"gift {public_id('gift', row)} does not count what went back of its payment" for row in rows]


def gifts_without_receipt() -> list[str]:
    """Gifts without a receipt of what is left of them and their day, be it one that waits, and no work item."""
    left = Gift.amount_cents - Gift.refunded_cents - Gift.lost_cents
    kept = sa.case((Payment.voided_at.is_not(None), 0), else_=left)
    rows = (
        db.session()
        .execute(
            sa.select(Gift.id, Gift.payment_id)
            .join(Payment, Payment.id == Gift.payment_id)
            .outerjoin(
                Receipt,
                sa.and_(
                    Receipt.reference == Gift.id,
                    sa.or_(kept == 0, sa.and_(Receipt.amount_cents == kept, Receipt.given_on == Gift.given_on)),
                    holds(),
                ),
            )
            .where(
                (kept > 0) == Receipt.id.is_(None),
                Gift.acknowledged == Acknowledged.RECEIPT,
                ~sa.exists().where(HeldReceipt.reference == Gift.id, HeldReceipt.settled_at.is_(None)),
            )
        )
        .all()
    )
    held = _open_keys() if rows else set()
    return [
        f"gift {public_id('gift', row.id)} has no receipt" for row in rows if held_key(row.payment_id) not in held
    ][:SHOWN]


@dataclass(frozen=True)
class HeldGift:
    """A settled payment whose gift waits for a person."""

    payment_public_id: str
    title: str
    detail: str
    since: datetime


def held_gifts() -> list[HeldGift]:
    """Settled payments whose gift could not be made, oldest first."""
    rows = db.session().scalars(
        sa.select(WorkItem)
        .where(WorkItem.state == WorkState.OPEN, WorkItem.kind == HELD)
        .order_by(WorkItem.opened_at)
    )
    return [HeldGift(str(row.data["payment"]), row.title, row.detail, row.opened_at) for row in rows]


def _open_keys() -> set[str]:
    return set(
        db.session().scalars(
            sa.select(WorkItem.key).where(WorkItem.state == WorkState.OPEN, WorkItem.key.startswith("gift:"))
        )
    )
