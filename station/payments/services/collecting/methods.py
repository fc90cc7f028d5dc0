"""What sustainers pay with, and their mandates. Inside the caller's transaction, on what was fetched outside it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.db import db
from station.core.events import Subject
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.payments import queries
from station.payments.facts import MethodChanged
from station.payments.gateway import Paying, Saved, StandingOrder, StripeRefused
from station.payments.models import (
    Mandate,
    MandateState,
    MethodState,
    Payment,
    PaymentMethod,
    Subscription,
    SubscriptionState,
)
from station.payments.policies import BANK_DEBIT, DEADLY, MANDATE, SUBSCRIPTION, MandateEdge


class NoMethod(StripeRefused):
    """Nothing may be charged: the card is gone, or the mandate of the bank account is dead."""


def take_method(row: Subscription, order: StandingOrder, began: datetime, actor: Actor) -> bool:
    """Bring what a standing order charges to what Stripe has, by a look that began then; True when that changed.

    Its own method goes before its customer's default. What it begins with is no change of it.
    """
    if SUBSCRIPTION.is_final(row.state):
        return False
    before, own = queries.charged_method(row.id), keep(order.own, row, actor, began) if order.own else None
    if order.common is not None:
        make_default(keep(order.common, row, actor, began))
    if own is not None or not order.method:
        row.method_id = own.id if own else None
    now = queries.charged_method(row.id)
    begins = row.state is SubscriptionState.CREATED
    if before is not None and now is not None and before.id != now.id and not begins:
        about = [Subject("payment_method", now.id), Subject("subscription", row.id)]
        events.record("payments.method.chosen", actor, about, {"method": now.label})
    return (before and before.id) != (now and now.id)


def keep_paid_with(row: Subscription, order: StandingOrder, paying: Paying | None, actor: Actor) -> None:
    """Keep what the newest try of a standing order was made with, as it was then: what is known of it, is newer.

    Where neither the order nor its customer names anything, that is what it charges. A debit that came back for want
    of permission ends its mandate.
    """
    saved = paying.saved if paying else None
    if paying is None or saved is None or saved.customer != row.stripe_customer:
        return
    method = keep(saved, row, actor)
    if not order.method and order.common is None:
        make_default(method)
    if saved.kind == BANK_DEBIT and paying.failed and paying.failure_code in DEADLY:
        for mandate in queries.lock_mandates_of(row.id):
            follow_mandate(mandate, MandateEdge.DIE, f"a debit came back: {paying.failure_code}", actor)


def end_mandates(payment: Payment, why: str, actor: Actor) -> None:
    """A debit that the bank took back later is final, and so is the end of its mandate.

    docs.stripe.com/payments/ach-direct-debit: a dispute makes the mandate invalid; another debit needs another one.
    """
    order = queries.subscription_row(payment.subscription_id) if payment.subscription_id else None
    for row in queries.lock_methods_of(order.stripe_customer or "") if order else ():
        if row.kind == BANK_DEBIT and row.fingerprint == payment.fingerprint:
            for mandate in queries.lock_mandates_of(row.id):
                follow_mandate(mandate, MandateEdge.DIE, why, actor)


def keep(saved: Saved, order: Subscription, actor: Actor, began: datetime | None = None) -> PaymentMethod:
    """Write down a payment method of a standing order, which need not be what it charges.

    One that is kept already is brought to what a look that `began` then has seen; without it, it stays.
    """
    fresh = _insert(saved, order)
    row = queries.lock_method_of(saved.id)
    assert row is not None  # noqa: S101  # inserted above
    if fresh:
        _record("payments.method.kept", row, actor, {"method": row.label}, order)
    elif began is not None and row.updated_at <= began:
        bring(row, saved, actor, automatic=False)
    if saved.mandate:
        _accept(row, saved.mandate, actor, order)
    return row


def make_default(row: PaymentMethod) -> None:
    """Make a method the one that its customer's standing orders charge which have none of their own."""
    if not row.is_default:
        for other in queries.lock_methods_of(row.stripe_customer):
            other.is_default, other.updated_at = other.id == row.id, clock.now()


def _insert(saved: Saved, order: Subscription) -> bool:
    now = clock.now()
    return insert_missing(
        PaymentMethod,
        id=new_id(),
        stripe_method=saved.id,
        stripe_customer=saved.customer or order.stripe_customer,
        kind=saved.kind,
        label=saved.label,
        exp_month=saved.exp_month,
        exp_year=saved.exp_year,
        fingerprint=saved.fingerprint,
        is_default=False,
        state=_state(saved),
        livemode=saved.livemode,
        created_at=now,
        updated_at=now,
    )


def bring(row: PaymentMethod, saved: Saved, actor: Actor, *, automatic: bool) -> bool:
    """Bring a kept method to what Stripe says now; False when it said so before. The log keeps what it was."""
    state = _state(saved)
    now = (saved.label, saved.exp_month, saved.exp_year, saved.fingerprint, state)
    if (row.label, row.exp_month, row.exp_year, row.fingerprint, row.state) == now:
        return False
    before = described(row)
    row.label, row.exp_month, row.exp_year, row.fingerprint, row.state = now
    row.updated_at = clock.now()
    name = "payments.method.updated" if state is MethodState.KEPT else "payments.method.gone"
    _record(name, row, actor, {"from": before, "to": described(row), "automatic": automatic})
    announce(MethodChanged(row.id, row.stripe_customer))
    return True


def _state(saved: Saved) -> MethodState:
    return MethodState.KEPT if saved.customer else MethodState.GONE


def described(row: PaymentMethod) -> str:
    """Visa ending 4242, 05/2027."""
    return f"{row.label}, {row.exp_month:02d}/{row.exp_year}" if row.exp_month else row.label


def _accept(row: PaymentMethod, stripe_mandate: str, actor: Actor, order: Subscription) -> None:
    """A mandate with which a debit, or the setting up of debits, was accepted."""
    now = clock.now()
    insert_missing(
        Mandate,
        id=new_id(),
        stripe_mandate=stripe_mandate,
        method_id=row.id,
        state=MandateState.PENDING,
        reason="",
        created_at=now,
        updated_at=now,
    )
    mandate = queries.lock_mandate_of(stripe_mandate)
    if mandate is not None:
        follow_mandate(mandate, MandateEdge.ACCEPT, "", actor, order)


def follow_mandate(
    mandate: Mandate, edge: MandateEdge, why: str, actor: Actor, order: Subscription | None = None
) -> bool:
    """Take an edge of a mandate's graph. False when it has none such."""
    if not MANDATE.may(mandate.state, edge):
        return False
    mandate.state, mandate.reason = MANDATE.move(mandate.state, edge), why[:200]
    mandate.updated_at = clock.now()
    row = db.session().get_one(PaymentMethod, mandate.method_id)
    name = "payments.mandate.accepted" if edge is MandateEdge.ACCEPT else "payments.mandate.died"
    _record(name, row, actor, {"method": row.label, "why": why}, order)
    return True


def _record(
    name: str, row: PaymentMethod, actor: Actor, data: dict[str, object], order: Subscription | None = None
) -> None:
    """An event about a method, and about the standing orders that charge it, or that it came with."""
    orders = {*queries.orders_charging(row.id), *([order.id] if order else ())}
    about = [Subject("payment_method", row.id), *(Subject("subscription", each) for each in sorted(orders))]
    events.record(name, actor, about, data)


def lock_charged(subscription_id: UUID) -> str:
    """The id at Stripe of what a standing order charges, locked. Raises NoMethod where nothing can be charged."""
    order = queries.lock_subscription(subscription_id)
    chosen = queries.lock_charged(order.id) if order else None
    if (
        chosen is None
        or chosen.state is not MethodState.KEPT
        or any(each.state is MandateState.INACTIVE for each in queries.lock_mandates_of(chosen.id))
    ):
        raise NoMethod("There is nothing to charge: another card or bank account is needed.")
    return chosen.stripe_method
