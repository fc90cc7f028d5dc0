"""Rules of payments on plain values: state graphs as data, schedules, and which of Stripe’s events mean something."""

from station.payments.policies.cover import CARD, cover_within, fee_cover, fee_of, rate_in_force
from station.payments.policies.dispute import DISPUTE, DisputeEdge, blocks_refund, dispute_edge
from station.payments.policies.drawing import GRAPHS, draw
from station.payments.policies.graph import Edge, Graph, IllegalMove
from station.payments.policies.payment import PAYMENT, PAYMENT_EVENTS, PaymentEdge
from station.payments.policies.refund import REFUND, Refundable, RefundEdge, refund_edge, refund_problem
from station.payments.policies.schedule import (
    LEAST_BETWEEN,
    LONGEST_PAUSE,
    charge_instant,
    day_in,
    monthly_cents,
    next_charge,
    off_schedule,
    plus_months,
)
from station.payments.policies.split import half_each, split, split_lines
from station.payments.policies.stripe_events import ALONE, FOLDED, HOOK, Thing
from station.payments.policies.subscription import (
    LIVE,
    SUBSCRIPTION,
    UNPAID,
    Standing,
    SubscriptionEdge,
    may_ask,
    subscription_edge,
)
from station.payments.policies.tender import HOLDS, WAYS, decimal, stock_value, ten_thousandths, tender_label

__all__ = [
    "ALONE",
    "CARD",
    "DISPUTE",
    "FOLDED",
    "GRAPHS",
    "HOLDS",
    "HOOK",
    "LEAST_BETWEEN",
    "LIVE",
    "LONGEST_PAUSE",
    "PAYMENT",
    "PAYMENT_EVENTS",
    "REFUND",
    "SUBSCRIPTION",
    "UNPAID",
    "WAYS",
    "DisputeEdge",
    "Edge",
    "Graph",
    "IllegalMove",
    "PaymentEdge",
    "RefundEdge",
    "Refundable",
    "Standing",
    "SubscriptionEdge",
    "Thing",
    "blocks_refund",
    "charge_instant",
    "cover_within",
    "day_in",
    "decimal",
    "dispute_edge",
    "draw",
    "fee_cover",
    "fee_of",
    "half_each",
    "may_ask",
    "monthly_cents",
    "next_charge",
    "off_schedule",
    "plus_months",
    "rate_in_force",
    "refund_edge",
    "refund_problem",
    "split",
    "split_lines",
    "stock_value",
    "subscription_edge",
    "ten_thousandths",
    "tender_label",
]
