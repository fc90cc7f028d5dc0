"""Payments that nobody said to pay, and nobody paid: what their visitors left behind is deleted in time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import transaction
from station.payments.models import GatewayCall, Payment, PaymentState, StripeEvent, Subscription


def unpaid_before(instant: datetime, limit: int) -> list[UUID]:
    """Expired payments opened before an instant that no donor has said to pay: oldest first, locked."""
    over = (Payment.created_at < instant, Payment.state == PaymentState.EXPIRED, ~Payment.expected)
    with transaction() as session:
        return list(
            session.scalars(sa.select(Payment.id).where(*over).order_by(Payment.id).limit(limit).with_for_update())
        )


def forget_unpaid(payment_ids: Collection[UUID]) -> None:
    """Delete such payments with their calls, their subscriptions and Stripe's events about them.

    Joins the caller's transaction, which has deleted what refers to them. A ledger line would refuse it.
    """
    with transaction() as session:
        mine = sa.select(Payment.subscription_id).where(Payment.id.in_(payment_ids))
        orders = [each for each in session.scalars(mine) if each]
        for model, rows in (
            (GatewayCall, GatewayCall.payment_id.in_(payment_ids)),
            (StripeEvent, StripeEvent.payment_id.in_(payment_ids)),
            (Payment, Payment.id.in_(payment_ids)),
            (Subscription, Subscription.id.in_(orders)),
        ):
            session.execute(sa.delete(model).where(rows).execution_options(synchronize_session=False))
        session.expire_all()
