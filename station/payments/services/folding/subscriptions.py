"""A subscription, as it is now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core import clock
from station.core.actor import STRIPE, Actor
from station.payments import queries
from station.payments.gateway import StandingOrder
from station.payments.models import Subscription
from station.payments.policies import Standing, subscription_edge
from station.payments.services import keeping, standing
from station.payments.services.collecting.invoices import note_unpaid
from station.payments.services.collecting.methods import take_method
from station.payments.services.folding.outcome import Outcome, Overtaken, ignored, told


def fold_order(row: Subscription, order: StandingOrder, began: datetime, actor: Actor = STRIPE) -> bool:
    """A subscription's status, period and terms. True when the state or the terms changed.

    States go to and fro here, so an older look must not win: raises Overtaken when the row moved since `began`.
    """
    if row.stripe_subscription not in (None, order.id) or row.livemode is not order.livemode:
        return False
    if row.updated_at > began:
        raise Overtaken
    row.stripe_subscription, row.stripe_customer = order.id, order.customer or None
    changed = standing.take_terms(row, order, actor)
    changed = take_method(row, order, began, actor) or changed
    row.current_period_end, row.updated_at = order.period_end, clock.now()
    if order.unpaid:
        note_unpaid(row, order.unpaid, actor)
    while (edge := subscription_edge(row.state, standing_of(order))) is not None:
        changed = standing.follow_subscription(row, edge, order.failure or order.end_reason, actor)
    keeping.note_schedule(row)
    return changed


def standing_of(order: StandingOrder) -> Standing:
    """What Stripe says of a subscription, as the graph wants it. A bill that was not looked at is retried."""
    return Standing(order.status, order.paused, order.gave_up, order.stuck is True)


def fold_subscription(found: StandingOrder, began: datetime, actor: Actor = STRIPE) -> Outcome:
    """A subscription that changed or ended."""
    row = row_of(found)
    if row is None or row.stripe_subscription not in (None, found.id):
        return ignored("a subscription that is not in this database")
    changed = fold_order(row, found, began, actor)
    return told(None, changed, f"the subscription is {found.status}").answering(found.id)


def lock_subscription(subscription_id: UUID | None) -> Subscription | None:
    """A subscription by our id, locked; nothing is looked up by an empty one."""
    return queries.lock_subscription(subscription_id) if subscription_id else None


def row_of(order: StandingOrder) -> Subscription | None:
    """Our row, locked: by the id in its metadata, which anybody at the dashboard may edit, else by Stripe's own."""
    return lock_subscription(order.ours.subscription_id) or queries.lock_subscription_of(order.id)
