"""What a receipt is written from: plain values, and what the rules and the house add to them today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from station.core import clock
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.payments.models import Interval
from station.receipts import policies
from station.receipts.models import HeldReceipt
from station.receipts.policies import Benefit, Judged, Place, ReceiptFacts
from station.receipts.queries.legends import legends_for


@dataclass(frozen=True)
class Asked:
    """A receipt as giving asks for it. `given_on` is station-local; `state` the donor's, empty where unknown."""

    reference: UUID
    member_id: UUID
    donor_name: str
    email: str
    amount: Money
    given_on: date
    station_name: str
    interval: Interval | None
    cover: Money | None = None
    benefits: tuple[Benefit, ...] = ()
    language: str = "en"
    state: str = ""
    received_on: date | None = None

    def judged(self) -> Judged:
        """What the rules say of it."""
        return policies.judged(self.amount, self.given_on, self.benefits)


def facts_of(asked: Asked, judged: Judged, label: str) -> ReceiptFacts:
    """All that a receipt would say now, in the licensee's own words."""
    house = the_licensee()
    return ReceiptFacts(
        label=label,
        legal_name=house.legal_name,
        ein=house.ein,
        address_lines=house.address_lines,
        donor_name=asked.donor_name,
        amount=asked.amount,
        given_on=asked.given_on,
        station_name=asked.station_name,
        interval=asked.interval,
        in_return=judged.in_return,
        cover=asked.cover if asked.cover and asked.cover.cents else None,
        received_on=asked.received_on,
        legends=legends_for(Place.RECEIPT, asked.state),
        language=asked.language,
    )


def kept_of(facts: ReceiptFacts, judged: Judged) -> dict[str, Any]:
    """What a receipt's row keeps of the rules that it was written by, as columns."""
    return {
        "language": facts.language,
        "disclosure": judged.disclosure.value,
        "deductible_cents": judged.in_return.deductible.cents,
        "benefits": judged.benefits,
        "thresholds": judged.thresholds,
    }


def wording_of_today() -> str:
    """The version of the wordings that is printed today."""
    return policies.in_force(clock.today(the_licensee().timezone)).version


def facts_kept(asked: Asked, benefits: Sequence[Benefit] | None = None) -> dict[str, Any]:
    """The part of what was asked for that a receipt which waits has no columns for, as plain values."""
    return {
        "email": asked.email,
        "station_name": asked.station_name,
        "interval": asked.interval.value if asked.interval else "",
        "cover_cents": asked.cover.cents if asked.cover else 0,
        "benefits": [policies.plain(each) for each in (asked.benefits if benefits is None else benefits)],
        "language": asked.language,
        "state": asked.state,
        "received_on": asked.received_on.isoformat() if asked.received_on else "",
    }


def of_facts(row: HeldReceipt) -> Asked:
    """What a receipt that waits was asked for."""
    known = row.facts
    asked = Asked(
        row.reference,
        row.member_id,
        row.donor_name,
        known["email"],
        row.amount,
        row.given_on,
        known["station_name"],
        Interval(known["interval"]) if known["interval"] else None,
    )
    return replace(
        asked,
        cover=Money(known["cover_cents"], row.currency) if known["cover_cents"] else None,
        benefits=tuple(policies.benefit_of(each, row.currency) for each in known["benefits"]),
        language=known["language"],
        state=known["state"],
        received_on=date.fromisoformat(known["received_on"]) if known["received_on"] else None,
    )
