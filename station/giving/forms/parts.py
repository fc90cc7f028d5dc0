"""Fields of the pledge form that stand apart: adding the processing cost, and giving to both stations."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from wtforms import BooleanField, Field

from station.core import clock
from station.core.money import Money
from station.core.runtime import settings
from station.giving import policies
from station.licensee.queries import stations, the_licensee
from station.payments import queries as payments
from station.payments.policies import CARD, fee_cover, rate_in_force


class CoverField:
    """The box that adds the processing cost to a gift. Optional, and never ticked beforehand."""

    cover = BooleanField("Add a little to my gift")
    covers: dict[Money, Money]  # of the amounts on the tiles

    def known_covers(self) -> str:
        """Cents by cents, for the page's script: 500:42,1000:54."""
        return ",".join(f"{gift.cents}:{cover.cents}" for gift, cover in self.covers.items())

    def cover_hint(self) -> str:
        """What it is for, and what it comes to."""
        said = ", ".join(f"{cover} on {gift.short}" for gift, cover in list(self.covers.items())[:2])
        return f"Then processing takes nothing from your gift: {said} and so on. It counts as a gift, too."


class NewAmount:
    """Another amount of a gift that repeats: what the station is to keep, and a box that adds the processing cost."""

    cover = BooleanField("Add what processing costs")
    amount: Field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minimum: Money = the_licensee().minimum_pledge

    @property
    def wanted(self) -> Money:
        """The amount that was typed, once it has been found good."""
        return policies.read_amount(self.amount.data or "", self.minimum)

    def total_for(self, subscription_id: UUID) -> tuple[Money, int]:
        """What is to be charged for what was typed, and how many cents of it cover fees."""
        cents = cover_of_order(subscription_id, self.wanted).cents if self.cover.data else 0
        return self.wanted + Money(cents, self.wanted.currency), cents

    def cover_hint(self, subscription_id: UUID) -> str:
        """What the box comes to for the gift as it is."""
        order = payments.subscription(subscription_id)
        assert order is not None  # noqa: S101  # it is on the page
        gift = order.amount - order.cover
        if order.cover.cents:
            return f"Now {order.cover} on {gift.short}; worked out anew for another amount. It counts as a gift, too."
        would = cover_of_order(subscription_id, gift)
        return f"Then processing takes nothing from the gift: {would} on {gift.short}. It counts as a gift, too."


def cover_of(gift: Money, method: str = CARD, on: date | None = None) -> Money:
    """What would cover a gift's fee by the price of a method on a station-local day; a card's today, while nobody
    knows yet how the donor will pay.

    Nothing where the sum would be more than one pledge can be.
    """
    cover = fee_cover(gift, method, on or clock.today(the_licensee().timezone), settings().stripe_fees)
    return cover if gift + cover <= policies.largest(gift.currency) else Money(0, gift.currency)


def cover_of_order(subscription_id: UUID, gift: Money) -> Money:
    """What would cover the fee of such a gift from the next charge on, by the price of what that is charged to.

    A method without a price of its own is reckoned as a card.
    """
    order, method = payments.subscription(subscription_id), payments.method_of(subscription_id)
    on = (order.next_on if order else None) or clock.today(the_licensee().timezone)
    name = method.priced_as if method else CARD
    return cover_of(gift, name if rate_in_force(name, on, settings().stripe_fees) else CARD, on)


def both_choice() -> dict[str, str]:
    """The choice of a gift to both, where there are two."""
    return {policies.BOTH: "Both stations, half each"} if len(stations()) == 2 else {}


def chosen_stations(slug: str) -> tuple[UUID, UUID | None] | None:
    """The station of a choice, and the second one of a gift to both; None for an unknown choice."""
    if slug in both_choice():
        first, second = stations()
        return first.id, second.id
    found = next((each.id for each in stations() if each.slug == slug), None)
    return (found, None) if found else None
