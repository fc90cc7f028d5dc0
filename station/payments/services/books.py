"""Settling: the payment's facts, its ledger lines and the announcement, once. Inside the caller's transaction."""

from __future__ import annotations

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.events import Subject
from station.core.money import Money
from station.payments import queries
from station.payments.facts import PaymentSettled
from station.payments.gateway import Charged
from station.payments.models import Account, CallState, Operation, Payment, PaymentKind, PaymentState
from station.payments.policies import PAYMENT, PaymentEdge
from station.payments.services import ledger
from station.payments.services.amounts import cover_of_charge, set_amount
from station.payments.services.moving import follow, subjects
from station.payments.services.returns.noticing import notice


def settle(payment: Payment, money: Charged, actor: Actor) -> str:
    """Bring the money of a charge into the books; returns "" when that is new, else why nothing was done.

    A payment that is over already keeps its state: its money becomes a work item, never a silent loss.
    """
    if payment.state is PaymentState.SETTLED and payment.charge == money.charge:
        notice(payment, money)
        return "" if record_fee(payment, money, actor) else "settled before"
    if (
        PAYMENT.is_final(payment.state)
        or money.currency != payment.currency
        or money.livemode is not payment.livemode
    ):
        unexpected_money(payment, money)
        return f"money that the payment does not expect: it is {payment.state}"
    _note_amount(payment, money)
    _answer_changes(payment, money)
    payment.payment_intent, payment.charge = money.payment_intent, money.charge
    payment.method, payment.method_label, payment.settled_at = money.method, money.method_label, money.charged_at
    payment.fingerprint = money.fingerprint
    follow(payment, PaymentEdge.SETTLE, actor, method=money.method_label)
    gross = money.amount_cents
    ledger.post("settled", payment, money.charged_at, {Account.STRIPE: gross, **ledger.credits_of(payment)})
    record_fee(payment, money, actor)
    announce(
        PaymentSettled(
            payment.id,
            payment.reference,
            payment.kind,
            payment.amount,
            payment.station_id,
            money.charged_at,
            money.method_label,
            payment.subscription_id,
            money.payer_name,
            money.payer_email,
        )
    )
    notice(payment, money)
    return ""


def _note_amount(payment: Payment, money: Charged) -> None:
    """The books hold what was charged, not what was asked, also of a standing order; a person learns of it."""
    if payment.amount_cents != money.amount_cents:
        open_work_item(
            "payments.amount",
            f"payments.amount:{payment.id}",
            Role.DEVELOPMENT,
            "A payment of another amount",
            f"Asked for {payment.amount}, charged {Money(money.amount_cents, money.currency)} ({money.charge}). "
            "The books hold what was charged.",
            Subject("payment", payment.id),
        )
        charged = Money(money.amount_cents, money.currency)
        cover_cents = cover_of_charge(payment, charged, money.charged_at.date())
        set_amount(payment, charged, cover_cents)
        order = queries.subscription_row(payment.subscription_id) if payment.subscription_id else None
        if order is not None and payment.kind is PaymentKind.FIRST:
            order.amount_cents, order.cover_cents = charged.cents, cover_cents


def _answer_changes(payment: Payment, money: Charged) -> None:
    """A change of the amount that nobody heard of again is answered by the charge: nothing comes after it."""
    for call in queries.calls_of(payment.id, Operation.CHANGE):
        if call.state is CallState.SENDING:
            call.state, call.answer_id, call.answered_at = CallState.ANSWERED, money.charge, clock.now()


def record_fee(payment: Payment, money: Charged, actor: Actor) -> bool:
    """Write Stripe's fee once it is known, once. False when there is nothing to write."""
    if payment.balance_transaction or not money.balance_transaction or money.fee_cents is None:
        return False
    if payment.charge is None or payment.charge != money.charge:
        return False
    payment.balance_transaction, payment.updated_at = money.balance_transaction, clock.now()
    if money.fee_currency != payment.currency or not 0 <= money.fee_cents <= payment.amount_cents:
        open_work_item(
            "payments.fee",
            f"payments.fee:{payment.id}",
            Role.DEVELOPMENT,
            "A fee that cannot be booked",
            f"Stripe took {money.fee_cents} of the smallest unit of {money.fee_currency.upper()} for a payment in "
            f"{payment.currency.upper()} ({money.balance_transaction}). It is not in the ledger.",
            Subject("payment", payment.id),
        )
        return True
    payment.fee_cents = money.fee_cents
    if money.fee_cents:
        ledger.post(
            "fee", payment, money.charged_at, {Account.FEES: money.fee_cents, Account.STRIPE: -money.fee_cents}
        )
        events.record(
            "payments.fee.recorded", actor, subjects(payment), {"fee": str(Money(money.fee_cents, payment.currency))}
        )
    return True


def unexpected_money(payment: Payment, money: Charged) -> None:
    """Stripe took money for a payment that is over: a person decides (give it back, or enter it by hand)."""
    open_work_item(
        "payments.unexpected_money",
        f"payments.unexpected_money:{money.charge}",
        Role.DEVELOPMENT,
        "Money for a payment that is over",
        f"Stripe charged {Money(money.amount_cents, money.currency)} ({money.charge}, {money.method_label}), but the "
        f"payment is {payment.state} with charge {payment.charge or 'none'}. Refund it at Stripe, or enter the gift.",
        Subject("payment", payment.id),
    )
