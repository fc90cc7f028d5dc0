"""The state graph of a sustainer's subscription, what Stripe's words mean in it, and what may be asked when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from station.core.graphs import Edge, Graph
from station.payments.models import ChangeKind
from station.payments.models import SubscriptionState as S


class SubscriptionEdge(StrEnum):
    START = "start"
    RETRY = "retry"
    ASK = "ask"
    RECOVER = "recover"
    PAUSE = "pause"
    RESUME = "resume"
    LAPSE = "lapse"
    END = "end"


UNPAID = (S.RETRYING, S.NEEDS_ACTION)
LIVE = (S.ACTIVE, S.PAUSED, *UNPAID)
SUBSCRIPTION: Graph[S] = Graph(
    "subscription",
    S,
    S.CREATED,
    (
        Edge(SubscriptionEdge.START, (S.CREATED,), S.ACTIVE, "Stripe made the subscription"),
        Edge(
            SubscriptionEdge.RETRY,
            (S.CREATED, S.ACTIVE, S.PAUSED, S.NEEDS_ACTION),
            S.RETRYING,
            "a renewal was declined and will be tried again",
        ),
        Edge(
            SubscriptionEdge.ASK,
            (S.CREATED, S.ACTIVE, S.PAUSED, S.RETRYING),
            S.NEEDS_ACTION,
            "no further try comes by itself: the donor must confirm, or give another method",
        ),
        Edge(SubscriptionEdge.RECOVER, UNPAID, S.ACTIVE, "a later try succeeded"),
        Edge(SubscriptionEdge.PAUSE, (S.ACTIVE, *UNPAID), S.PAUSED, "the donor rests until a day"),
        Edge(SubscriptionEdge.RESUME, (S.PAUSED,), S.ACTIVE, "the day has come, or the donor said so"),
        Edge(SubscriptionEdge.LAPSE, LIVE, S.LAPSED, "given up after charges that failed"),
        Edge(SubscriptionEdge.END, (S.CREATED, *LIVE), S.ENDED, "cancelled"),
    ),
)


@dataclass(frozen=True)
class Standing:
    """What Stripe says of a subscription, in plain values.

    `status` is Stripe's word, `paused` whether collection rests, `gave_up` whether it was cancelled over failed
    charges, `stuck` whether no further try of an unpaid bill comes by itself.
    """

    status: str
    paused: bool = False
    gave_up: bool = False
    stuck: bool = False


def subscription_edge(state: S, found: Standing) -> SubscriptionEdge | None:
    """The next edge from our state to what Stripe says (docs.stripe.com/billing/subscriptions/overview).

    None when we already stand there, or when Stripe has not decided (`incomplete`: the first charge is open).
    A past-due subscription is retried while its bill has a next attempt. `unpaid` is where an account's settings may
    leave it after the last one: bills are drafted, nothing is tried. A pause of collection leaves the status as it is
    (docs.stripe.com/billing/subscriptions/pause-payment), and older bills are tried on: then the bill has the word.
    """
    wanted = next((edge for edge in _wanted(found) if SUBSCRIPTION.may(state, edge)), None)
    resting = state is S.PAUSED and found.paused
    return None if resting and wanted is SubscriptionEdge.RESUME else wanted


def _wanted(found: Standing) -> tuple[SubscriptionEdge, ...]:
    edge = SubscriptionEdge
    if found.status == "incomplete_expired":
        return (edge.END,)
    if found.status == "canceled":  # Checkout makes a subscription once it is paid: this one has begun
        return (edge.START, edge.LAPSE if found.gave_up else edge.END)
    if found.status in ("past_due", "unpaid"):
        return (edge.ASK,) if found.stuck or found.status == "unpaid" else (edge.RETRY,)
    if found.status == "paused" or (found.paused and found.status in ("active", "trialing")):
        return (edge.PAUSE, edge.START)
    if found.status in ("active", "trialing"):
        return (edge.START, edge.RECOVER, edge.RESUME)
    return ()


ASKABLE: Mapping[ChangeKind, tuple[S, ...]] = {
    ChangeKind.AMOUNT: LIVE,
    ChangeKind.DATE: (S.ACTIVE,),
    ChangeKind.SKIP: (S.ACTIVE,),
    ChangeKind.PAUSE: (S.ACTIVE, S.PAUSED),
    ChangeKind.RESUME: (S.PAUSED,),
    ChangeKind.CANCEL: LIVE,
    ChangeKind.STAY: LIVE,
}
WHEN_ENDING = (ChangeKind.CANCEL, ChangeKind.STAY)


def may_ask(kind: ChangeKind, state: S, *, ending: bool) -> bool:
    """Whether a standing order in this state may be asked for this change; `ending`: it is cancelled for later."""
    if ending and kind not in WHEN_ENDING:
        return False
    return state in ASKABLE[kind] and (ending or kind is not ChangeKind.STAY)
