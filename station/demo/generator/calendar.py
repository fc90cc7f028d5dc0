"""The dates of the demonstration, counted back from the station-local day of loading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from station.core import clock
from station.demo.house import LICENSEE

YEARS = 4  # fiscal years of gifts, the current one included
FIRST_MONTH = LICENSEE.fiscal_year_starts


@dataclass(frozen=True)
class Calendar:
    """Now, and the station's time zone. All days are station-local."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return clock.local_date(self.now, self.zone)

    @property
    def fiscal_year(self) -> int:
        """The calendar year in which the current fiscal year began."""
        return self.today.year - (self.today.month < FIRST_MONTH)

    @property
    def first(self) -> date:
        """The first day of the oldest fiscal year shown."""
        return date(self.fiscal_year - YEARS + 1, FIRST_MONTH, 1)

    def at(self, day: date, clock_time: time) -> datetime:
        """An instant of a day; what would lie in the future moves back by days."""
        found = datetime.combine(day, clock_time, ZoneInfo(self.zone)).astimezone(UTC)
        while found > self.now - timedelta(minutes=15):
            found -= timedelta(days=1)
        return found

    def day_of(self, instant: datetime) -> date:
        return clock.local_date(instant, self.zone)


def months_on(day: date, months: int) -> date:
    """The same day so many months later; `day` is the 28th or earlier."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, day.day)
