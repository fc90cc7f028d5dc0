"""The state graph of a dispute, and what follows from one."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from station.core.graphs import Edge, Graph
from station.payments.models import DisputeState as D


class DisputeEdge(StrEnum):
    INQUIRE = "inquire"
    REPLY = "reply"
    DROP = "drop"
    CHARGE_BACK = "charge_back"
    ANSWER = "answer"
    PREVENT = "prevent"
    WIN = "win"
    LOSE = "lose"


INQUIRY = (D.CREATED, D.WARNING_NEEDS_RESPONSE, D.WARNING_UNDER_REVIEW)
AT_RISK = (D.NEEDS_RESPONSE, D.UNDER_REVIEW)  # the bank holds the money, and has not decided
OPEN = (*INQUIRY, *AT_RISK)
AWAITING_US = (D.WARNING_NEEDS_RESPONSE, D.NEEDS_RESPONSE)
DISPUTE: Graph[D] = Graph(
    "dispute",
    D,
    D.CREATED,
    (
        Edge(DisputeEdge.INQUIRE, (D.CREATED,), D.WARNING_NEEDS_RESPONSE, "the bank asks; no money has moved"),
        Edge(DisputeEdge.REPLY, INQUIRY[:2], D.WARNING_UNDER_REVIEW, "we answered the inquiry"),
        Edge(DisputeEdge.DROP, INQUIRY, D.WARNING_CLOSED, "the bank lets it rest"),
        Edge(DisputeEdge.CHARGE_BACK, INQUIRY, D.NEEDS_RESPONSE, "the bank takes the money and hears us"),
        Edge(DisputeEdge.ANSWER, (*INQUIRY, D.NEEDS_RESPONSE), D.UNDER_REVIEW, "our evidence is at the bank"),
        Edge(DisputeEdge.PREVENT, (*INQUIRY, D.NEEDS_RESPONSE), D.PREVENTED, "a refund came before the dispute"),
        Edge(DisputeEdge.WIN, (*OPEN, D.LOST), D.WON, "the money comes back, rarely after it was lost already"),
        Edge(DisputeEdge.LOSE, OPEN, D.LOST, "the donor keeps the money; a returned bank debit is lost at once"),
    ),
)
_EDGES = {
    "warning_needs_response": DisputeEdge.INQUIRE,
    "warning_under_review": DisputeEdge.REPLY,
    "warning_closed": DisputeEdge.DROP,
    "needs_response": DisputeEdge.CHARGE_BACK,
    "under_review": DisputeEdge.ANSWER,
    "prevented": DisputeEdge.PREVENT,
    "won": DisputeEdge.WIN,
    "lost": DisputeEdge.LOSE,
}
WARN_BEFORE = timedelta(days=3)
# A debit that came back for want of money says nothing against the next one; any other return ends the mandate
# (docs.stripe.com/payments/ach-direct-debit#disputed-payments).
MANDATE_LIVES = ("insufficient_funds",)
BANK_DEBITS = ("us_bank_account",)
# Visa's acquirer monitoring looks at merchants from 0.75 % on (docs.stripe.com/disputes/monitoring-programs); a few
# disputes among few charges say nothing.
ALARM = Fraction(75, 10_000)
FEWEST = 3
WINDOWS = (30, 60)  # days


def dispute_edge(state: D, status: str) -> DisputeEdge | None:
    """The edge from our state to what Stripe's `status` says; None where we stand there already, or are past it."""
    edge = _EDGES.get(status)
    return edge if edge and DISPUTE.may(state, edge) else None


def blocks_refund(state: D, refundable: bool) -> bool:
    """Whether a refund would pay the donor twice. An inquiry may be settled by one, and says so."""
    return state is D.LOST or (state in OPEN and not refundable)


def stops_recurring(method: str, reason: str) -> bool:
    """Whether a chargeback or a returned debit ends the recurring gift it is part of. An inquiry never does."""
    return method not in BANK_DEBITS or reason not in MANDATE_LIVES


def is_alarming(disputes: int, charges: int) -> bool:
    """Whether disputes are so many of the charges of the same days that the card networks take notice."""
    return disputes >= FEWEST and Fraction(disputes, max(charges, 1)) >= ALARM
