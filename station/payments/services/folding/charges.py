"""A charge, as it is now."""

from __future__ import annotations

from station.core.actor import STRIPE, Actor
from station.payments import queries
from station.payments.gateway import Charged
from station.payments.services import books
from station.payments.services.folding.outcome import Outcome, ignored, told


def fold_charge(found: Charged | None, actor: Actor = STRIPE) -> Outcome:
    """A charge: brings the fee of a payment that is settled already."""
    if found is None or found.payment_intent is None:
        return ignored("a charge without money, or of no payment intent")
    payment = queries.lock_payment_of_intent(found.payment_intent)
    if payment is None:
        return ignored("a charge of no settled payment (its session or invoice brings the fee)")
    return told(payment, books.record_fee(payment, found, actor), "the fee is in the books").answering(found.charge)
