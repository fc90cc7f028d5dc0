"""Another amount for a checkout that stands open in a page of ours. Row first, then the call, as always."""

from __future__ import annotations

from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.money import Money
from station.payments import gateway, queries
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.models import CallState, GatewayCall, Operation, Payment, Subscription
from station.payments.services.amounts import set_amount
from station.payments.services.checkout.closing import look_at_payment
from station.payments.services.checkout.opening import Call, CheckoutClosed, interval_of, lock_open, note, write_call
from station.payments.services.moving import subjects


def change_amount(payment_id: UUID, amount: Money, description: str, actor: Actor, cover_cents: int = 0) -> None:
    """Bring an open checkout in our page to another amount, at Stripe and in our books; nothing when it has it.

    Of the amount, `cover_cents` cover fees; Stripe knows the whole only.

    Runs outside any transaction, for a person who waits; the page wraps it in Stripe's `runServerUpdate`, so that
    nobody confirms an amount that they have not seen (docs.stripe.com/payments/checkout/dynamically-update-amounts).
    Raises StripeUnavailable when the amount at Stripe is unknown (the same again is safe), StripeRefused when
    Stripe said no, CheckoutClosed when there is nothing left to pay: it may have been paid a moment ago, and is
    settled then.
    """
    call = _prepare(payment_id, amount, description, cover_cents)
    if call is None:
        return
    db.session().rollback()  # no reading transaction stays open while Stripe answers
    params = dict(call.params)
    try:
        session = gateway.update_checkout(params.pop("session"), params, call.key)
    except StripeRefused as refusal:
        note(call, CallState.REFUSED, str(refusal))
        if look_at_payment(payment_id, actor) not in queries.OPEN:
            raise CheckoutClosed("This checkout is not open any more.") from refusal
        raise
    except StripeUnavailable as failure:
        note(call, CallState.SENDING, str(failure))
        raise
    _changed(call, Money(session.amount_cents, session.currency), cover_cents, actor)


def _prepare(payment_id: UUID, amount: Money, description: str, cover_cents: int) -> Call | None:
    """Under the payment's lock: the call to make, or None when Stripe is known to have this amount."""
    with transaction():
        payment = lock_open(payment_id)
        if payment.checkout_session is None or not payment.checkout_secret:
            raise CheckoutClosed("This payment has no checkout in our page.")
        calls = queries.calls_of(payment.id, Operation.CHANGE)
        known = not calls or calls[-1].state is not CallState.SENDING
        if known and payment.amount == amount:
            if payment.cover_cents != cover_cents:  # the same sum, made up in another way
                _bring(payment, _order_of(payment), amount, cover_cents)
            return None
        lines = gateway.line_items(amount, description, interval_of(payment))
        params = {"session": payment.checkout_session, "line_items": lines}
        return write_call(payment, Operation.CHANGE, f"amount:{payment.id}:{len(calls) + 1}", params)


def _changed(call: Call, amount: Money, cover_cents: int, actor: Actor) -> None:
    """Write down the amount that Stripe answered with. A later change, answered or not, has the last word.

    Nobody knows which of two changes Stripe made last when both were on their way at once: then the later one stays
    unanswered, and the next ask makes it certain. A payment that settled meanwhile raises CheckoutClosed: its charge
    has told all there is to know.
    """
    with transaction() as session:
        found = queries.payment_row(call.payment_id)
        order = queries.lock_subscription(found.subscription_id) if found and found.subscription_id else None
        payment = queries.lock_payment(call.payment_id)
        assert payment is not None  # noqa: S101  # a foreign key holds it
        row = session.get_one(GatewayCall, call.id)
        row.state, row.answer_id = CallState.ANSWERED, payment.checkout_session or ""
        row.answered_at, row.error = clock.now(), ""
        payable, calls = payment.state in queries.OPEN, queries.calls_of(payment.id, Operation.CHANGE)
        if payable and calls[-1].id == call.id:
            before = payment.amount
            _bring(payment, order, amount, cover_cents)
            said = {"from": str(before), "to": str(amount)}
            events.record("payments.checkout.changed", actor, subjects(payment), said)
        if payable and any(_at_once(row, other) for other in calls if other.id != row.id):
            calls[-1].state = CallState.SENDING
    if not payable:
        raise CheckoutClosed("This checkout is not open any more.")


def _order_of(payment: Payment) -> Subscription | None:
    return queries.lock_subscription(payment.subscription_id) if payment.subscription_id else None


def _at_once(call: GatewayCall, other: GatewayCall) -> bool:
    """Whether another call was on its way while this one was; one that ended without an answer was noted so."""
    if other.answered_at is not None:
        return other.answered_at > call.created_at
    return other.state is CallState.SENDING and not other.error


def _bring(payment: Payment, order: Subscription | None, amount: Money, cover_cents: int) -> None:
    set_amount(payment, amount, cover_cents)
    if order is not None:
        order.amount_cents, order.cover_cents = amount.cents, cover_cents
