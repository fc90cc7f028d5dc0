"""What was keyed by mistake, and checks that bounced: taken back by lines of their own, never deleted."""

from __future__ import annotations

from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.payments import queries
from station.payments.models import Account, Payment, Tender, Tie
from station.payments.policies import HOLDS
from station.payments.queries.payouts import balance
from station.payments.services import ledger
from station.payments.services.moving import subjects


class CannotUndo(Exception):
    """Why a payment stays as it is, in a sentence for the desk."""


def void_payment(payment_id: UUID, reason: str, actor: Actor) -> None:
    """Take back a payment that was keyed by mistake. Joins the caller's transaction.

    Raises CannotUndo for one that Stripe or an import brought, that is at the bank, or that was taken back before.
    """
    with transaction():
        payment = _locked(payment_id)
        facts = queries.tendered(payment_id)
        if facts is not None and facts.deposit_id is not None:
            raise CannotUndo("It went to the bank with a deposit. If the check bounced, say so instead.")
        _take_back(payment, HOLDS[payment.tender], "void")
        said = {"amount": str(payment.amount), "reason": reason}
        events.record("payments.payment.voided", actor, subjects(payment), said)


def bounce_check(payment_id: UUID, reason: str, actor: Actor) -> None:
    """A deposited check came back: its money leaves the bank again. Joins the caller's transaction.

    Raises CannotUndo unless it is a check that was deposited.
    """
    with transaction():
        payment = _locked(payment_id)
        facts = queries.tendered(payment_id)
        if payment.tender is not Tender.CHECK or facts is None or facts.deposit_id is None:
            raise CannotUndo("Only a check that was deposited can bounce. Void it instead.")
        _take_back(payment, Account.BANK, "bounced")
        said = {"amount": str(payment.amount), "number": facts.number, "reason": reason}
        events.record("payments.check.bounced", actor, subjects(payment), said)


def _locked(payment_id: UUID) -> Payment:
    payment = queries.lock_payment(payment_id)
    if payment is None or payment.tender not in HOLDS:
        raise CannotUndo("This payment came by Stripe or with an import. It is taken back there.")
    if payment.voided_at is not None:
        raise CannotUndo("It was taken back before.")
    if balance.is_tied(Tie.PAYMENT, payment_id):
        raise CannotUndo("A line of Stripe's balance is tied to it: say first, at Payouts, what else that line is.")
    return payment


def _take_back(payment: Payment, stands_in: Account, kind: str) -> None:
    payment.voided_at = payment.updated_at = clock.now()
    given = {account: -cents for account, cents in ledger.credits_of(payment).items()}
    ledger.post(kind, payment, clock.now(), {stands_in: -payment.amount_cents, **given})
