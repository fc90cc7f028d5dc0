"""What a donor adds to a gift so that the station keeps the gift whole: one function, one table of rates.

The sum stays a gift in full, on the receipt too: the donor gets nothing for the part that covers the fee.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from config import FeeRate
from station.core.money import Money

CARD, AMEX = "card", "amex"  # names of rates; else a rate is named as Stripe names the kind of method
WHOLE = 10_000  # basis points


def rate_in_force(method: str, on: date, rates: Iterable[FeeRate]) -> FeeRate | None:
    """The newest rate of a method that had begun on a day; None when none had."""
    begun = [rate for rate in rates if rate.method == method and rate.since <= on]
    return max(begun, key=lambda rate: rate.since, default=None)


def fee_of(amount: Money, rate: FeeRate) -> Money:
    """What is taken from a charge, rounded to the nearest cent, half up."""
    cents = (amount.cents * rate.basis_points + WHOLE // 2) // WHOLE + rate.fixed_cents
    return Money(cents if rate.cap_cents is None else min(cents, rate.cap_cents), amount.currency)


def fee_cover(amount: Money, method: str, on_date: date, rates: Iterable[FeeRate]) -> Money:
    """The least that, added to a gift, leaves the whole gift once the sum has paid its fee; nothing without a rate.

    The fee of a sum grows by one cent at most when the sum does (a rate is below 100 %), so the steps below, each
    from below, end exactly where what is left is the gift, to the cent.
    """
    rate = rate_in_force(method, on_date, rates)
    cover = Money(0, amount.currency)
    while rate is not None and (fee := fee_of(amount + cover, rate)) != cover:
        cover = fee
    return cover


def cover_within(amount: Money, method: str, on_date: date, rates: Iterable[FeeRate]) -> Money:
    """The part of a charge that covers its fee, when another amount was charged than the donor was asked for.

    It leaves a cent of gift at least.
    """
    rate = rate_in_force(method, on_date, rates)
    fee = fee_of(amount, rate) if rate else Money(0, amount.currency)
    return min(fee, amount - Money(1, amount.currency), key=lambda money: money.cents)
