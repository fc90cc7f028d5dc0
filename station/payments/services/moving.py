"""The one place that changes a state: along an edge of the graph, with its event and its announcement.

Every function here works inside the caller's transaction, on rows that the caller has locked.
"""

from __future__ import annotations

from typing import Any

from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.events import Subject
from station.payments.facts import PaymentExpired, PaymentFailed, PaymentProcessing
from station.payments.gateway import Saved
from station.payments.models import Payment, PaymentState, Subscription, SubscriptionState
from station.payments.policies import PAYMENT, PAYMENT_EVENTS, PaymentEdge, SubscriptionEdge
from station.payments.services.standing import follow_subscription


def subjects(payment: Payment) -> list[Subject]:
    """What an event about a payment is about."""
    found = [Subject("payment", payment.id)]
    if payment.subscription_id:
        found.append(Subject("subscription", payment.subscription_id))
    return found


def follow(payment: Payment, edge: PaymentEdge, actor: Actor, **data: Any) -> bool:
    """Take an edge and record it. False, and nothing changed, when the payment has no such edge any more."""
    if not PAYMENT.may(payment.state, edge):
        return False
    payment.state, payment.updated_at = PAYMENT.move(payment.state, edge), clock.now()
    if payment.state is not PaymentState.AWAITING_DONOR:
        payment.checkout_secret = ""
    events.record(PAYMENT_EVENTS[edge], actor, subjects(payment), {"amount": str(payment.amount), **data})
    return True


def process(payment: Payment, saved: Saved | None, actor: Actor) -> bool:
    """The donor has paid by a method that takes days: promised, and neither gift nor receipt before it arrives."""
    done = follow(payment, PaymentEdge.PROCESS, actor)
    if done and saved is not None:
        payment.method, payment.method_label = saved.kind, saved.label
    if done:
        announce(PaymentProcessing(payment.id, payment.reference, payment.amount, payment.method_label))
    return done


def refuse(payment: Payment, reason: str, saved: Saved | None, actor: Actor) -> bool:
    """A slow method was refused in the end; whether or not anybody told us before that it was on its way."""
    done = follow(payment, PaymentEdge.FAIL, actor, reason=reason)
    if done and saved is not None:
        payment.method, payment.method_label = saved.kind, saved.label
    if done:
        payment.failure = reason[:500]
        announce(PaymentFailed(payment.id, payment.reference, reason))
    return done


def expire(payment: Payment, subscription: Subscription | None, actor: Actor) -> bool:
    """The checkout page is closed and nobody paid; a subscription that never began ends with it."""
    done = follow(payment, PaymentEdge.EXPIRE, actor)
    if done:
        announce(PaymentExpired(payment.id, payment.reference))
        if subscription is not None and subscription.state is SubscriptionState.CREATED:
            follow_subscription(subscription, SubscriptionEdge.END, "the first payment was never made", actor)
    return done
