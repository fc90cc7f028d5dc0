"""What Stripe's objects, as they are now, mean for our rows. One transaction each, opened by the caller.

Nothing here depends on which event came first, or how often: the object as it is now is compared with the row as it
is now. Rows are locked in one order: subscription, then payment. Nothing is looked up by an empty id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import STRIPE, Actor
from station.core.announce import announce
from station.core.db import db
from station.core.money import Money
from station.core.runtime import settings
from station.payments import queries
from station.payments.facts import AttemptFailed, StrayAttemptFailed
from station.payments.gateway import Attempt, Charged, Invoice, Paying, Session, StandingOrder
from station.payments.models import CallState, EventState, GatewayCall, Operation, Payment, Subscription
from station.payments.policies import PaymentEdge, subscription_edge
from station.payments.services import books, moving, renewals


class NotYet(Exception):
    """Stripe's objects do not agree yet (a paid session whose charge cannot be seen): look again later."""


class Overtaken(Exception):
    """Another worker changed the subscription since the look began: look again now."""


@dataclass(frozen=True)
class Outcome:
    """What came of an event, for its row and for the one who reads it at the desk.

    `answers` holds the ids of Stripe's objects that this look has brought to our rows: an event about one of them
    that came before the look began has nothing to add.
    """

    state: EventState
    text: str
    payment_id: UUID | None = None
    answers: frozenset[str] = frozenset()

    def answering(self, *objects: str | None) -> Outcome:
        """The same outcome of a look that has brought these objects."""
        return replace(self, answers=frozenset(filter(None, objects)))


def ignored(why: str) -> Outcome:
    return Outcome(EventState.IGNORED, why)


def fold_session(found: Session, began: datetime, actor: Actor = STRIPE) -> Outcome:
    """A Checkout Session: money, a slow payment, a refusal or an expiry of the payment that it was opened for."""
    if found.ours.payment_id is None:
        return ignored("a checkout session without our ids")
    subscription = _lock_subscription(found.ours.subscription_id)
    payment = queries.lock_payment(found.ours.payment_id)
    if payment is None or payment.livemode is not found.livemode:
        return ignored("a checkout session of a payment that is not in this database")
    if payment.checkout_session not in (None, found.id):
        return _other_session(payment, found)
    payment.checkout_session = found.id
    _answer(payment, over=found.status != "open")
    answers = [found.id, _with_fee(found.paying)]
    if subscription is not None and found.order is not None:
        fold_order(subscription, found.order, began, actor)
        if subscription.stripe_subscription == found.order.id:
            answers.append(found.order.id)
        if found.invoice is not None:
            payment.invoice = found.invoice.id
            answers.append(found.invoice.id if found.paid else None)
    return _bring(payment, subscription, found, actor).answering(*answers)


def _with_fee(paying: Paying | None) -> str | None:
    """The charge of a payment, once all that is to know of it is known."""
    money = paying.charged if paying else None
    return money.charge if money and money.balance_transaction else None


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
        return _settled(payment, found.paying, actor)
    return _slow(payment, found.paying, actor)


def _settled(payment: Payment, paying: Paying | None, actor: Actor) -> Outcome:
    if paying is None or paying.charged is None:
        raise NotYet("paid at Stripe, but the charge cannot be seen yet")
    why_not = books.settle(payment, paying.charged, actor)
    return told(payment, not why_not, why_not or "settled")


def _slow(payment: Payment, paying: Paying | None, actor: Actor) -> Outcome:
    """Complete, but not paid: a delayed method is on its way, or was refused in the end."""
    if paying is not None and paying.failed:
        reason = paying.failure or "The bank refused the payment."
        return told(payment, moving.refuse(payment, reason, actor), "the payment failed")
    return told(payment, moving.process(payment, actor), "the payment is on its way")


def fold_invoice(found: Invoice, began: datetime, actor: Actor = STRIPE) -> Outcome:
    """An invoice: the first one settles the first payment, each later one that is paid is a renewal."""
    order = found.order
    row = _row_of(order) if order else None
    if order is None or row is None or row.livemode is not found.livemode:
        return ignored("an invoice of no subscription of ours")
    if row.stripe_subscription not in (None, order.id):
        return _other_subscription(row, found)
    changed = fold_order(row, order, began, actor)
    outcome = (_first if found.first else _renewal)(row, found, changed, actor)
    return outcome.answering(found.id, order.id, _with_fee(found.paying))


def _first(row: Subscription, found: Invoice, changed: bool, actor: Actor) -> Outcome:
    payment = queries.lock_first_payment(row.id)
    if payment is None:
        return ignored("the first invoice of a subscription without a first payment")
    payment.invoice = found.id
    if found.status == "paid":
        return _settled(payment, found.paying, actor)
    if found.paying is not None and found.paying.processing:
        return _slow(payment, found.paying, actor)
    return told(payment, changed, f"the first invoice is {found.status}")


def _other_subscription(row: Subscription, found: Invoice) -> Outcome:
    payment = queries.lock_first_payment(row.id)
    if payment and found.status == "paid" and found.paying and found.paying.charged:
        books.unexpected_money(payment, found.paying.charged)
    return ignored("an invoice of another subscription with our ids")


def _renewal(row: Subscription, found: Invoice, changed: bool, actor: Actor) -> Outcome:
    if found.status != "paid" or found.amount_cents == 0:
        return told(None, changed, f"the renewal is {found.status}")
    payment = queries.lock_payment_of_invoice(found.id)
    if payment is None and found.paying is None:
        renewals.paid_elsewhere(row, found)
        return ignored("a renewal that was marked as paid without a payment")
    payment = payment or renewals.open_renewal(row, found, actor)
    return _settled(payment, found.paying, actor)


def fold_order(row: Subscription, order: StandingOrder, began: datetime, actor: Actor = STRIPE) -> bool:
    """A subscription's status and period. True when the state changed.

    States go to and fro here, so an older look must not win: raises Overtaken when the row moved since `began`.
    """
    if row.stripe_subscription not in (None, order.id) or row.livemode is not order.livemode:
        return False
    if row.updated_at > began:
        raise Overtaken
    row.stripe_subscription, row.stripe_customer = order.id, order.customer or None
    row.current_period_end, row.updated_at = order.period_end, clock.now()
    edge = subscription_edge(row.state, order.status)
    return edge is not None and moving.follow_subscription(row, edge, order.failure or order.end_reason, actor)


def fold_subscription(found: StandingOrder, began: datetime, actor: Actor = STRIPE) -> Outcome:
    """A subscription that changed or ended."""
    row = _row_of(found)
    if row is None or row.stripe_subscription not in (None, found.id):
        return ignored("a subscription that is not in this database")
    changed = fold_order(row, found, began, actor)
    return told(None, changed, f"the subscription is {found.status}").answering(found.id)


def fold_charge(found: Charged | None, actor: Actor = STRIPE) -> Outcome:
    """A charge: brings the fee of a payment that is settled already."""
    if found is None or found.payment_intent is None:
        return ignored("a charge without money, or of no payment intent")
    payment = queries.lock_payment_of_intent(found.payment_intent)
    if payment is None:
        return ignored("a charge of no settled payment (its session or invoice brings the fee)")
    return told(payment, books.record_fee(payment, found, actor), "the fee is in the books").answering(found.charge)


def fold_attempt(found: Attempt) -> Outcome:
    """A card that was refused: told to the packages above, which guard the form. Nothing of ours moves."""
    if found.unmarked:
        return _stray(found)
    payment = queries.payment_row(found.ours.payment_id) if found.ours.payment_id else None
    if payment is None or payment.livemode is not found.livemode:
        return ignored("a refused try of no payment in this database")
    announce(AttemptFailed(payment.id, payment.reference, found.decline_code, found.fingerprint, found.at))
    return told(payment, True, f"refused: {found.decline_code or 'Stripe does not say why'}")


def _stray(found: Attempt) -> Outcome:
    if found.livemode is not settings().livemode or queries.knows_customer(found.customer):
        return ignored("a refused try of a customer whom we know: a renewal, which its invoice tells")
    amount = Money(found.amount_cents, found.currency)
    announce(StrayAttemptFailed(found.intent, found.payer_email, amount, found.fingerprint, found.at))
    return told(None, True, f"refused, for we do not know what: {found.decline_code or 'Stripe does not say why'}")


def told(payment: Payment | None, changed: bool, text: str) -> Outcome:
    """The outcome of an event that was ours: applied when it changed something, stale when it was known."""
    return Outcome(EventState.APPLIED if changed else EventState.STALE, text, payment.id if payment else None)


def _lock_subscription(subscription_id: UUID | None) -> Subscription | None:
    return queries.lock_subscription(subscription_id) if subscription_id else None


def _row_of(order: StandingOrder) -> Subscription | None:
    """Our row, locked: by the id in its metadata, which anybody at the dashboard may edit, else by Stripe's own."""
    return _lock_subscription(order.ours.subscription_id) or queries.lock_subscription_of(order.id)


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
