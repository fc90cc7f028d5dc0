"""Asking Stripe what nobody told us: a dropped webhook must still become a gift."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock
from station.core.actor import Actor, job
from station.core.db import transaction
from station.payments import gateway, queries
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.models import CallState, Payment
from station.payments.services import moving
from station.payments.services.checkout import CheckoutClosed, as_sent, send
from station.payments.services.folding import (
    NotYet,
    Overtaken,
    fold_charge,
    fold_invoice,
    fold_session,
    fold_subscription,
)
from station.payments.services.inbox import Fold, fold_again, ring_again

ASK_AFTER = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=24)  # Stripe's own: a Checkout Session expires, and a key is forgotten
LATE = timedelta(minutes=15)
A_RUN = 100
SWEEP = job("the check of open payments")
log = logging.getLogger(__name__)


def check_open_payments() -> None:
    """Bring every payment, fee, renewal and event that has waited too long to what Stripe says now.

    Each is a case of its own: one that fails waits for the next run. Stripe's silence ends the run.
    """
    now = clock.now()
    try:
        for payment_id in queries.waiting_payments(now, A_RUN):
            _guarded("payment", payment_id, _ask)
        for payment_id in queries.payments_without_fee(now - ASK_AFTER, A_RUN):
            _guarded("fee of payment", payment_id, _ask_fee)
        for subscription_id in queries.late_subscriptions(now, A_RUN):
            _guarded("subscription", subscription_id, _ask_renewals)
    except StripeUnavailable as failure:
        log.warning("the check of open payments ends early: %s", failure)
    _wake_events()


def _guarded(what: str, row_id: UUID, ask: Callable[[UUID], None]) -> None:
    try:
        ask(row_id)
    except (StripeRefused, NotYet, Overtaken) as error:
        log.warning("%s %s: %s", what, row_id, error)
        open_work_item(
            "payments.unclear",
            f"payments.unclear:{row_id}",
            Role.DEVELOPMENT,
            f"Stripe does not explain a {what}",
            f"{type(error).__name__}: {error}",
        )


def _ask(payment_id: UUID) -> None:
    """One open payment: repeat its unanswered call, then look at its session; without any, let it expire."""
    touched = _touch(payment_id)
    if touched is None:
        return
    session_id, since = touched.checkout_session, touched.created_at
    if session_id is None:
        calls = queries.calls_of(payment_id)
        unanswered = calls[-1] if calls and calls[-1].state is CallState.SENDING else None
        if unanswered is not None and unanswered.created_at > clock.now() - SESSION_LIFE:
            try:
                send(as_sent(unanswered))
            except CheckoutClosed:
                log.info("payment %s: its page has closed", payment_id)
        elif since < clock.now() - SESSION_LIFE:
            _let_expire(payment_id)
        found = queries.payment_row(payment_id)
        session_id = found.checkout_session if found else None
    if session_id is not None:
        fold_again(lambda: _session_fold(session_id))


def _session_fold(session_id: str) -> Fold:
    began = clock.now()
    session = gateway.fetch_session(session_id)
    return lambda: fold_session(session, began, SWEEP)


def _touch(payment_id: UUID) -> Payment | None:
    """Note that the payment is being asked about, so that the next run begins with others."""
    with transaction():
        payment = queries.lock_payment(payment_id)
        if payment is not None:
            payment.updated_at = clock.now()
        return payment


def _let_expire(payment_id: UUID) -> None:
    """No donor ever had the address of a page, and any page that Stripe made has closed by itself since."""
    with transaction():
        row = queries.payment_row(payment_id)
        subscription = queries.lock_subscription(row.subscription_id) if row and row.subscription_id else None
        payment = queries.lock_payment(payment_id)
        if payment is not None and payment.checkout_session is None:
            moving.expire(payment, subscription, SWEEP)


def _ask_fee(payment_id: UUID) -> None:
    touched = _touch(payment_id)
    if touched is None or touched.charge is None:
        return
    charge = gateway.fetch_charge(touched.charge)
    with transaction():
        fold_charge(charge, SWEEP)


def _ask_renewals(subscription_id: UUID) -> None:
    """A subscription without news for longer than a month: its newest invoices, and its status."""
    row = queries.subscription_row(subscription_id)
    if row is None or row.stripe_subscription is None:
        return
    stripe_id = row.stripe_subscription
    for invoice_id in reversed(gateway.invoices_of(stripe_id)):
        fold_again(lambda invoice_id=invoice_id: _invoice_fold(invoice_id, SWEEP))  # type: ignore[misc]
    fold_again(lambda: _subscription_fold(stripe_id))


def _invoice_fold(invoice_id: str, actor: Actor) -> Fold:
    began = clock.now()
    invoice = gateway.fetch_invoice(invoice_id)
    return lambda: fold_invoice(invoice, began, actor)


def _subscription_fold(stripe_id: str) -> Fold:
    began = clock.now()
    order = gateway.fetch_subscription(stripe_id)
    return lambda: fold_subscription(order, began, SWEEP)


def _wake_events() -> None:
    """Events that wait get a live job; those that wait too long, a person."""
    now = clock.now()
    for event in queries.waiting_events(now - ASK_AFTER, A_RUN):
        ring_again(event.id, now)
        if event.received_at < now - LATE:
            open_work_item(
                "payments.event",
                f"payments.event:{event.id}",
                Role.DEVELOPMENT,
                "An event of Stripe waits",
                f"{event.type} about {event.object_id or 'nothing'}: {event.outcome or 'not tried yet'}",
                data={"event_id": event.id},
            )
