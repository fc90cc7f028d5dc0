"""Asking Stripe what nobody told us: a dropped webhook must still become a gift."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock
from station.core.actor import job
from station.core.db import transaction
from station.payments import gateway, queries
from station.payments.gateway import StripeUnavailable
from station.payments.models import EventState, Payment, StripeEvent
from station.payments.services.checkout.closing import SESSION_LIFE, expire_unopened, look_at_session, unanswered
from station.payments.services.checkout.opening import CheckoutClosed, as_sent, send
from station.payments.services.folding import Fold, fold_charge, fold_invoice, fold_subscription
from station.payments.services.inbox import ASK_AFTER, fold_again, ring_again
from station.payments.services.returns.checking import ask_about_dispute, ask_about_refund
from station.payments.services.sustaining.changing import ChangeRefused, repeat_change

LATE = timedelta(minutes=15)
A_RUN = 100
A_MINUTE = 60.0  # seconds that a run takes at most, and one case more
SWEEP = job("the check of open payments")
log = logging.getLogger(__name__)


def check_open_payments() -> None:
    """Bring every payment, fee, renewal and event that has waited too long to what Stripe says now.

    Each is a case of its own: one that fails, for whatever reason, waits for its next turn and for a person, and
    the others go on. Stripe's silence ends the run, and so does its own minute: what is left has waited longest, and
    is the first of the next run. So a job's usual lease is enough, and a killed worker stops the checks no longer.
    """
    end = monotonic() + A_MINUTE
    try:
        for what, row_id, ask in _cases(clock.now()):
            if monotonic() >= end:
                break
            _guarded(what, row_id, ask)
    except StripeUnavailable as failure:
        log.warning("the check of open payments ends early: %s", failure)
    _wake_events()


def _cases(now: datetime) -> Iterator[tuple[str, UUID, Callable[[UUID], None]]]:
    """What waits for an answer of Stripe, its name for people, and how it is asked for; each kind longest first."""
    for payment_id in queries.waiting_payments(now, A_RUN):
        yield "payment", payment_id, _ask
    for payment_id in queries.payments_without_fee(now - ASK_AFTER, A_RUN):
        yield "fee of payment", payment_id, _ask_fee
    for change_id in queries.waiting_changes(now, A_RUN):
        yield "change of a sustainer", change_id, _ask_change
    for subscription_id in queries.late_subscriptions(now, A_RUN):
        yield "subscription", subscription_id, ask_renewals
    for refund_id in queries.waiting_refunds(now, A_RUN):
        yield "refund", refund_id, _ask_refund
    for dispute_id in queries.waiting_disputes(now, A_RUN):
        yield "dispute", dispute_id, _ask_dispute


def _guarded(what: str, row_id: UUID, ask: Callable[[UUID], None]) -> None:
    key = f"payments.unclear:{row_id}"
    try:
        ask(row_id)
    except (StripeUnavailable, sa.exc.OperationalError):
        raise
    except Exception as error:
        log.warning("%s %s: %s: %s", what, row_id, type(error).__name__, error)
        open_work_item(
            "payments.unclear",
            key,
            Role.DEVELOPMENT,
            f"Stripe does not explain a {what}",
            f"{type(error).__name__}: {error}",
        )
    else:
        with transaction():
            settle_work_item(key, "Stripe explains it now.", SWEEP)


def _ask(payment_id: UUID) -> None:
    """One open payment: repeat its unanswered call, then look at its session; without any, let it expire."""
    touched = _touch(payment_id)
    if touched is None:
        return
    session_id, since = touched.checkout_session, touched.created_at
    if session_id is None:
        call = unanswered(payment_id)
        if call is not None:
            try:
                send(as_sent(call))
            except CheckoutClosed:
                log.info("payment %s: its page has closed", payment_id)
        elif since < clock.now() - SESSION_LIFE:
            expire_unopened(payment_id, SWEEP)
        found = queries.payment_row(payment_id)
        session_id = found.checkout_session if found else None
    if session_id is not None:
        fold_again(lambda: look_at_session(session_id, SWEEP))


def _touch(payment_id: UUID) -> Payment | None:
    """Note that the payment is being asked about, so that the next run begins with others."""
    with transaction():
        payment = queries.lock_payment(payment_id)
        if payment is not None:
            payment.updated_at = clock.now()
        return payment


def _ask_fee(payment_id: UUID) -> None:
    touched = _touch(payment_id)
    if touched is None or touched.charge is None:
        return
    charge = gateway.fetch_charge(touched.charge)
    with transaction():
        fold_charge(charge, SWEEP)


def _ask_change(change_id: UUID) -> None:
    """A change without an answer: the same call again. One that Stripe refuses is written down, and that is all."""
    with suppress(ChangeRefused):
        repeat_change(change_id)


def ask_renewals(subscription_id: UUID) -> None:
    """A subscription without news for longer than a month: its newest invoices, and its status."""
    with transaction():
        row = queries.lock_subscription(subscription_id)
        if row is None or row.stripe_subscription is None:
            return
        row.updated_at = clock.now()  # whatever comes of it, the next run begins with others
        stripe_id = row.stripe_subscription
    for invoice_id in reversed(gateway.invoices_of(stripe_id)):
        fold_again(lambda invoice_id=invoice_id: _look_at_invoice(invoice_id))  # type: ignore[misc]
    fold_again(lambda: _look_at_subscription(stripe_id))


def _ask_refund(refund_id: UUID) -> None:
    ask_about_refund(refund_id, SWEEP)


def _ask_dispute(dispute_id: UUID) -> None:
    ask_about_dispute(dispute_id, SWEEP)


def _look_at_invoice(invoice_id: str) -> Fold:
    began = clock.now()
    invoice = gateway.fetch_invoice(invoice_id)
    return lambda: fold_invoice(invoice, began, SWEEP)


def _look_at_subscription(stripe_id: str) -> Fold:
    began = clock.now()
    order = gateway.fetch_subscription(stripe_id)
    return lambda: fold_subscription(order, began, SWEEP)


def _wake_events() -> None:
    """Events that wait get a live job; those that wait too long, a person."""
    now = clock.now()
    waiting = [(event.id, event.received_at) for event in queries.waiting_events(now - ASK_AFTER, A_RUN)]
    for event_id, received_at in waiting:
        ring_again(event_id, now)
        if received_at < now - LATE:
            _call_somebody(event_id)


def _call_somebody(event_id: str) -> None:
    """A work item for an event that waits, unless a worker has applied it by now and looked for the item in vain."""
    with transaction() as session:
        event = session.get_one(StripeEvent, event_id, with_for_update=True, populate_existing=True)
        if event.state not in (EventState.RECEIVED, EventState.FAILED):
            return
        open_work_item(
            "payments.event",
            f"payments.event:{event.id}",
            Role.DEVELOPMENT,
            "An event of Stripe waits",
            f"{event.type} about {event.object_id or 'nothing'}: {event.outcome or 'not tried yet'}",
            data={"event_id": event.id},
        )
