"""Rules of payments on plain values: state graphs as data, schedules, and which of Stripe’s events mean something."""

from station.payments.policies.cover import CARD, cover_within, fee_cover, fee_of, rate_in_force
from station.payments.policies.dispute import DISPUTE, DisputeEdge, blocks_refund, dispute_edge
from station.payments.policies.drawing import GRAPHS, draw
from station.payments.policies.graph import Edge, Graph, IllegalMove
from station.payments.policies.lines import BY_HAND, OTHER_SIDE, fee_kind
from station.payments.policies.months import (
    fiscal_year,
    is_month,
    month_bounds,
    month_days,
    month_name,
    month_of,
    next_month,
)
from station.payments.policies.payment import PAYMENT, PAYMENT_EVENTS, PaymentEdge
from station.payments.policies.payout import PAYOUT, PayoutEdge, payout_edge
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
from station.payments.policies.splitting import Share, nets, split_line
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
    "BY_HAND",
    "CARD",
    "DISPUTE",
    "FOLDED",
    "GRAPHS",
    "HOLDS",
    "HOOK",
    "LEAST_BETWEEN",
    "LIVE",
    "LONGEST_PAUSE",
    "OTHER_SIDE",
    "PAYMENT",
    "PAYMENT_EVENTS",
    "PAYOUT",
    "REFUND",
    "SUBSCRIPTION",
    "UNPAID",
    "WAYS",
    "DisputeEdge",
    "Edge",
    "Graph",
    "IllegalMove",
    "PaymentEdge",
    "PayoutEdge",
    "RefundEdge",
    "Refundable",
    "Share",
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
    "fee_kind",
    "fee_of",
    "fiscal_year",
    "half_each",
    "is_month",
    "may_ask",
    "month_bounds",
    "month_days",
    "month_name",
    "month_of",
    "monthly_cents",
    "nets",
    "next_charge",
    "next_month",
    "off_schedule",
    "payout_edge",
    "plus_months",
    "rate_in_force",
    "refund_edge",
    "refund_problem",
    "split",
    "split_line",
    "split_lines",
    "stock_value",
    "subscription_edge",
    "ten_thousandths",
    "tender_label",
]
