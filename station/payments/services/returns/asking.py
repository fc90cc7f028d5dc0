"""Asking for a refund: the row first. Stripe is called by `sending`, or not at all for money that somebody sent."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.money import Money
from station.core.outbox import Job, Queue, enqueue
from station.payments import queries
from station.payments.models import Payment, Refund, RefundOrigin, RefundReason, RefundState
from station.payments.policies import RefundEdge, refund_problem
from station.payments.services.returns import moving

SEND_REFUND = Job("payments.send_refund", Queue.MONEY, attempts=20)
A_MOMENT = timedelta(seconds=30)  # in which the person who asked has Stripe called themselves


class RefundRefused(Exception):
    """Why there can be no such refund, in words for the person who asks. Nothing was written."""


def ask_refund(
    payment_id: UUID,
    amount: Money,
    reason: RefundReason,
    note: str,
    actor: Actor,
    *,
    quiet: bool = False,
    wait: timedelta = A_MOMENT,
) -> UUID:
    """Write the row of a refund that Stripe shall make, and the job that sees to it; returns its id.

    Joins the caller's transaction. With `quiet` the donor is told nothing; the job runs after `wait`. Raises
    RefundRefused.
    """
    with transaction():
        payment = _payment(payment_id, amount, by_stripe=True)
        refund = _open(payment, RefundOrigin.DESK, amount, reason, note, actor, quiet=quiet)
        about = moving.about(payment, "refund", refund.id)
        events.record("payments.refund.asked", actor, about, _said(refund))
        enqueue(SEND_REFUND, key=str(refund.id), run_at=clock.now() + wait, refund_id=str(refund.id))
        return refund.id


def record_refund(
    payment_id: UUID, amount: Money, reason: RefundReason, note: str, sent_as: str, actor: Actor
) -> UUID:
    """Write down a refund that somebody sent by hand (`sent_as`: check 1042); returns its id. It is done with that.

    For checks, cash and stock, and for what Stripe cannot send back any more. Raises RefundRefused.
    """
    with transaction():
        payment = _payment(payment_id, amount, by_stripe=False)
        refund = _open(payment, RefundOrigin.HAND, amount, reason, note, actor, sent_as=sent_as)
        moving.follow_refund(payment, refund, RefundEdge.SUCCEED, actor)
        return refund.id


def _payment(payment_id: UUID, amount: Money, *, by_stripe: bool) -> Payment:
    """The payment, locked, when this amount can be given back. Raises RefundRefused."""
    payment = queries.lock_payment(payment_id)
    if payment is None:
        raise RefundRefused("There is no such payment.")
    problem = refund_problem(queries.refundable(payment, by_stripe=by_stripe), amount)
    if problem:
        raise RefundRefused(problem)
    return payment


def _open(
    payment: Payment,
    origin: RefundOrigin,
    amount: Money,
    reason: RefundReason,
    note: str,
    actor: Actor,
    *,
    quiet: bool = False,
    sent_as: str = "",
) -> Refund:
    now = clock.now()
    refund = Refund(
        id=new_id(),
        payment_id=payment.id,
        state=RefundState.CREATED,
        origin=origin,
        reason=reason,
        note=note.strip()[:500],
        quiet=quiet,
        amount_cents=amount.cents,
        currency=amount.currency,
        booked=False,
        sent_as=sent_as.strip()[:80],
        failure="",
        asked_by=actor.label[:200],
        created_at=now,
        updated_at=now,
    )
    db.session().add(refund)
    db.session().flush()
    return refund


def _said(refund: Refund) -> dict[str, str]:
    return {"amount": str(refund.amount), "reason": refund.reason.value, "note": refund.note}
