"""A pledge as a donor sent it, and the donor as the doer of events."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core.actor import VISITOR, Actor, ActorKind
from station.core.events import Subject
from station.core.money import Money
from station.demo.generator.people import Person
from station.demo.generator.rows import Rows
from station.giving.models import Frequency, Pledge
from station.giving.policies import described
from station.licensee.queries import StationView

CURRENCY = "usd"


def pledge_row(
    rows: Rows,
    pledge_id: UUID,
    payment_id: UUID,
    member_id: UUID | None,
    station: StationView,
    frequency: Frequency,
    amount: Money,
    person: Person,
    source: str,
    at: datetime,
) -> None:
    """A pledge as a donor sent it, with its event."""
    rows.put(
        Pledge,
        id=pledge_id,
        attempt=pledge_id.hex,
        station_id=station.id,
        frequency=frequency,
        amount_cents=amount.cents,
        currency=amount.currency,
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        language=person.language,
        source=source,
        payment_id=payment_id,
        member_id=member_id,
        created_at=at,
    )
    about = [Subject("pledge", pledge_id), Subject("payment", payment_id)]
    rows.tell(
        "giving.pledge.begun", at, VISITOR, about, {"commitment": described(amount, frequency), "source": source}
    )


def donor(person: Person, member_id: UUID) -> Actor:
    """The donor as the doer of an event."""
    return Actor(ActorKind.MEMBER, person.name, member_id)
