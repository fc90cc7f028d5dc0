"""Having Stripe make a refund: the stored call, between two transactions, until what it did is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from station.core import clock
from station.core.actor import STRIPE
from station.core.db import db, transaction
from station.core.faults import point
from station.core.ids import new_id, public_id
from station.payments import gateway, queries
from station.payments.gateway import NAMESPACE, PAYMENT_PREFIX, REFUND_PREFIX, StripeRefused, StripeUnavailable
from station.payments.models import CallState, GatewayCall, Operation, Payment, Refund, RefundOrigin, RefundState
from station.payments.policies import RefundEdge, blocks_refund
from station.payments.policies.states.refund import STRIPES_REASONS
from station.payments.services.folding.refunds import fold_refund
from station.payments.services.returns import moving

KEY_LIVES = timedelta(hours=24)  # docs.stripe.com/api/idempotent_requests: then Stripe forgets it
TRIES = 2


@dataclass(frozen=True)
class RefundCall:
    """A stored call: the same key and parameters, now or again. `fresh`: Stripe still knows what its key did."""

    id: UUID
    key: str
    payment_id: UUID
    refund_id: UUID
    charge: str
    params: dict[str, Any]
    fresh: bool


def send_refund(refund_id: UUID) -> RefundState:
    """Have Stripe make a refund that was asked for; where it stands then. Again changes nothing.

    A call without an answer is repeated under its key; when that key cannot tell any more, Stripe is asked for a
    refund that carries our id, and only when there is none a new call is made. Raises StripeUnavailable while what
    was done is unknown.
    """
    for _ in range(TRIES):
        call = _prepare(refund_id)
        if call is None:
            break
        _make(call)
    row = queries.refund(refund_id)
    assert row is not None  # noqa: S101  # refunds are never deleted
    return row.state


def _prepare(refund_id: UUID) -> RefundCall | None:
    """Under the payment's lock: the call to make, a new one or an unanswered; None when there is none to make."""
    with transaction():
        found = queries.refund(refund_id)
        payment = queries.lock_payment(found.payment_id) if found else None
        refund = queries.lock_refund(refund_id)
        if refund is None or payment is None or not _unsent(refund):
            return None
        refund.updated_at = clock.now()
        calls = queries.calls_under(f"refund:{refund.id}:")
        if calls and calls[-1].state is CallState.SENDING:
            return _as_sent(calls[-1], refund, payment)
        if any(blocks_refund(each.state, False) for each in queries.disputes_of(payment.id) if not each.inquiry):
            why = "The donor's bank disputed the payment before the refund was made."
            moving.follow_refund(payment, refund, RefundEdge.CANCEL, STRIPE, why)
            return None
        call = _write(payment, refund, len(calls) + 1)
        return _as_sent(call, refund, payment)


def _unsent(refund: Refund) -> bool:
    made = refund.stripe_refund is not None or refund.origin is not RefundOrigin.DESK
    return refund.state is RefundState.CREATED and not made


def _write(payment: Payment, refund: Refund, attempt: int) -> GatewayCall:
    ours = {
        "namespace": NAMESPACE,
        "payment": public_id(PAYMENT_PREFIX, payment.id),
        "refund": public_id(REFUND_PREFIX, refund.id),
    }
    params: dict[str, Any] = {"charge": payment.charge, "amount": refund.amount_cents, "metadata": ours}
    if refund.reason in STRIPES_REASONS:
        params["reason"] = refund.reason.value
    call = GatewayCall(
        id=new_id(),
        key=f"refund:{refund.id}:{attempt}",
        payment_id=payment.id,
        operation=Operation.REFUND,
        params=params,
        state=CallState.SENDING,
        answer_id="",
        error="",
        created_at=clock.now(),
    )
    db.session().add(call)
    db.session().flush()
    return call


def _as_sent(call: GatewayCall, refund: Refund, payment: Payment) -> RefundCall:
    fresh = call.created_at > clock.now() - KEY_LIVES
    return RefundCall(call.id, call.key, payment.id, refund.id, payment.charge or "", dict(call.params), fresh)


def _make(call: RefundCall) -> None:
    """One call and what comes of it. Raises StripeUnavailable while that is unknown."""
    db.session().rollback()  # no reading transaction stays open either while Stripe answers
    point("payments.refund:written")
    if not call.fresh:
        _look(call)
        return
    try:
        made = gateway.create_refund(call.params, call.key)
        point("payments.refund:made")
    except StripeRefused as refusal:
        _refused(call, str(refusal))
        return
    except StripeUnavailable as failure:
        _note(call, CallState.SENDING, str(failure))
        if not failure.replayed:
            raise
        _look(call)
        return
    with transaction():
        fold_refund(made)
    point("payments.refund:answered")


def _look(call: RefundCall) -> None:
    """The key tells nothing any more: has Stripe a refund with our id? If not, the next call has a key of its own."""
    made = [each for each in gateway.refunds_of(call.charge) if each.ours == call.refund_id]
    if not made:
        _note(call, CallState.REFUSED, "Stripe has no refund that carries our id.")
        return
    with transaction():
        fold_refund(made[0])


def _refused(call: RefundCall, why: str) -> None:
    """Stripe said no, and moved nothing."""
    with transaction():
        payment, refund = queries.lock_payment(call.payment_id), queries.lock_refund(call.refund_id)
        if payment is not None and refund is not None and _unsent(refund):
            _close(call, CallState.REFUSED, why)
            moving.follow_refund(payment, refund, RefundEdge.FAIL, STRIPE, why)


def _note(call: RefundCall, state: CallState, error: str) -> None:
    with transaction():
        queries.lock_payment(call.payment_id)
        _close(call, state, error)


def _close(call: RefundCall, state: CallState, error: str) -> None:
    row = db.session().get_one(GatewayCall, call.id)
    if row.state is CallState.SENDING:
        row.state, row.error = state, error[:2000]
