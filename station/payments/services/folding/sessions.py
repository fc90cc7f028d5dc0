"""A Checkout Session, as it is now."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from station.core import clock
from station.core.actor import STRIPE, Actor
from station.core.db import db
from station.payments import queries
from station.payments.gateway import Session
from station.payments.models import CallState, EventState, GatewayCall, Operation, Payment, Subscription
from station.payments.policies import PaymentEdge
from station.payments.services import books, moving
from station.payments.services.collecting.methods import keep_paid_with
from station.payments.services.folding.methods import fold_setup
from station.payments.services.folding.outcome import Outcome, ignored, told
from station.payments.services.folding.settling import settled, slow, with_fee
from station.payments.services.folding.subscriptions import fold_order, lock_subscription


def fold_session(found: Session, began: datetime, actor: Actor = STRIPE) -> Outcome:
    """A Checkout Session: money, a slow payment, a refusal or an expiry of the payment that it was opened for."""
    if found.mode == "setup":
        return fold_setup(found, began, actor)
    if found.ours.payment_id is None:
        return ignored("a checkout session without our ids")
    subscription = lock_subscription(found.ours.subscription_id)
    payment = queries.lock_payment(found.ours.payment_id)
    if payment is None or payment.livemode is not found.livemode:
        return ignored("a checkout session of a payment that is not in this database")
    if payment.checkout_session not in (None, found.id):
        return _other_session(payment, found)
    payment.checkout_session = found.id
    _answer(payment, over=found.status != "open")
    answers = [found.id, with_fee(found.paying)]
    if subscription is not None and found.order is not None:
        fold_order(subscription, found.order, began, actor)
        if subscription.stripe_subscription == found.order.id:
            answers.append(found.order.id)
            keep_paid_with(subscription, found.order, found.paying, actor)
        if found.invoice is not None:
            payment.invoice = found.invoice.id
            answers.append(found.invoice.id if found.paid else None)
    return _bring(payment, subscription, found, actor).answering(*answers)


def _other_session(payment: Payment, found: Session) -> Outcome:
    if found.paid and found.paying and found.paying.charged:
        books.unexpected_money(payment, found.paying.charged)
    return Outcome(EventState.IGNORED, "another checkout session of the same payment", payment.id)


def _bring(payment: Payment, subscription: Subscription | None, found: Session, actor: Actor) -> Outcome:
    if found.status == "open":
        if payment.state in queries.OPEN:
            payment.checkout_url = found.url or payment.checkout_url
            payment.checkout_secret = found.client_secret or payment.checkout_secret
        opened = moving.follow(payment, PaymentEdge.OPEN, actor)
        return told(payment, opened, "the checkout page is open")
    if found.status == "expired":
        return told(payment, moving.expire(payment, subscription, actor), "the checkout page closed unpaid")
    if found.paid:
        return settled(payment, found.paying, actor)
    return slow(payment, found.paying, actor)


def _answer(payment: Payment, *, over: bool) -> None:
    """Stripe's session tells what unanswered calls did: that it opened and, once it is over, every change of it."""
    told_of = (Operation.OPEN, Operation.CHANGE) if over else (Operation.OPEN,)
    db.session().execute(
        sa.update(GatewayCall)
        .where(
            GatewayCall.payment_id == payment.id,
            GatewayCall.operation.in_(told_of),
            GatewayCall.state == CallState.SENDING,
        )
        .values(state=CallState.ANSWERED, answer_id=payment.checkout_session, answered_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )
