"""What a payment amounts to, part by part. Inside the caller's transaction, on rows that it has locked."""

from __future__ import annotations

from datetime import date

from station.core.money import Money
from station.core.runtime import settings
from station.payments.models import Payment, Subscription
from station.payments.policies import CARD, cover_within, half_each


def set_amount(payment: Payment, amount: Money, cover_cents: int) -> None:
    """Bring a payment to an amount, of which `cover_cents` cover fees; two stations have half of it each."""
    payment.amount_cents, payment.cover_cents = amount.cents, cover_cents
    payment.second_cents = half_each(amount)[1].cents if payment.second_station_id else 0


def cover_of_charge(asked: Payment | Subscription, charged: Money, on: date) -> int:
    """The part of a charge that covers fees, in cents: what was asked for, or its like in another amount."""
    if not asked.cover_cents or charged.cents == asked.amount_cents:
        return asked.cover_cents
    return cover_within(charged, CARD, on, settings().stripe_fees).cents
