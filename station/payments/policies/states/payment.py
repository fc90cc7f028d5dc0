"""The state graph of a payment.

A settled payment stays settled: what comes after it (a refund, a dispute) is a row with a graph of its own.
"""

from __future__ import annotations

from enum import StrEnum

from station.core.graphs import Edge, Graph
from station.payments.models import PaymentState as P


class PaymentEdge(StrEnum):
    OPEN = "open"
    PROCESS = "process"
    SETTLE = "settle"
    FAIL = "fail"
    EXPIRE = "expire"


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
# what our own log calls each move
PAYMENT_EVENTS = {
    PaymentEdge.OPEN: "payments.checkout.opened",
    PaymentEdge.PROCESS: "payments.payment.processing",
    PaymentEdge.SETTLE: "payments.payment.settled",
    PaymentEdge.FAIL: "payments.payment.failed",
    PaymentEdge.EXPIRE: "payments.payment.expired",
}
