"""A payment method, a mandate, and a checkout that kept another method, as they are now."""

from __future__ import annotations

from datetime import datetime

from station.core.actor import STRIPE, Actor
from station.core.outbox import Job, Queue, enqueue
from station.payments import queries
from station.payments.gateway import Allowance, Saved, Session
from station.payments.policies import mandate_edge
from station.payments.services.collecting.methods import bring, described, follow_mandate, keep
from station.payments.services.folding.outcome import Outcome, ignored, told

ADOPT = Job("payments.adopt_method", Queue.MONEY)


def fold_method(found: Saved | None, method_id: str, actor: Actor = STRIPE, *, automatic: bool = False) -> Outcome:
    """A payment method that changed, or that Stripe does not know any more (None)."""
    row = queries.lock_method_of(method_id)
    if row is None:
        return ignored("a payment method that no sustainer of ours pays with")
    gone = Saved(
        row.stripe_method, "", row.kind, row.label, row.exp_month, row.exp_year, row.fingerprint, row.livemode
    )
    return told(None, bring(row, found or gone, actor, automatic=automatic), described(row)).answering(method_id)


def fold_mandate(found: Allowance, actor: Actor = STRIPE) -> Outcome:
    """A mandate that changed."""
    mandate = queries.lock_mandate_of(found.id)
    if mandate is None:
        return ignored("a mandate of no sustainer of ours")
    edge = mandate_edge(mandate.state, found.status)
    changed = edge is not None and follow_mandate(mandate, edge, f"Stripe says {found.status}", actor)
    return told(None, changed, f"the mandate is {mandate.state}").answering(found.id)


def fold_setup(found: Session, began: datetime, actor: Actor = STRIPE) -> Outcome:
    """A checkout in setup mode: what was given there is kept, and a job has the standing order charge it."""
    order = queries.lock_subscription(found.ours.subscription_id) if found.ours.subscription_id else None
    if order is None or order.livemode is not found.livemode:
        return ignored("a checkout in setup mode of no subscription of ours")
    if found.given is None:
        return told(None, False, f"the checkout for another method is {found.status}").answering(found.id)
    if found.given.customer != order.stripe_customer:
        return ignored("a method of another customer")
    row = keep(found.given, order, actor, began)
    enqueue(ADOPT, key=found.id, session_id=found.id, subscription_id=str(order.id), method_id=str(row.id))
    return told(None, True, f"{described(row)} was given").answering(found.id)
