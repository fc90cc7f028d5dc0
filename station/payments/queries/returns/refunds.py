"""Reads of refunds: views for the desk, rows under lock for our services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.payments.gateway import REFUND_PREFIX
from station.payments.models import Dispute, GatewayCall, Payment, Refund, RefundOrigin, RefundReason, RefundState
from station.payments.policies import Refundable, blocks_refund
from station.payments.policies.states.refund import SPOKEN_FOR

ASK_SOON = timedelta(minutes=2)
ASK_RARELY = timedelta(hours=6)


@dataclass(frozen=True)
class RefundView:
    """A refund as pages and other packages see it. `failure` says why it did not go out, or came back."""

    id: UUID
    public_id: str
    payment_id: UUID
    state: RefundState
    origin: RefundOrigin
    reason: RefundReason
    note: str
    amount: Money
    sent_as: str
    failure: str
    asked_by: str
    created_at: datetime
    succeeded_at: datetime | None


def refunds_of(payment_id: UUID) -> list[RefundView]:
    """The refunds of a payment, oldest first."""
    rows = db.session().scalars(sa.select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id))
    return [_refund_view(row) for row in rows]


def refund(refund_id: UUID) -> RefundView | None:
    """One refund, or None."""
    row = db.session().get(Refund, refund_id)
    return _refund_view(row) if row else None


def refundable(row: Payment, *, by_stripe: bool) -> Refundable:
    """What decides about a refund of this payment, as the rows are now. Lock the payment to act upon it."""
    now = clock.now()
    return Refundable(
        state=row.state,
        tender=row.tender,
        method=row.method,
        left=Money(max(0, row.amount_cents - _spoken_for(row.id)), row.currency),
        disputed=_blocked(row.id),
        age=now - (row.settled_at or now),
        by_stripe=by_stripe,
        voided=row.voided_at is not None,
    )


def payments_of_card(fingerprint: str, since: datetime, until: datetime) -> list[UUID]:
    """Settled payments of one card or account between two instants, oldest first; of an empty one none."""
    found = sa.select(Payment.id).where(
        Payment.fingerprint == fingerprint, Payment.settled_at >= since, Payment.settled_at < until
    )
    return list(db.session().scalars(found.order_by(Payment.id))) if fingerprint else []


def lock_payment_of_charge(charge: str, intent: str) -> Payment | None:
    """The settled payment of a charge, locked; by its intent where the charge says nothing."""
    known = [
        column == value for column, value in ((Payment.charge, charge), (Payment.payment_intent, intent)) if value
    ]
    if not known:
        return None
    wanted = sa.select(Payment).where(sa.or_(*known)).with_for_update().execution_options(populate_existing=True)
    return db.session().scalar(wanted)


def lock_refund(refund_id: UUID) -> Refund | None:
    """The refund, locked until the transaction ends. Lock its payment first."""
    return db.session().get(Refund, refund_id, with_for_update=True, populate_existing=True)


def refund_of_stripe(stripe_id: str) -> Refund | None:
    return db.session().scalar(sa.select(Refund).where(Refund.stripe_refund == stripe_id))


def calls_under(prefix: str) -> Sequence[GatewayCall]:
    """The calls whose keys begin with `<kind>:<row id>:`, oldest first."""
    mine = GatewayCall.key.startswith(prefix, autoescape=True)
    return db.session().scalars(sa.select(GatewayCall).where(mine).order_by(GatewayCall.id)).all()


def goes_back(payment_id: UUID) -> bool:
    """Whether any part of a payment was refunded, or Stripe has taken it on to be."""
    mine = (Refund.payment_id == payment_id, Refund.state.in_((RefundState.PENDING, RefundState.SUCCEEDED)))
    return db.session().scalar(sa.select(Refund.id).where(*mine).limit(1)) is not None


def waiting_refunds(now: datetime, limit: int) -> list[UUID]:
    """Refunds that Stripe should be asked about: unanswered ones soon, those on their way rarely."""
    waits = sa.or_(
        sa.and_(Refund.state == RefundState.CREATED, Refund.updated_at < now - ASK_SOON),
        sa.and_(Refund.state == RefundState.PENDING, Refund.updated_at < now - ASK_RARELY),
    )
    wanted = sa.select(Refund.id).where(waits).order_by(Refund.updated_at).limit(limit)
    return list(db.session().scalars(wanted))


def _spoken_for(payment_id: UUID) -> int:
    wanted = sa.select(sa.func.sum(Refund.amount_cents))
    mine = (Refund.payment_id == payment_id, Refund.state.in_(SPOKEN_FOR))
    return int(db.session().scalar(wanted.where(*mine)) or 0)


def _blocked(payment_id: UUID) -> bool:
    rows = db.session().execute(sa.select(Dispute.state, Dispute.refundable).where(Dispute.payment_id == payment_id))
    return any(blocks_refund(row.state, row.refundable) for row in rows)


def _refund_view(row: Refund) -> RefundView:
    return RefundView(
        row.id,
        public_id(REFUND_PREFIX, row.id),
        row.payment_id,
        row.state,
        row.origin,
        row.reason,
        row.note,
        row.amount,
        row.sent_as,
        row.failure,
        row.asked_by,
        row.created_at,
        row.succeeded_at,
    )
