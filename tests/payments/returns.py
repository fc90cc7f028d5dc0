"""Words of the tests about money that goes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.core.actor import Actor, ActorKind
from station.core.db import db
from station.core.money import Money
from station.payments import queries
from station.payments.models import (
    Dispute,
    DisputeState,
    LedgerEntry,
    LedgerTransaction,
    Refund,
    RefundReason,
    RefundState,
)
from station.payments.services import ask_refund, send_refund, start_checkout
from tests.payments.parts import PAGE, opened, row_of, session_of

BEA = Actor(ActorKind.COMMAND, "Bea at the desk")
Outbox = Callable[[], int]


def paid(house: Any, sandbox: Handle, outbox: Outbox, *, monthly: bool = False, card: str = "") -> UUID:
    """A settled payment of $15.00."""
    payment_id = opened(house, monthly)
    start_checkout(payment_id, PAGE)
    assert sandbox.pay(session_of(payment_id), **({"card": card} if card else {})) is None
    hear(sandbox, outbox)
    return payment_id


def paid_by_bank(house: Any, sandbox: Handle, outbox: Outbox, *, monthly: bool = False) -> UUID:
    payment_id = opened(house, monthly)
    start_checkout(payment_id, PAGE)
    assert sandbox.pay_by_bank(session_of(payment_id)) is None
    hear(sandbox, outbox)
    sandbox.settle_debits()
    hear(sandbox, outbox)
    return payment_id


def hear(sandbox: Handle, outbox: Outbox) -> None:
    """Let Stripe's events come, and be applied."""
    sandbox.deliver_now()
    outbox()


def charge_of(payment_id: UUID) -> str:
    found = row_of(payment_id).charge
    assert found is not None
    return found


def asked(payment_id: UUID, cents: int = 1500, reason: RefundReason = RefundReason.REQUESTED) -> UUID:
    """The row of a refund, and nothing of Stripe yet."""
    return ask_refund(payment_id, Money(cents), reason, "They called.", BEA)


def refunded(payment_id: UUID, cents: int = 1500) -> UUID:
    refund_id = asked(payment_id, cents)
    send_refund(refund_id)
    return refund_id


def refund_state(refund_id: UUID) -> RefundState:
    db.session.rollback()
    found = queries.refund(refund_id)
    assert found is not None
    return found.state


def stripe_refund(refund_id: UUID) -> str:
    """Stripe's id of a refund."""
    db.session.rollback()
    found = db.session().get_one(Refund, refund_id).stripe_refund
    assert found is not None
    return found


def the_refunds(payment_id: UUID) -> list[tuple[int, str, str]]:
    db.session.rollback()
    return [(each.amount.cents, each.state.value, each.origin.value) for each in queries.refunds_of(payment_id)]


def the_dispute(payment_id: UUID) -> queries.DisputeView:
    db.session.rollback()
    (found,) = queries.disputes_of(payment_id)
    return found


def dispute_states() -> list[DisputeState]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(Dispute.state)))


def balances(payment_id: UUID) -> dict[str, int]:
    """What each account holds of a payment, in cents; empty ones are left out."""
    db.session.rollback()
    rows = db.session().execute(
        sa.select(LedgerEntry.account, sa.func.sum(LedgerEntry.amount_cents))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.payment_id == payment_id)
        .group_by(LedgerEntry.account)
    )
    return {account.value: int(cents) for account, cents in rows if cents}


def moved(payment_id: UUID) -> list[str]:
    """The kinds of a payment's ledger transactions, sorted; each as often as it was booked."""
    db.session.rollback()
    kinds = sa.select(LedgerTransaction.kind).where(LedgerTransaction.payment_id == payment_id)
    return sorted(db.session().scalars(kinds))
