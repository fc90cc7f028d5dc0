"""The one place that changes the state of a refund or a dispute: with its ledger lines, event and announcement.

Every function here works inside the caller's transaction, on a payment and a row that the caller has locked.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.events import Subject
from station.core.money import Money
from station.payments import queries
from station.payments.facts import (
    DisputeClosed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentRefunded,
    RefundFailed,
)
from station.payments.models import Account, Dispute, DisputeState, Payment, Refund, RefundOrigin, RefundState
from station.payments.policies import DISPUTE, REFUND, DisputeEdge, RefundEdge, split_lines
from station.payments.policies.states.dispute import INQUIRY, OPEN
from station.payments.services.ledger import Line, post_lines, shares_of
from station.payments.services.moving import subjects
from station.payments.services.returns import work

REFUND_EVENTS = {
    RefundEdge.SUBMIT: "payments.refund.submitted",
    RefundEdge.SUCCEED: "payments.refund.succeeded",
    RefundEdge.FAIL: "payments.refund.failed",
    RefundEdge.CANCEL: "payments.refund.cancelled",
}
DISPUTE_EVENTS = {
    DisputeEdge.INQUIRE: "payments.dispute.inquired",
    DisputeEdge.REPLY: "payments.dispute.answered",
    DisputeEdge.DROP: "payments.dispute.closed",
    DisputeEdge.CHARGE_BACK: "payments.dispute.opened",
    DisputeEdge.ANSWER: "payments.dispute.answered",
    DisputeEdge.PREVENT: "payments.dispute.closed",
    DisputeEdge.WIN: "payments.dispute.won",
    DisputeEdge.LOSE: "payments.dispute.lost",
}


def about(payment: Payment, kind: str, row_id: UUID) -> list[Subject]:
    """What an event about a refund or a dispute is about: its payment, too."""
    return [Subject(kind, row_id), *subjects(payment)]


def book_refund(payment: Payment, refund: Refund, at: datetime) -> None:
    """The money of a refund has left us: in the ledger, once. Stripe keeps its fee."""
    if refund.booked:
        return
    away = Account.BANK if refund.origin is RefundOrigin.HAND else Account.STRIPE
    _post(payment, "refund", refund.id, at, {Account.REFUNDS: refund.amount_cents, away: -refund.amount_cents})
    refund.booked = True


def follow_refund(payment: Payment, refund: Refund, edge: RefundEdge, actor: Actor, why: str = "") -> bool:
    """Take an edge and record it; False where the graph has none. `why` is what Stripe says of a failure."""
    if not REFUND.may(refund.state, edge):
        return False
    before, now = refund.state, clock.now()
    if edge is RefundEdge.SUCCEED:
        book_refund(payment, refund, now)
        refund.succeeded_at = now
    refund.state, refund.updated_at = REFUND.move(before, edge), now
    refund.failure = why[:500]
    events.record(
        REFUND_EVENTS[edge],
        actor,
        about(payment, "refund", refund.id),
        {"amount": str(refund.amount), "reason": refund.reason.value, "why": why},
    )
    if edge is RefundEdge.SUCCEED:
        payment.refunded_cents += refund.amount_cents
        payment.updated_at = now
        announce(PaymentRefunded(payment.id, refund.id, refund.amount, refund.quiet))
        if payment.lost_cents:
            work.paid_twice(payment, Money(payment.lost_cents, payment.currency))
    elif edge in (RefundEdge.FAIL, RefundEdge.CANCEL):
        _came_to_nothing(payment, refund, before, why)
    return True


def _came_to_nothing(payment: Payment, refund: Refund, before: RefundState, why: str) -> None:
    if refund.booked:
        lines = {Account.REFUNDS: -refund.amount_cents, Account.STRIPE: refund.amount_cents}
        _post(payment, "refund_failed", refund.id, refund.updated_at, lines)
    came_back = before is RefundState.SUCCEEDED
    if came_back:
        payment.refunded_cents -= refund.amount_cents
        payment.updated_at = refund.updated_at
    work.refund_failed(payment, refund, came_back=came_back)
    if not queries.goes_back(payment.id):
        work.paid_once(payment)
    announce(RefundFailed(payment.id, refund.id, refund.amount, why, came_back, refund.quiet))


def book_movement(payment: Payment, movement_id: UUID, cents: int, fee_cents: int, at: datetime) -> None:
    """Money that a dispute moved at Stripe, and the fee apart from it: in the ledger, once a movement."""
    kind = "dispute_withdrawn" if cents < 0 else "dispute_reinstated"
    _post(payment, kind, movement_id, at, {Account.DISPUTED: -cents, Account.STRIPE: cents})
    _post(payment, "dispute_fee", movement_id, at, {Account.DISPUTE_FEES: fee_cents, Account.STRIPE: -fee_cents})


def follow_dispute(payment: Payment, dispute: Dispute, edge: DisputeEdge, actor: Actor) -> bool:
    """Take an edge, record and announce it; False where the graph has none."""
    if not DISPUTE.may(dispute.state, edge):
        return False
    before, now = dispute.state, clock.now()
    dispute.state, dispute.updated_at = DISPUTE.move(before, edge), now
    dispute.closed_at = None if dispute.state in OPEN else now
    events.record(
        DISPUTE_EVENTS[edge],
        actor,
        about(payment, "dispute", dispute.id),
        {"amount": str(dispute.amount), "reason": dispute.reason.replace("_", " ")},
    )
    payment.lost_cents = min(payment.amount_cents, queries.lost_cents(payment.id))
    payment.updated_at = now
    _tell(payment, dispute, before)
    return True


def _tell(payment: Payment, dispute: Dispute, before: DisputeState) -> None:
    """Announce what the packages above may care about: each taking of money once, and how it ended."""
    amount = dispute.amount
    if dispute.state in INQUIRY:
        if before is DisputeState.CREATED:
            announce(DisputeOpened(payment.id, dispute.id, amount, dispute.reason, inquiry=True))
        return
    if dispute.state in (DisputeState.WARNING_CLOSED, DisputeState.PREVENTED):
        announce(DisputeClosed(payment.id, dispute.id))
        return
    if before in INQUIRY:
        announce(DisputeOpened(payment.id, dispute.id, amount, dispute.reason, inquiry=False))
    if dispute.state is DisputeState.WON:
        announce(DisputeWon(payment.id, dispute.id, amount))
    elif dispute.state is DisputeState.LOST:
        announce(DisputeLost(payment.id, dispute.id, amount, dispute.reason))


def _post(payment: Payment, kind: str, row_id: UUID, at: datetime, lines: dict[Account, int]) -> None:
    if any(lines.values()):
        found = [Line(*line) for line in split_lines(list(lines.items()), shares_of(payment))]
        post_lines(kind, f"{kind}:{row_id}", at, payment.currency, found, payment.id)
