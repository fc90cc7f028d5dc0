"""From which day to which notices are looked for, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.events import Event
from station.giving.models import NoticeKind
from station.giving.policies.notices import Window
from station.licensee.queries import the_licensee
from station.payments.models import Asked, Subscription

BEGUN = "giving.notices.begun"


@dataclass(frozen=True)
class Horizon:
    """Up to which day windows that open are looked for, from which day, and since when notices are written here."""

    today: date
    by: date
    since: datetime
    zone: str

    def local(self, instant: datetime) -> date:
        """The station-local date of an instant."""
        return clock.local_date(instant, self.zone)

    def start(self, day: date) -> datetime:
        """The first instant of a station-local day."""
        return clock.day_bounds(day, self.zone)[0]

    @property
    def since_on(self) -> date:
        return self.local(self.since)

    def ours_since(self, order: Subscription) -> date:
        """Since when a gift is ours to write notices about."""
        begins = [each for each in (order.adopted_at, order.started_at) if each]
        return max([self.since_on, *map(self.local, begins)])


@dataclass(frozen=True)
class Due:
    """A notice that is due, or will be: about which gift, which period of it, and when.

    Of one ahead of a change `asked` says who wanted it, and `before` what it was, as it is printed.
    """

    kind: NoticeKind
    subscription_id: UUID
    period: str
    window: Window
    asked: Asked = Asked.SELF
    before: str = ""


def notices_since() -> datetime | None:
    """When the first run of the notices was; None before it."""
    return db.session().scalar(sa.select(sa.func.min(Event.at)).where(Event.name == BEGUN))


def horizon(days: int = 0) -> Horizon:
    """From today on; up to so many days ahead."""
    zone = the_licensee().timezone
    today = clock.today(zone)
    return Horizon(today, today + timedelta(days=days), notices_since() or clock.now(), zone)
