"""Our word on a dispute: evidence for the bank, or acceptance of the loss. Both are final, so a person says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.faults import point
from station.core.ids import new_id
from station.payments import gateway, queries
from station.payments.gateway import DisputeSeen, StripeRefused
from station.payments.models import CallState, Dispute, GatewayCall, Operation
from station.payments.policies.states.dispute import AWAITING_US
from station.payments.services.folding.disputes import fold_dispute
from station.payments.services.returns import moving

SAID = {Operation.ANSWER: "payments.dispute.answering", Operation.ACCEPT: "payments.dispute.accepting"}


class DisputeOver(Exception):
    """The dispute awaits no answer of ours (any more)."""


def answer_dispute(dispute_id: UUID, evidence: Mapping[str, str], reason: str, actor: Actor) -> None:
    """Send evidence to the bank; the fields are Stripe's. An unanswered call is repeated as it was.

    Raises DisputeOver, StripeRefused (nothing was sent), or StripeUnavailable while it is unknown whether it arrived.
    """
    _say(dispute_id, Operation.ANSWER, {"evidence": dict(evidence), "submit": True}, reason, actor)


def accept_dispute(dispute_id: UUID, reason: str, actor: Actor) -> None:
    """Accept that the money is lost. Raises like `answer_dispute`."""
    _say(dispute_id, Operation.ACCEPT, {}, reason, actor)


def _say(dispute_id: UUID, operation: Operation, params: dict[str, Any], reason: str, actor: Actor) -> None:
    key, stripe_id, stored = _prepare(dispute_id, operation, params, reason, actor)
    db.session().rollback()
    point("payments.dispute:written")
    try:
        found = _send(operation, stripe_id, stored, key)
        point("payments.dispute:made")
    except StripeRefused as refusal:
        with transaction():
            for call in queries.calls_under(key):
                call.state, call.error = CallState.REFUSED, str(refusal)[:2000]
        raise
    with transaction():
        fold_dispute(found)
        for call in queries.calls_under(key):
            call.state, call.answer_id, call.answered_at = CallState.ANSWERED, found.id, clock.now()


def _send(operation: Operation, stripe_id: str, params: dict[str, Any], key: str) -> DisputeSeen:
    if operation is Operation.ANSWER:
        return gateway.answer_dispute(stripe_id, params, key)
    return gateway.accept_dispute(stripe_id, params, key)


def _prepare(
    dispute_id: UUID, operation: Operation, params: dict[str, Any], reason: str, actor: Actor
) -> tuple[str, str, dict[str, Any]]:
    """The call, written first: its key, the dispute at Stripe, its parameters. An unanswered one goes again."""
    with transaction():
        found = queries.dispute(dispute_id)
        payment = queries.lock_payment(found.payment_id) if found else None
        dispute = queries.lock_dispute(dispute_id)
        if payment is None or dispute is None or dispute.state not in AWAITING_US:
            raise DisputeOver("This dispute awaits no answer any more.")
        calls = queries.calls_under(f"dispute:{dispute.id}:")
        if calls and calls[-1].state is CallState.SENDING and calls[-1].operation == operation:
            return calls[-1].key, dispute.stripe_dispute, dict(calls[-1].params)
        call = _write(dispute, operation, params, len(calls) + 1)
        about = moving.about(payment, "dispute", dispute.id)
        events.record(SAID[operation], actor, about, {"amount": str(dispute.amount), "reason": reason})
        return call.key, dispute.stripe_dispute, params


def _write(dispute: Dispute, operation: Operation, params: dict[str, Any], attempt: int) -> GatewayCall:
    call = GatewayCall(
        id=new_id(),
        key=f"dispute:{dispute.id}:{attempt}",
        payment_id=dispute.payment_id,
        operation=operation,
        params=params,
        state=CallState.SENDING,
        answer_id="",
        error="",
        created_at=clock.now(),
    )
    db.session().add(call)
    return call
