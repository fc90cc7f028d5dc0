"""A card that was refused."""

from __future__ import annotations

from station.core.announce import announce
from station.core.money import Money
from station.core.runtime import settings
from station.payments import queries
from station.payments.facts import AttemptFailed, StrayAttemptFailed
from station.payments.gateway import Attempt
from station.payments.services.folding.outcome import Outcome, ignored, told


def fold_attempt(found: Attempt) -> Outcome:
    """A card that was refused: told to the packages above, which guard the form. Nothing of ours moves."""
    if found.unmarked:
        return _stray(found)
    payment = queries.payment_row(found.ours.payment_id) if found.ours.payment_id else None
    if payment is None or payment.livemode is not found.livemode:
        return ignored("a refused try of no payment in this database")
    announce(AttemptFailed(payment.id, payment.reference, found.decline_code, found.fingerprint, found.at))
    return told(payment, True, f"refused: {found.decline_code or 'Stripe does not say why'}")


def _stray(found: Attempt) -> Outcome:
    if found.livemode is not settings().livemode or queries.knows_customer(found.customer):
        return ignored("a refused try of a customer whom we know: a renewal, which its invoice tells")
    amount = Money(found.amount_cents, found.currency)
    announce(StrayAttemptFailed(found.intent, found.payer_email, amount, found.fingerprint, found.at))
    return told(None, True, f"refused, for we do not know what: {found.decline_code or 'Stripe does not say why'}")
