"""The state graph of a refund, and when there may be one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from station.core.graphs import Edge, Graph
from station.core.money import Money
from station.payments.models import PaymentState, RefundReason, Tender
from station.payments.models import RefundState as R


class RefundEdge(StrEnum):
    SUBMIT = "submit"
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


REFUND: Graph[R] = Graph(
    "refund",
    R,
    R.CREATED,
    (
        Edge(RefundEdge.SUBMIT, (R.CREATED,), R.PENDING, "Stripe has taken it on, and the bank has not"),
        Edge(RefundEdge.SUCCEED, (R.CREATED, R.PENDING), R.SUCCEEDED, "the money went out"),
        Edge(
            RefundEdge.FAIL,
            (R.CREATED, R.PENDING, R.SUCCEEDED),
            R.FAILED,
            "Stripe said no, or the donor's bank sent the money back, also long after it had gone out",
        ),
        Edge(RefundEdge.CANCEL, (R.CREATED, R.PENDING), R.CANCELLED, "called off before the money went out"),
    ),
)
# Of these states the money is spoken for: no other refund may have it.
SPOKEN_FOR = (R.CREATED, R.PENDING, R.SUCCEEDED)
STRIPES_REASONS = (RefundReason.REQUESTED, RefundReason.DUPLICATE, RefundReason.FRAUDULENT)
# docs.stripe.com/payments/ach-direct-debit#refunds: within 180 days of the payment
LATEST = {"us_bank_account": timedelta(days=180)}


def refund_edge(state: R, status: str) -> RefundEdge | None:
    """The edge from our state to what Stripe's `status` says (docs.stripe.com/api/refunds/object).

    `requires_action` is on its way, too: Stripe has asked the donor where the money shall go. None where we stand
    there already, or are past it: an older look changes nothing.
    """
    edges = {
        "pending": RefundEdge.SUBMIT,
        "requires_action": RefundEdge.SUBMIT,
        "succeeded": RefundEdge.SUCCEED,
        "failed": RefundEdge.FAIL,
        "canceled": RefundEdge.CANCEL,
    }
    edge = edges.get(status)
    return edge if edge and REFUND.may(state, edge) else None


@dataclass(frozen=True)
class Refundable:
    """What decides about a refund. `left` is what no other refund has; `disputed`: a bank has, or may take, the rest.

    `age` is that of the charge.
    """

    state: PaymentState
    tender: Tender
    method: str
    left: Money
    disputed: bool
    age: timedelta
    by_stripe: bool
    voided: bool = False


def refund_problem(found: Refundable, amount: Money) -> str:
    """Why this amount cannot be given back, for the person who asks; "" when it can."""
    if found.state is PaymentState.PROCESSING:
        return "The money is still at the donor's bank. Wait until it has settled, then refund it."
    if found.state is not PaymentState.SETTLED:
        return "No money came of this payment, so there is nothing to give back."
    if found.voided:
        return "This was taken out of the books: it was keyed by mistake, or the check came back."
    if found.disputed:
        return (
            "The donor's bank is taking this money back, or has done so. A refund on top would pay the donor twice. "
            "Answer the dispute instead."
        )
    if found.left.cents == 0:
        return "All of it has been given back already."
    if amount.currency != found.left.currency or amount.cents <= 0:
        return "Type an amount above zero."
    if amount.cents > found.left.cents:
        return f"At most {found.left} is left to give back."
    return stripe_problem(found) if found.by_stripe else ""


def stripe_problem(found: Refundable) -> str:
    """Why Stripe cannot send it back; "" when it can."""
    if found.tender is not Tender.STRIPE:
        return "This did not come through Stripe. Send the money yourself, then record it here."
    latest = LATEST.get(found.method)
    if latest and found.age > latest:
        return f"Stripe refunds a bank debit within {latest.days} days only. Send the money, then record it here."
    return ""
