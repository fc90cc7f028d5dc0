"""Refunds that take a second person: above a limit, one asks and another one decides, and then they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from station.accounts.places import Approved
from station.accounts.services import AlreadyAsked, ApprovalStale, ask_approval
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.money import Money
from station.core.runtime import settings
from station.payments import queries
from station.payments.models import RefundReason
from station.payments.policies import refund_problem
from station.payments.services.returns.asking import A_MOMENT, RefundRefused, ask_refund, record_refund

ONE = "payments.refund"
MANY = "payments.refund_many"
AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class RefundWish:
    """What somebody asks to give back of a payment. `sent_as` says how money was sent by hand; else Stripe sends."""

    payment_id: UUID
    amount: Money
    reason: RefundReason
    note: str
    sent_as: str = ""


def wish_refund(wish: RefundWish, actor: Actor) -> UUID | None:
    """Ask for a refund, or for a second person where the payment's refunds pass the limit; the refund's id, or None.

    Raises RefundRefused.
    """
    with transaction():
        payment = queries.lock_payment(wish.payment_id)
        if payment is None:
            raise RefundRefused("There is no such payment.")
        found = queries.refundable(payment, by_stripe=not wish.sent_as)
        problem = refund_problem(found, wish.amount)
        if problem:
            raise RefundRefused(problem)
        if payment.amount_cents - found.left.cents + wish.amount.cents <= limit().cents:
            return _make(wish, actor)
        asks = f"Refund {wish.amount} of a payment of {payment.amount}"
        data = {"reason": wish.reason.value, "sent_as": wish.sent_as}
        _ask(ONE, asks, payment.id, wish.note, actor, wish.amount, data)
        return None


def wish_refunds(like: UUID, payments: Sequence[UUID], note: str, actor: Actor) -> int | None:
    """Give back everything that is left of several payments, telling nobody; how many, None where it takes a second.

    `like` is the payment that the others are like. What cannot be given back is left out. Raises RefundRefused when
    that is all of them.
    """
    with transaction():
        able = refundable_of(payments)
        amount = sum(able.values(), Money(0))
        if not able:
            raise RefundRefused("None of these payments can be given back.")
        if amount <= limit():
            return _make_many(able, note, actor)
        asks = f"Refund {len(able)} payments that look like stolen cards, {amount} in all"
        _ask(MANY, asks, like, note, actor, amount, {"payments": [str(payment_id) for payment_id in able]})
        return None


def refundable_of(payments: Sequence[UUID]) -> dict[UUID, Money]:
    """Those of some payments that Stripe can give back, each with what is left of it."""
    found = {}
    for payment_id in payments:
        row = queries.payment_row(payment_id)
        able = queries.refundable(row, by_stripe=True) if row else None
        if able is not None and not refund_problem(able, able.left):
            found[payment_id] = able.left
    return found


def limit() -> Money:
    """Up to how much one person alone gives back of a payment."""
    return Money(settings().refund_limit * 100)


def carry_out_one(approved: Approved, decider: Actor) -> None:
    """The second person said yes to a refund. Raises ApprovalStale when it cannot be made any more."""
    assert approved.amount is not None  # noqa: S101  # every refund has one
    reason, sent_as = RefundReason(approved.data["reason"]), approved.data["sent_as"]
    wish = RefundWish(approved.subject.id, approved.amount, reason, approved.reason, sent_as)
    try:
        _make(wish, decider, wait=AT_ONCE)
    except RefundRefused as refusal:
        raise ApprovalStale(str(refusal)) from refusal


def carry_out_many(approved: Approved, decider: Actor) -> None:
    """The second person said yes to many. Those that cannot be made any more are left out; ApprovalStale if all."""
    able = refundable_of([UUID(each) for each in approved.data["payments"]])
    if not able:
        raise ApprovalStale("None of these payments can be given back any more.")
    _make_many(able, approved.reason, decider)


def _ask(
    kind: str, asks: str, payment_id: UUID, note: str, actor: Actor, amount: Money, data: Mapping[str, Any]
) -> None:
    try:
        ask_approval(kind, asks, Subject("payment", payment_id), note, actor, amount=amount, data=data)
    except AlreadyAsked as error:
        raise RefundRefused(str(error)) from error


def _make(wish: RefundWish, actor: Actor, wait: timedelta = A_MOMENT) -> UUID:
    if wish.sent_as:
        return record_refund(wish.payment_id, wish.amount, wish.reason, wish.note, wish.sent_as, actor)
    return ask_refund(wish.payment_id, wish.amount, wish.reason, wish.note, actor, wait=wait)


def _make_many(payments: Mapping[UUID, Money], note: str, actor: Actor) -> int:
    for payment_id, amount in payments.items():
        ask_refund(payment_id, amount, RefundReason.FRAUDULENT, note, actor, quiet=True, wait=AT_ONCE)
    return len(payments)
