"""Entering the licensee and its stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from zoneinfo import available_timezones

import sqlalchemy as sa

from station.core import bulletin, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.licensee.models import Licensee, Station
from station.licensee.queries import BULLETIN


@dataclass(frozen=True)
class LicenseeFacts:
    """The legal body as staff state it. `minimum_pledge_cents` is what copy, validation and Stripe all read."""

    legal_name: str
    short_name: str
    ein: str
    address_lines: list[str]
    phone: str
    email: str
    timezone: str = "America/Los_Angeles"
    currency: str = "usd"
    fiscal_year_starts: int = 10
    minimum_pledge_cents: int = 500


@dataclass(frozen=True)
class StationFacts:
    """A service as staff state it."""

    slug: str
    format: str
    frequency: str
    call_sign: str
    tagline: str
    brand: str
    stream_url: str = ""
    host: str | None = None


class NotPossible(Exception):
    """Why a licensee cannot be entered, in one line."""


def establish(licensee: LicenseeFacts, stations: Sequence[StationFacts], actor: Actor) -> None:
    """Enter the one licensee and its stations, in their order. Raises NotPossible, and then nothing is changed."""
    if licensee.timezone not in available_timezones():
        raise NotPossible(f"There is no time zone {licensee.timezone!r}; Las Vegas is in America/Los_Angeles.")
    if not stations:
        raise NotPossible("A licensee has at least one station.")
    with transaction() as session:
        if session.scalar(sa.select(Licensee.id)) is not None:
            raise NotPossible("The licensee is entered already, and there is only one.")
        row = Licensee(id=new_id(), **asdict(licensee))
        session.add(row)
        session.flush()
        session.add_all(
            Station(id=new_id(), licensee_id=row.id, position=position, **asdict(facts))
            for position, facts in enumerate(stations, start=1)
        )
        session.flush()
        bulletin.bump(BULLETIN)
        events.record("licensee.house.established", actor, [Subject("licensee", row.id)], {"name": row.legal_name})
