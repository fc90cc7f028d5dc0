"""What events about gifts say."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from station.core.events import Subject
from station.core.money import Money
from station.payments.models import Interval


def gift_subjects(member_id: UUID, gift_id: UUID, pledge_id: UUID | None, payment_id: UUID) -> list[Subject]:
    """What an event about a gift is about."""
    about = {"member": member_id, "gift": gift_id, "pledge": pledge_id, "payment": payment_id}
    return [Subject(kind, row_id) for kind, row_id in about.items() if row_id]


def gift_facts(
    amount: Money, interval: Interval | None, station: str, given_on: date, receipt: str, source: str
) -> dict[str, str | int | bool]:
    """What the event of a new gift says. `given_on` is station-local; `receipt` its printed number."""
    return {
        "amount": str(amount),
        "amount_cents": amount.cents,
        "currency": amount.currency,
        "interval": interval or "",
        "station": station,
        "given_on": given_on.isoformat(),
        "receipt": receipt,
        "source": source,
    }
