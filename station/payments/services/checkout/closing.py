"""Ending a checkout that nobody shall pay on any more."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.db import transaction
from station.core.faults import point
from station.payments import gateway, queries
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.models import CallState, GatewayCall, Operation, Payment, PaymentState
from station.payments.services import moving
from station.payments.services.checkout.opening import as_sent, send
from station.payments.services.folding import Fold, NotYet, fold_session
from station.payments.services.inbox import fold_again

SESSION_LIFE = timedelta(hours=24)  # Stripe's own: a Checkout Session expires, and a key is forgotten
NO_ANSWER = "No answer came while Stripe kept the key. Whatever opened under it has closed by itself."


def close_checkout(payment_id: UUID, actor: Actor) -> PaymentState:
    """Close a payment's page, so that nobody pays on it any more; returns where the payment stands then.

    What was paid a moment ago is settled. Runs outside any transaction, for a person who waits. Raises
    StripeUnavailable while the page may still be open, or has just been paid and its charge cannot be seen.
    """
    call = unanswered(payment_id)
    if call is not None:  # a page whose address was lost must be known before it can be closed
        with suppress(StripeRefused):
            send(as_sent(call))
    payment = expire_unopened(payment_id, actor)
    if payment.checkout_session is not None and payment.state in queries.OPEN:
        with suppress(StripeRefused):  # it is not open: what it is instead, the next look tells
            gateway.expire_checkout(payment.checkout_session)
            point("payments.checkout:closed")
    state = look_at_payment(payment_id, actor)
    if state in queries.OPEN:
        raise StripeUnavailable("The checkout page did not close.")
    return state


def look_at_payment(payment_id: UUID, actor: Actor) -> PaymentState:
    """Where a payment stands, after a look at Stripe when it may have been paid without our knowing yet.

    Runs outside any transaction, for a person who waits. Raises StripeUnavailable, also when it has just been paid
    and its charge cannot be seen.
    """
    payment = queries.payment_row(payment_id)
    assert payment is not None  # noqa: S101  # payments are never deleted while somebody waits
    session_id = payment.checkout_session
    if session_id is None or payment.state not in queries.OPEN:
        return payment.state
    try:
        fold_again(lambda: look_at_session(session_id, actor))
    except NotYet as error:
        raise StripeUnavailable(str(error)) from error
    return (queries.payment_row(payment_id) or payment).state


def expire_unopened(payment_id: UUID, actor: Actor) -> Payment:
    """Let a payment expire that has no page, and none on the way; returns its row as it is then.

    No donor ever had the address of a page. One that Stripe made under a key of yesterday has closed by itself since.
    """
    with transaction() as session:
        row = session.get_one(Payment, payment_id)
        subscription = queries.lock_subscription(row.subscription_id) if row.subscription_id else None
        payment = queries.lock_payment(payment_id) or row
        if payment.checkout_session is None and unanswered(payment_id) is None:
            moving.expire(payment, subscription, actor)
            for call in queries.calls_of(payment_id):
                if call.state is CallState.SENDING:
                    call.state, call.error = CallState.REFUSED, NO_ANSWER
        return payment


def unanswered(payment_id: UUID) -> GatewayCall | None:
    """The call that may have opened a page of which we do not know; its key is still Stripe's to answer."""
    calls = queries.calls_of(payment_id, Operation.OPEN)
    last = calls[-1] if calls else None
    live = last is not None and last.state is CallState.SENDING and last.created_at > clock.now() - SESSION_LIFE
    return last if live else None


def look_at_session(session_id: str, actor: Actor) -> Fold:
    """Fetch a session; returns the fold to run inside the transaction."""
    began = clock.now()
    session = gateway.fetch_session(session_id)
    return lambda: fold_session(session, began, actor)
