"""What sustainers pay with, and their mandates. Inside the caller's transaction, on what was fetched outside it."""

from __future__ import annotations

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
from station.payments.gateway import Paying, Saved, StripeRefused
from station.payments.models import Mandate, MandateState, MethodState, Payment, PaymentMethod, Subscription
from station.payments.policies import BANK_DEBIT, DEADLY, MANDATE, MandateEdge


class NoMethod(StripeRefused):
    """Nothing may be charged: the card is gone, or the mandate of the bank account is dead."""


def keep_paid_with(order: Subscription, paying: Paying | None, chosen: str, actor: Actor) -> None:
    """Keep what the newest try of a standing order was made with; `chosen` is what it charges by its own word.

    A debit that came back for want of permission ends its mandate.
    """
    saved = paying.saved if paying else None
    if paying is None or saved is None or saved.customer != order.stripe_customer:
        return
    row = keep(saved, actor, default=chosen in ("", saved.id))
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


def keep(saved: Saved, actor: Actor, *, default: bool) -> PaymentMethod:
    """Write a payment method as it is now; `default` makes it the one that its customer's standing order charges."""
    fresh, now = _insert(saved), clock.now()
    row = queries.lock_method_of(saved.id)
    assert row is not None  # noqa: S101  # inserted above
    if fresh:
        _record("payments.method.kept", row, actor, {"method": row.label})
    else:
        bring(row, saved, actor, automatic=False)
    if default and not row.is_default:
        for other in queries.lock_methods_of(row.stripe_customer):
            other.is_default, other.updated_at = other.id == row.id, now
    if saved.mandate:
        _accept(row, saved.mandate, actor)
    return row


def _insert(saved: Saved) -> bool:
    now = clock.now()
    return insert_missing(
        PaymentMethod,
        id=new_id(),
        stripe_method=saved.id,
        stripe_customer=saved.customer,
        kind=saved.kind,
        label=saved.label,
        exp_month=saved.exp_month,
        exp_year=saved.exp_year,
        fingerprint=saved.fingerprint,
        is_default=False,
        state=MethodState.KEPT,
        livemode=saved.livemode,
        created_at=now,
        updated_at=now,
    )


def bring(row: PaymentMethod, saved: Saved, actor: Actor, *, automatic: bool) -> bool:
    """Bring a kept method to what Stripe says now; False when it said so before. The log keeps what it was."""
    state = MethodState.KEPT if saved.customer else MethodState.GONE
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


def described(row: PaymentMethod) -> str:
    """Visa ending 4242, 05/2027."""
    return f"{row.label}, {row.exp_month:02d}/{row.exp_year}" if row.exp_month else row.label


def _accept(row: PaymentMethod, stripe_mandate: str, actor: Actor) -> None:
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
        follow_mandate(mandate, MandateEdge.ACCEPT, "", actor)


def follow_mandate(mandate: Mandate, edge: MandateEdge, why: str, actor: Actor) -> bool:
    """Take an edge of a mandate's graph. False when it has none such."""
    if not MANDATE.may(mandate.state, edge):
        return False
    mandate.state, mandate.reason = MANDATE.move(mandate.state, edge), why[:200]
    mandate.updated_at = clock.now()
    row = db.session().get_one(PaymentMethod, mandate.method_id)
    name = "payments.mandate.accepted" if edge is MandateEdge.ACCEPT else "payments.mandate.died"
    _record(name, row, actor, {"method": row.label, "why": why})
    return True


def _record(name: str, row: PaymentMethod, actor: Actor, data: dict[str, object]) -> None:
    about = [Subject("payment_method", row.id)]
    about += [Subject("subscription", each) for each in queries.orders_of_customer(row.stripe_customer)]
    events.record(name, actor, about, data)


def lock_default(subscription_id: UUID) -> str:
    """The id at Stripe of what a standing order charges, locked. Raises NoMethod where nothing can be charged."""
    order = queries.lock_subscription(subscription_id)
    rows = queries.lock_methods_of(order.stripe_customer or "") if order else ()
    chosen = next((row for row in rows if row.is_default and row.state is MethodState.KEPT), None)
    if chosen is None or any(each.state is MandateState.INACTIVE for each in queries.lock_mandates_of(chosen.id)):
        raise NoMethod("There is nothing to charge: another card or bank account is needed.")
    return chosen.stripe_method
