"""Amounts: what may be given, what is offered, and how a commitment is said."""

from __future__ import annotations

from station.core.money import Money, MoneyError
from station.giving.models import Frequency
from station.payments.models import Tender, Way

LARGEST_CENTS = 99_999_999  # docs.stripe.com/currencies: eight digits at most
TILE_STEPS = (1, 2, 3, 5, 12)  # of the minimum pledge
AMOUNT_LENGTH = 40


class AmountRefused(ValueError):
    """An amount that cannot be taken, with the sentence that says why and what to do."""


def largest(currency: str) -> Money:
    """The largest amount that one pledge may have."""
    return Money(LARGEST_CENTS, currency)


def read_amount(text: str, minimum: Money) -> Money:
    """The amount that a person typed. Raises AmountRefused, whose words name the limits."""
    most = largest(minimum.currency)
    typed = text.strip()
    try:
        amount = Money.parse(typed[: AMOUNT_LENGTH + 1], minimum.currency) if len(typed) <= AMOUNT_LENGTH else None
    except MoneyError:
        amount = None
    if amount is None:
        raise AmountRefused(
            f"“{typed[:AMOUNT_LENGTH]}” is not an amount that we can read. Type a number from {minimum} to {most}, "
            "like 12 or 12.50."
        )
    if amount < minimum:
        raise AmountRefused(
            f"{amount} is below the smallest pledge, {minimum}. Type an amount from {minimum} to {most}."
        )
    if most < amount:
        raise AmountRefused(
            f"{amount} is above the largest pledge that this page can take, {most}. Type an amount "
            f"from {minimum} to {most}, or call us about a larger one."
        )
    return amount


def tiles(minimum: Money) -> list[Money]:
    """The amounts offered, from the minimum upward."""
    return [Money(min(minimum.cents * step, LARGEST_CENTS), minimum.currency) for step in TILE_STEPS]


def monthly_offers(given: Money, minimum: Money) -> list[Money]:
    """What a one-time donor may be asked for monthly, after the gift: up to three tiles of at most half of it.

    Asked before payment it costs gifts; asked after it, none is at risk.
    """
    return [tile for tile in tiles(minimum) if 2 * tile.cents <= given.cents][-3:] or [minimum]


def plain(amount: Money) -> str:
    """An amount as a form's value or a link says it: 5, 12.50."""
    return amount.short.lstrip("$").replace(",", "")


def described(amount: Money, frequency: Frequency) -> str:
    """A commitment in words: $5 a month; $5 once."""
    return f"{amount.short} once" if frequency is Frequency.ONCE else f"{amount.short} a {frequency.value}"


def offline_problem(tender: Tender, way: Way | None, amount: Money, goods: Money, in_return: bool = False) -> str:
    """Why a gift cannot be keyed like this, or nothing. `goods` is what counts of what the donor gets, `in_return`
    whether they get anything.

    A fund's adviser may get nothing of value for its grant (26 USC 4967), nor may the owner of an IRA (408(d)(8)(C));
    stock is acknowledged without goods here, because its own value is not ours to state.
    """
    if amount.cents <= 0:
        return "The amount is zero. Type what was given."
    if largest(amount.currency) < amount:
        return f"{amount} is more than one gift can be here, {largest(amount.currency)}."
    if tender is Tender.STOCK and in_return:
        return "Goods for stock are not handled here. Enter the gift without them, and write the letter yourself."
    if not goods.cents:
        return ""
    if way is Way.FUND:
        return "A grant of a donor-advised fund may buy nothing. Return it, or ask for a payment of the donor's own."
    if way is Way.IRA:
        return "A distribution from an IRA may buy nothing: all of it would lose its standing. Leave the goods out."
    return "" if goods < amount else "The goods are worth as much as was paid: that is a sale, and no gift."
