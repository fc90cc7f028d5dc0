"""What sessions and invoices share: a payment that was paid, or is on its way."""

from __future__ import annotations

from station.core.actor import Actor
from station.core.outbox import enqueue
from station.payments.gateway import Paying
from station.payments.models import Payment
from station.payments.services import books, moving
from station.payments.services.folding.outcome import NotYet, Outcome, told
from station.payments.services.returns.noticing import STOP


def with_fee(paying: Paying | None) -> str | None:
    """The charge of a payment, once all that is to know of it is known."""
    money = paying.charged if paying else None
    return money.charge if money and money.balance_transaction else None


def settled(payment: Payment, paying: Paying | None, actor: Actor) -> Outcome:
    """Bring the money into the books. Raises NotYet while its charge cannot be seen."""
    if paying is None or paying.charged is None:
        raise NotYet("paid at Stripe, but the charge cannot be seen yet")
    why_not = books.settle(payment, paying.charged, actor)
    return told(payment, not why_not, why_not or "settled")


def slow(payment: Payment, paying: Paying | None, actor: Actor) -> Outcome:
    """Complete, but not paid: a delayed method is on its way, or was refused in the end."""
    saved = paying.saved if paying else None
    if paying is None or not paying.failed:
        return told(payment, moving.process(payment, saved, actor), "the payment is on its way")
    failed = moving.refuse(payment, paying.failure or "The bank refused the payment.", saved, actor)
    if failed and payment.subscription_id is not None:  # it has begun at Stripe, and would be charged next month
        subscription_id = str(payment.subscription_id)
        enqueue(STOP, key=subscription_id, subscription_id=subscription_id)
    return told(payment, failed, "the payment failed")
