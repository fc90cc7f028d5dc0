"""Fields of the pledge form that stand apart: adding the processing cost, and giving to both stations."""

from __future__ import annotations

from uuid import UUID

from wtforms import BooleanField

from station.core import clock
from station.core.money import Money
from station.core.runtime import settings
from station.giving import policies
from station.licensee.queries import stations, the_licensee
from station.payments.policies import CARD, fee_cover


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


def cover_of(gift: Money) -> Money:
    """What would cover a gift's fee today, by the price of a card, as nobody knows yet how the donor will pay.

    Nothing where the sum would be more than one pledge can be.
    """
    on = clock.today(the_licensee().timezone)
    cover = fee_cover(gift, CARD, on, settings().stripe_fees)
    return cover if gift + cover <= policies.largest(gift.currency) else Money(0, gift.currency)


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
