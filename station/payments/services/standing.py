"""The one place that changes a standing order's row: its state along an edge, its terms as Stripe says them.

Every function here works inside the caller's transaction, on a row that the caller has locked.
"""

from __future__ import annotations

from typing import Any

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.events import Subject
from station.core.money import Money
from station.payments import queries
from station.payments.facts import (
    RenewalFailed,
    RenewalNeedsAction,
    RenewalRecovered,
    SubscriptionEnded,
    SustainerChanged,
    SustainerEnding,
    SustainerLapsed,
    SustainerPaused,
    SustainerRescheduled,
    SustainerResumed,
    SustainerSplit,
)
from station.payments.gateway import StandingOrder
from station.payments.models import ChangeKind, Interval, Subscription
from station.payments.models import SubscriptionState as S
from station.payments.policies import SUBSCRIPTION, SubscriptionEdge
from station.payments.services.amounts import cover_of_charge

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
    if before is S.CREATED and not SUBSCRIPTION.is_final(row.state):
        row.started_at = row.updated_at
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
    """Bring interval, amount, pause and planned end to what Stripe has, whoever asked for it. True when one changed.

    What a standing order begins with is no change of it, and is not announced.
    """
    if SUBSCRIPTION.is_final(row.state):
        return False
    changed = [_take_interval(row, order, actor), _take_amount(row, order, actor)]
    changed += [_take_pause(row, order, actor), _take_end(row, order, actor)]
    return any(changed)


def _take_interval(row: Subscription, order: StandingOrder, actor: Actor) -> bool:
    """Another interval. Nobody can ask for one here, so a person looks; one that we do not offer is not followed."""
    before = Interval(row.interval)
    if order.amount_cents is None or order.interval is before:
        return False
    if order.interval is None:
        _another_interval(row, "at an interval that Station does not offer. Its amount can be changed at Stripe only")
        return False
    row.interval = order.interval.value
    _another_interval(row, f"{order.interval.adjective} now, and was charged {before.adjective}. Station follows")
    tell(row, "payments.subscription.rescheduled", actor, **{"from": before.value, "to": row.interval})
    announce(SustainerRescheduled(row.id, row.reference, before, order.interval, order.period_end))
    return True


def _another_interval(row: Subscription, how: str) -> None:
    open_work_item(
        "payments.interval",
        f"payments.interval:{row.id}",
        Role.DEVELOPMENT,
        "A recurring gift whose interval was changed at Stripe",
        f"{row.stripe_subscription} is charged {how}. Somebody changed it in Stripe's dashboard: find out who and "
        "why, and whether the donor wants it.",
        Subject("subscription", row.id),
    )


def _take_amount(row: Subscription, order: StandingOrder, actor: Actor) -> bool:
    """Another amount. What of it covers fees was said with the wish; one that was made at Stripe is all gift; the one
    that a checkout ended with keeps the like of what was added to it."""
    if order.amount_cents is None or order.amount_cents == row.amount_cents:
        return False
    before, after = row.amount, Money(order.amount_cents, row.currency)
    begins = row.state is S.CREATED
    cover_cents = cover_of_charge(row, after, clock.now().date()) if begins else _cover_asked(row, after)
    row.amount_cents, row.cover_cents = after.cents, cover_cents
    if begins:
        return True
    tell(row, "payments.subscription.changed", actor, **{"from": str(before), "to": str(row.amount)})
    announce(SustainerChanged(row.id, row.reference, before, row.amount, order.period_end))
    return True


def _cover_asked(row: Subscription, after: Money) -> int:
    asked = queries.asked_now(row.id, ChangeKind.AMOUNT, cents=after.cents)
    return int(asked.new.get("cover_cents", 0)) if asked else 0


def take_split(row: Subscription, cover_cents: int, actor: Actor) -> None:
    """Another part of the same amount that covers fees: Stripe, which knows the whole only, says nothing of it."""
    if SUBSCRIPTION.is_final(row.state) or cover_cents == row.cover_cents:
        return
    before, row.cover_cents = Money(row.cover_cents, row.currency), cover_cents
    said = {"from": str(before), "to": str(Money(cover_cents, row.currency))}
    tell(row, "payments.subscription.split", actor, **said)
    announce(SustainerSplit(row.id, row.reference, row.amount, before, row.current_period_end))


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
