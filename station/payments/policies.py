"""The state graphs of a payment and of a subscription, as data, and which of Stripe's events mean something to us.

`docs/payments/states.md` is drawn from this file (`station payments graph --write`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar, cast

from station.payments.models import PaymentState as P
from station.payments.models import SubscriptionState as S

State = TypeVar("State", bound=StrEnum)


class IllegalMove(Exception):
    """The graph has no such edge from this state."""


class PaymentEdge(StrEnum):
    OPEN = "open"
    PROCESS = "process"
    SETTLE = "settle"
    FAIL = "fail"
    EXPIRE = "expire"


class SubscriptionEdge(StrEnum):
    START = "start"
    RETRY = "retry"
    RECOVER = "recover"
    END = "end"


@dataclass(frozen=True)
class Edge(Generic[State]):
    """A move: from any of `sources` to `target`, with the reason that a reader of the drawing wants."""

    name: StrEnum
    sources: tuple[State, ...]
    target: State
    why: str


@dataclass(frozen=True)
class Graph(Generic[State]):
    """All states, where a row begins, and every move there is."""

    name: str
    states: type[State]
    start: State
    edges: tuple[Edge[State], ...]

    @property
    def final(self) -> tuple[State, ...]:
        """States that no edge leaves."""
        left = {source for edge in self.edges for source in edge.sources}
        return tuple(state for state in self.states if state not in left)


PAYMENT: Graph[P] = Graph(
    "payment",
    P,
    P.CREATED,
    (
        Edge(PaymentEdge.OPEN, (P.CREATED,), P.AWAITING_DONOR, "Stripe opened the checkout page"),
        Edge(PaymentEdge.PROCESS, (P.CREATED, P.AWAITING_DONOR), P.PROCESSING, "the donor paid by a slow method"),
        Edge(PaymentEdge.SETTLE, (P.CREATED, P.AWAITING_DONOR, P.PROCESSING), P.SETTLED, "the money arrived"),
        Edge(PaymentEdge.FAIL, (P.CREATED, P.AWAITING_DONOR, P.PROCESSING), P.FAILED, "the slow method was refused"),
        Edge(PaymentEdge.EXPIRE, (P.CREATED, P.AWAITING_DONOR), P.EXPIRED, "the checkout page closed unpaid"),
    ),
)

SUBSCRIPTION: Graph[S] = Graph(
    "subscription",
    S,
    S.CREATED,
    (
        Edge(SubscriptionEdge.START, (S.CREATED,), S.ACTIVE, "Stripe made the subscription"),
        Edge(SubscriptionEdge.RETRY, (S.CREATED, S.ACTIVE), S.RETRYING, "a renewal was declined"),
        Edge(SubscriptionEdge.RECOVER, (S.RETRYING,), S.ACTIVE, "a later try succeeded"),
        Edge(SubscriptionEdge.END, (S.CREATED, S.ACTIVE, S.RETRYING), S.ENDED, "cancelled or given up"),
    ),
)

_MOVES: dict[tuple[StrEnum, StrEnum], StrEnum] = {
    (source, edge.name): edge.target
    for edge in cast("Iterable[Edge[StrEnum]]", (*PAYMENT.edges, *SUBSCRIPTION.edges))
    for source in edge.sources
}


def move(state: State, edge: PaymentEdge | SubscriptionEdge) -> State:
    """The state after an edge. Raises IllegalMove where the graph has none."""
    if not may(state, edge):
        raise IllegalMove(f"{type(state).__name__} {state} has no edge {edge}")
    return cast("State", _MOVES[state, edge])


def may(state: StrEnum, edge: PaymentEdge | SubscriptionEdge) -> bool:
    """Whether the graph has this edge from this state."""
    graph = PAYMENT.states if isinstance(edge, PaymentEdge) else SUBSCRIPTION.states
    return isinstance(state, graph) and (state, edge) in _MOVES


def is_final(state: P | S) -> bool:
    """Whether no edge leaves the state."""
    return state in (*PAYMENT.final, *SUBSCRIPTION.final)


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
    return next((edge for edge in wanted if may(state, edge)), None)


class Thing(StrEnum):
    """The kind of Stripe object that an event is about, and that is fetched again before it is believed.

    An ATTEMPT is not fetched: a card that was refused moves no money and no state, and its signed event says it all.
    """

    SESSION = "session"
    INVOICE = "invoice"
    SUBSCRIPTION = "subscription"
    CHARGE = "charge"
    ATTEMPT = "attempt"


HOOK = "/hooks/stripe"  # the path that Stripe posts to

# Every type that is folded; our endpoint subscribes to these and no other. payment_intent.succeeded and its like are
# left out on purpose: in subscription mode they come without their invoice
# (docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade); the session says it all.
FOLDED: dict[str, Thing] = {
    "checkout.session.completed": Thing.SESSION,
    "checkout.session.async_payment_succeeded": Thing.SESSION,
    "checkout.session.async_payment_failed": Thing.SESSION,
    "checkout.session.expired": Thing.SESSION,
    "invoice.paid": Thing.INVOICE,
    "invoice.payment_failed": Thing.INVOICE,
    "customer.subscription.updated": Thing.SUBSCRIPTION,
    "customer.subscription.deleted": Thing.SUBSCRIPTION,
    "charge.updated": Thing.CHARGE,  # brings the processing fee, which can come after the payment
    "payment_intent.payment_failed": Thing.ATTEMPT,
}


def draw() -> str:
    """Both graphs as a Markdown page with mermaid drawings."""
    parts = [
        "# States of money",
        "",
        "Drawn by `station payments graph --write` from `station/payments/policies.py`; a test compares.",
        "",
    ]
    for graph in cast("Iterable[Graph[StrEnum]]", (PAYMENT, SUBSCRIPTION)):
        parts += [f"## {graph.name.capitalize()}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {graph.start}"]
        parts += [f"    {source} --> {edge.target}: {edge.name}" for edge in graph.edges for source in edge.sources]
        parts += [f"    {state} --> [*]" for state in graph.final]
        parts += ["```", "", "| edge | to | because |", "| --- | --- | --- |"]
        parts += [f"| {edge.name} | {edge.target} | {edge.why} |" for edge in graph.edges] + [""]
    return "\n".join(parts)
