"""A refund, as it is now."""

from __future__ import annotations

from station.core import clock, events
from station.core.actor import STRIPE, Actor
from station.core.db import db
from station.core.ids import new_id
from station.payments import queries
from station.payments.gateway import RefundSeen
from station.payments.models import CallState, Payment, Refund, RefundOrigin, RefundReason, RefundState
from station.payments.policies import refund_edge
from station.payments.policies.states.refund import STRIPES_REASONS
from station.payments.services.folding.outcome import Outcome, told, unknown
from station.payments.services.returns import moving, work


def fold_refund(found: RefundSeen, actor: Actor = STRIPE) -> Outcome:
    """A refund: ours by Stripe's id, else by the id of ours that it carries; any other one is adopted as a row."""
    payment = queries.lock_payment_of_charge(found.of.charge, found.of.payment_intent)
    if payment is None:
        return unknown(found.of)
    refund = _row(payment, found) or _adopt(payment, found)
    refund.stripe_refund = found.id
    _answer(refund, found)
    if found.moved:
        moving.book_refund(payment, refund, found.created_at)
    refund.balance_transaction = refund.balance_transaction or found.balance_transaction
    refund.failure_balance_transaction = refund.failure_balance_transaction or found.failure_balance_transaction
    edge = refund_edge(refund.state, found.status)
    changed = edge is not None and moving.follow_refund(payment, refund, edge, actor, found.failure)
    return told(payment, changed, f"the refund is {found.status}").answering(found.id)


def _row(payment: Payment, found: RefundSeen) -> Refund | None:
    known = queries.refund_of_stripe(found.id)
    row_id = known.id if known else found.ours
    row = queries.lock_refund(row_id) if row_id else None
    if row is None or row.payment_id != payment.id or row.stripe_refund not in (None, found.id):
        return None
    return row


def _adopt(payment: Payment, found: RefundSeen) -> Refund:
    """The row of a refund that somebody made in Stripe's dashboard."""
    now = clock.now()
    reasons = {reason.value: reason for reason in STRIPES_REASONS}
    refund = Refund(
        id=new_id(),
        payment_id=payment.id,
        state=RefundState.CREATED,
        origin=RefundOrigin.STRIPE,
        reason=reasons.get(found.reason, RefundReason.OTHER),
        note="Made in Stripe's dashboard",
        quiet=False,
        amount_cents=found.amount_cents,
        currency=found.currency,
        booked=False,
        stripe_refund=found.id,
        sent_as="",
        failure="",
        asked_by="Stripe's dashboard",
        created_at=now,
        updated_at=now,
    )
    db.session().add(refund)
    db.session().flush()
    subjects = moving.about(payment, "refund", refund.id)
    events.record("payments.refund.adopted", STRIPE, subjects, {"amount": str(refund.amount), "stripe": found.id})
    work.adopted(payment, refund)
    return refund


def _answer(refund: Refund, found: RefundSeen) -> None:
    """Stripe's refund tells what an unanswered call did."""
    for call in queries.calls_under(f"refund:{refund.id}:"):
        if call.state is CallState.SENDING:
            call.state, call.answer_id, call.answered_at = CallState.ANSWERED, found.id, clock.now()
