"""Stored calls about a standing order: row first, then the call, the same again while its answer is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from station.core import clock
from station.core.db import db, transaction
from station.core.faults import point
from station.core.ids import new_id
from station.payments import queries
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.models import CallState, GatewayCall, Operation

Answer = TypeVar("Answer")
KEY_LIFE = timedelta(hours=24)  # docs.stripe.com/api/idempotent_requests: then Stripe forgets it


@dataclass(frozen=True)
class OrderCall:
    """A stored call as it will be sent, now or again: same key, same parameters."""

    id: UUID
    key: str
    params: dict[str, Any]


def outworn(what: str, params: dict[str, Any]) -> bool:
    """Whether the newest call under this key is unanswered and may not be sent again: for other parameters than those
    that are wanted now, or so old that Stripe has forgotten its key. Look at what it was about, then `give_up`."""
    call = _unanswered(what)
    return call is not None and (call.params != params or call.created_at < clock.now() - KEY_LIFE)


def give_up(what: str) -> None:
    """Close an unanswered call of which a look has found no trace, inside the caller's transaction: the next one has
    the next number."""
    call = _unanswered(what)
    if call is not None:
        call.state, call.error = CallState.REFUSED, "No answer came, and Stripe shows nothing of this call."


def _unanswered(what: str) -> GatewayCall | None:
    before = queries.calls_under(f"{what}:")
    return before[-1] if before and before[-1].state is CallState.SENDING else None


def write(order_id: UUID, operation: Operation, what: str, params: dict[str, Any]) -> OrderCall:
    """Write down a call about to be made, inside the caller's transaction, under its lock of the standing order.

    `what` is the key without its number. One that is still unanswered is the one to send again.
    """
    waits = _unanswered(what)
    if waits is not None:
        return OrderCall(waits.id, waits.key, dict(waits.params))
    call = GatewayCall(
        id=new_id(),
        key=f"{what}:{len(queries.calls_under(f'{what}:')) + 1}",
        subscription_id=order_id,
        operation=operation,
        params=params,
        state=CallState.SENDING,
        answer_id="",
        error="",
        created_at=clock.now(),
    )
    db.session().add(call)
    db.session().flush()
    return OrderCall(call.id, call.key, dict(call.params))


def make(call: OrderCall, ask: Callable[[], Answer], answer_id: Callable[[Answer], str]) -> Answer:
    """Make a stored call, between two transactions, and write down what came of it.

    Raises StripeUnavailable (the same again is safe) and StripeRefused. A key under which Stripe has stored a 5xx
    never does better: its call is closed, and the next one gets a new key.
    """
    db.session().rollback()  # no reading transaction stays open while Stripe answers
    point("payments.collecting:written")
    try:
        answer = ask()
    except StripeRefused as refusal:
        _note(call, CallState.REFUSED, str(refusal))
        raise
    except StripeUnavailable as failure:
        _note(call, CallState.REFUSED if failure.replayed else CallState.SENDING, str(failure))
        raise
    point("payments.collecting:made")
    _note(call, CallState.ANSWERED, "", answer_id(answer))
    return answer


def _note(call: OrderCall, state: CallState, error: str, answer_id: str = "") -> None:
    with transaction() as session:
        row = session.get_one(GatewayCall, call.id, with_for_update=True)
        if row.state is CallState.SENDING:
            row.state, row.error, row.answer_id = state, error[:2000], answer_id
            row.answered_at = clock.now() if state is CallState.ANSWERED else None
