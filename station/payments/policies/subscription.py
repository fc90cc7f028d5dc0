"""The state graph of a sustainer's subscription, and what Stripe's word for its state means in it."""

from __future__ import annotations

from enum import StrEnum

from station.payments.models import SubscriptionState as S
from station.payments.policies.graph import Edge, Graph


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
SUBSCRIPTION: Graph[S] = Graph(
    "subscription",
    S,
    S.CREATED,
    (
        Edge(SubscriptionEdge.START, (S.CREATED,), S.ACTIVE, "Stripe made the subscription"),
        Edge(SubscriptionEdge.RETRY, (S.CREATED, S.ACTIVE, S.NEEDS_ACTION), S.RETRYING, "a renewal was declined"),
        Edge(
            SubscriptionEdge.ASK,
            (S.CREATED, S.ACTIVE, S.RETRYING),
            S.NEEDS_ACTION,
            "no further try comes by itself: the donor must confirm, or give another method",
        ),
        Edge(SubscriptionEdge.RECOVER, UNPAID, S.ACTIVE, "a later try succeeded"),
        Edge(SubscriptionEdge.PAUSE, (S.ACTIVE, *UNPAID), S.PAUSED, "the donor rests until a day"),
        Edge(SubscriptionEdge.RESUME, (S.PAUSED,), S.ACTIVE, "the day has come, or the donor said so"),
        Edge(SubscriptionEdge.LAPSE, UNPAID, S.LAPSED, "given up after charges that failed"),
        Edge(SubscriptionEdge.END, (S.CREATED, S.ACTIVE, S.PAUSED, *UNPAID), S.ENDED, "cancelled"),
    ),
)


def subscription_edge(state: S, status: str) -> SubscriptionEdge | None:
    """The edge from our state to what Stripe's `status` says (docs.stripe.com/billing/subscriptions/overview).

    None when we already stand there, or when Stripe has not decided (`incomplete`: the first charge is open).
    """
    if status in ("canceled", "incomplete_expired"):
        wanted = [SubscriptionEdge.END]
    elif status in ("past_due", "unpaid"):
        wanted = [SubscriptionEdge.RETRY]
    elif status in ("active", "trialing", "paused"):
        wanted = [SubscriptionEdge.START, SubscriptionEdge.RECOVER]
    else:
        wanted = []
    return next((edge for edge in wanted if SUBSCRIPTION.may(state, edge)), None)
