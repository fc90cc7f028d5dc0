"""Stored calls about a standing order: row first, then the call, the same again while its answer is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class OrderCall:
    """A stored call as it will be sent, now or again: same key, same parameters."""

    id: UUID
    key: str
    params: dict[str, Any]


def write(order_id: UUID, operation: Operation, what: str, params: dict[str, Any]) -> OrderCall:
    """Write down a call about to be made, inside the caller's transaction, under its lock of the standing order.

    `what` is the key without its number. One that is still unanswered is the one to send again.
    """
    before = queries.calls_under(f"{what}:")
    if before and before[-1].state is CallState.SENDING:
        return OrderCall(before[-1].id, before[-1].key, dict(before[-1].params))
    call = GatewayCall(
        id=new_id(),
        key=f"{what}:{len(before) + 1}",
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
