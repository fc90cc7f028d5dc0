"""Rules of payments on plain values: the state graphs as data, and which of Stripe's events mean something to us."""

from station.payments.policies.drawing import GRAPHS, draw
from station.payments.policies.graph import Edge, Graph, IllegalMove
from station.payments.policies.payment import PAYMENT, PaymentEdge
from station.payments.policies.stripe_events import FOLDED, HOOK, Thing
from station.payments.policies.subscription import SUBSCRIPTION, SubscriptionEdge, subscription_edge

__all__ = [
    "FOLDED",
    "GRAPHS",
    "HOOK",
    "PAYMENT",
    "SUBSCRIPTION",
    "Edge",
    "Graph",
    "IllegalMove",
    "PaymentEdge",
    "SubscriptionEdge",
    "Thing",
    "draw",
    "subscription_edge",
]
