"""The state graph of a payout (docs.stripe.com/api/payouts/object#payout_object-status)."""

from __future__ import annotations

from enum import StrEnum

from station.core.graphs import Edge, Graph
from station.payments.models import PayoutState as P


class PayoutEdge(StrEnum):
    SEND = "send"
    PAY = "pay"
    FAIL = "fail"
    CANCEL = "cancel"


PAYOUT: Graph[P] = Graph(
    "payout",
    P,
    P.PENDING,
    (
        Edge(PayoutEdge.SEND, (P.PENDING,), P.IN_TRANSIT, "Stripe gave it to the bank"),
        Edge(PayoutEdge.PAY, (P.PENDING, P.IN_TRANSIT), P.PAID, "it is at the bank, as far as Stripe knows"),
        Edge(
            PayoutEdge.FAIL,
            (P.PENDING, P.IN_TRANSIT, P.PAID),
            P.FAILED,
            "the bank sent it back, also after it was paid: the deposit is undone",
        ),
        Edge(PayoutEdge.CANCEL, (P.PENDING, P.IN_TRANSIT), P.CANCELED, "cancelled before the bank had it"),
    ),
)
EDGES: dict[str, PayoutEdge] = {
    P.IN_TRANSIT: PayoutEdge.SEND,
    P.PAID: PayoutEdge.PAY,
    P.FAILED: PayoutEdge.FAIL,
    P.CANCELED: PayoutEdge.CANCEL,
}


def payout_edge(state: P, status: str) -> PayoutEdge | None:
    """The edge from our state to what Stripe's `status` says; None where we stand there, or have gone on since."""
    edge = EDGES.get(status)
    return edge if edge and PAYOUT.may(state, edge) else None
