"""The one place that changes a standing order's row: its state along an edge, its terms as Stripe says them.

Every function here works inside the caller's transaction, on a row that the caller has locked.
"""

from __future__ import annotations

from typing import Any

from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.events import Subject
from station.core.money import Money
from station.payments.facts import (
    RenewalFailed,
    RenewalNeedsAction,
    RenewalRecovered,
    SubscriptionEnded,
    SustainerChanged,
    SustainerEnding,
    SustainerLapsed,
    SustainerPaused,
    SustainerResumed,
)
from station.payments.gateway import StandingOrder
from station.payments.models import Subscription
from station.payments.models import SubscriptionState as S
from station.payments.policies import SUBSCRIPTION, SubscriptionEdge

EVENTS = {
    SubscriptionEdge.START: "payments.subscription.started",
    SubscriptionEdge.RETRY: "payments.subscription.retrying",
    SubscriptionEdge.ASK: "payments.subscription.needs_action",
    SubscriptionEdge.RECOVER: "payments.subscription.recovered",
    SubscriptionEdge.PAUSE: "payments.subscription.paused",
    SubscriptionEdge.RESUME: "payments.subscription.resumed",
    SubscriptionEdge.LAPSE: "payments.subscription.lapsed",
    SubscriptionEdge.END: "payments.subscription.ended",
}


def follow_subscription(row: Subscription, edge: SubscriptionEdge, reason: str, actor: Actor) -> bool:
    """Take an edge of the subscription's graph, record and announce it. False when there is no such edge."""
    if not SUBSCRIPTION.may(row.state, edge):
        return False
    before = row.state
    row.state, row.updated_at = SUBSCRIPTION.move(row.state, edge), clock.now()
    if SUBSCRIPTION.is_final(row.state):
        row.end_reason, row.ends_at, row.paused_until = row.end_reason or reason[:100], None, None
    tell(row, EVENTS[edge], actor, reason=reason)
    fact = _fact(row, edge, before, reason)
    if fact is not None:
        announce(fact)
    return True


def _fact(row: Subscription, edge: SubscriptionEdge, before: S, reason: str) -> object | None:
    """What the packages above learn of a move. A bill that needs its donor is not told as declined once more."""
    about = (row.id, row.reference)
    if edge is SubscriptionEdge.RETRY:
        return None if before is S.NEEDS_ACTION else RenewalFailed(*about, reason)
    if edge is SubscriptionEdge.END:
        return SubscriptionEnded(*about, reason, begun=before is not S.CREATED)
    made: dict[SubscriptionEdge, object] = {
        SubscriptionEdge.ASK: RenewalNeedsAction(*about, reason),
        SubscriptionEdge.RECOVER: RenewalRecovered(*about),
        SubscriptionEdge.PAUSE: SustainerPaused(*about, row.paused_until),
        SubscriptionEdge.RESUME: SustainerResumed(*about, row.current_period_end),
        SubscriptionEdge.LAPSE: SustainerLapsed(*about, reason),
    }
    return made.get(edge)


def take_terms(row: Subscription, order: StandingOrder, actor: Actor) -> bool:
    """Bring amount, pause and planned end to what Stripe has, whoever asked for it. True when something changed.

    What a standing order begins with is no change of it, and is not announced.
    """
    if SUBSCRIPTION.is_final(row.state):
        return False
    changed = [_take_amount(row, order, actor), _take_pause(row, order, actor), _take_end(row, order, actor)]
    return any(changed)


def _take_amount(row: Subscription, order: StandingOrder, actor: Actor) -> bool:
    if order.amount_cents is None or order.amount_cents == row.amount_cents:
        return False
    before, row.amount_cents = row.amount, order.amount_cents
    if row.state is S.CREATED:
        return True
    tell(row, "payments.subscription.changed", actor, **{"from": str(before), "to": str(row.amount)})
    announce(SustainerChanged(row.id, row.reference, before, row.amount, order.period_end))
    return True


def _take_pause(row: Subscription, order: StandingOrder, actor: Actor) -> bool:
    """Until when it rests. The edge announces a pause that begins; another end of it is announced here."""
    if order.resumes_at == row.paused_until:
        return False
    row.paused_until = order.resumes_at
    if row.state is S.PAUSED and order.paused:
        tell(row, "payments.subscription.paused", actor, reason="")
        announce(SustainerPaused(row.id, row.reference, row.paused_until))
    return True


def _take_end(row: Subscription, order: StandingOrder, actor: Actor) -> bool:
    if order.ends_at == row.ends_at or order.status == "canceled":
        return False
    row.ends_at = order.ends_at
    tell(row, "payments.subscription.ending" if row.ends_at else "payments.subscription.stays", actor)
    announce(SustainerEnding(row.id, row.reference, row.ends_at))
    return True


def tell(row: Subscription, name: str, actor: Actor, **data: Any) -> None:
    """Record an event about a standing order."""
    instants = {"until": row.paused_until, "ends_at": row.ends_at}
    told = {key: value.isoformat() if value else "" for key, value in instants.items()}
    events.record(
        name,
        actor,
        [Subject("subscription", row.id)],
        {"amount": str(Money(row.amount_cents, row.currency)), "interval": row.interval, **told, **data},
    )
