"""Who gave what and when: pure plans of pledges, drawn from the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from station.demo.generator.calendar import FIRST_MONTH, Calendar, months_on
from station.demo.generator.people import Person
from station.giving.models import Frequency

ONCE_CENTS = (2500, 4000, 5000, 6000, 7500, 8890, 8970, 10000, 12000, 15000, 25000, 36500, 50000, 100000, 250000)
ONCE_WEIGHTS = (9, 8, 15, 14, 8, 5, 3, 14, 9, 5, 4, 3, 2, 2, 1)
MONTH_CENTS = (500, 1000, 1500, 2000, 2500, 3500, 6000)
MONTH_WEIGHTS = (22, 30, 16, 10, 8, 3, 4)
DRIVES = ((3, 9, 10), (10, 8, 10), (12, 10, 21))  # month, first day, days: spring, fall, the end of the year
METHODS = (
    ("card", "Visa ending 4242", 46),
    ("card", "Mastercard ending 4444", 26),
    ("card", "American Express ending 8431", 10),
    ("card", "Discover ending 9424", 6),
    ("us_bank_account", "Bank account ending 6789", 12),
)
HABITS = {"month": 30, "yearly": 42, "now and then": 20, "new": 8}
WORDS = ("footer", "drive", "newsletter", "home", "", "")
RECENT_DAYS = 24
YEARLY_FROM = 13  # charges: a yearly gift that has come twice
RESTS = timedelta(days=40)  # so long has the paused gift brought nothing


class End(StrEnum):
    """How a pledge that repeats stands."""

    GOES_ON = "goes on"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    RETRYING = "retrying"
    ASKED = "asked"  # the bank wants the donor to confirm


@dataclass(frozen=True)
class Plan:
    """A pledge that was paid: one charge, or one each interval. `station` counts from 0; instants are UTC."""

    person: Person
    station: int
    frequency: Frequency
    cents: int
    charges: tuple[datetime, ...]
    method: str
    method_label: str
    source: str
    end: End = End.GOES_ON


def plans(chance: random.Random, calendar: Calendar, people: list[Person], sources: list[str]) -> list[Plan]:
    """At least one plan for everyone. `sources` are stories that recent pledges may have come from."""
    found: list[Plan] = []
    for person in people:
        habit = chance.choices(list(HABITS), list(HABITS.values()))[0]
        found += _Giver(chance, calendar, person, sources).plans(habit)
    late = [place for place, plan in enumerate(found) if _misses_its_last_charge(plan, calendar)]
    for place, end in zip(late, (End.RETRYING, End.ASKED), strict=False):
        found[place] = _declined(found[place], end)
    _vary(found, calendar)
    return found


def _vary(found: list[Plan], calendar: Calendar) -> None:
    """Of the monthly gifts that run for long, one is given quarterly, one yearly, and one rests just now."""
    long = [place for place, plan in enumerate(found) if _runs(plan) and len(plan.charges) > YEARLY_FROM]
    quarterly, yearly, paused = long[:3]
    found[quarterly] = _rarer(found[quarterly], Frequency.QUARTER, 3)
    found[yearly] = _rarer(found[yearly], Frequency.YEAR, 12)
    before = tuple(at for at in found[paused].charges if at < calendar.now - RESTS)
    found[paused] = replace(found[paused], charges=before, end=End.PAUSED)


def _rarer(plan: Plan, frequency: Frequency, months: int) -> Plan:
    """The same money in fewer charges."""
    return replace(plan, frequency=frequency, cents=plan.cents * months, charges=plan.charges[::months])


def _runs(plan: Plan) -> bool:
    return plan.frequency is Frequency.MONTH and plan.end is End.GOES_ON


def _misses_its_last_charge(plan: Plan, calendar: Calendar) -> bool:
    """Whether a plan will do for the sustainer whose card is declined: running, and charged in the last days."""
    return (
        _runs(plan)
        and len(plan.charges) > 3
        and plan.method == "card"
        and plan.charges[-1] > calendar.now - timedelta(days=6)
    )


def _declined(plan: Plan, end: End) -> Plan:
    return replace(plan, charges=plan.charges[:-1], end=end)


class _Giver:
    """One person's habits."""

    def __init__(self, chance: random.Random, calendar: Calendar, person: Person, sources: list[str]) -> None:
        self.chance, self.calendar, self.person, self.sources = chance, calendar, person, sources
        self.station = int(chance.random() > 0.66)
        self.hour = time(chance.randrange(6, 23), chance.randrange(60), chance.randrange(60))
        self.cents = chance.choices(ONCE_CENTS, ONCE_WEIGHTS)[0]

    def plans(self, habit: str) -> Iterator[Plan]:
        if habit == "month":
            yield self._monthly()
            days = self._yearly() if self.chance.random() < 0.2 else []
        elif habit == "yearly":
            days = self._yearly()
        elif habit == "now and then":
            days = [self._any_day() for _ in range(self.chance.choice((1, 1, 1, 2, 2, 3)))]
        else:
            days = [self.calendar.today - timedelta(days=self.chance.randrange(RECENT_DAYS - 4))]
        if habit != "month" and not days:
            days = [self._any_day()]
        for day in sorted(set(days)):
            yield self._plan(Frequency.ONCE, self.cents, (self.calendar.at(day, self.hour),), End.GOES_ON)

    def _any_day(self) -> date:
        span = (self.calendar.today - self.calendar.first).days
        return self.calendar.first + timedelta(days=self.chance.randrange(span))

    def _yearly(self) -> list[date]:
        """A day in most fiscal years from some year on, mostly in a drive."""
        first = self.calendar.first.year + self.chance.choice((0, 0, 0, 1, 1, 2))
        years = range(first, self.calendar.fiscal_year + 1)
        days = [self._day_of(year) for year in years if self.chance.random() < 0.8]
        return [day for day in days if day <= self.calendar.today]

    def _day_of(self, fiscal_year: int) -> date:
        month, first, span = self.chance.choice(DRIVES)
        if self.chance.random() < 0.3:
            month, first, span = self.chance.randrange(1, 13), 1, 28
        year = fiscal_year + (month < FIRST_MONTH)
        return date(year, month, first) + timedelta(days=self.chance.randrange(span))

    def _monthly(self) -> Plan:
        start = self._any_day()
        start = start.replace(day=min(start.day, 28))
        cents = self.chance.choices(MONTH_CENTS, MONTH_WEIGHTS)[0]
        stays = self.chance.randrange(2, 30) if self.chance.random() < 0.25 else 1_000
        days = [start]
        while len(days) < stays and (following := months_on(start, len(days))) <= self.calendar.today:
            days.append(following)
        end = End.CANCELLED if len(days) == stays else End.GOES_ON
        return self._plan(Frequency.MONTH, cents, tuple(self.calendar.at(day, self.hour) for day in days), end)

    def _plan(self, frequency: Frequency, cents: int, charges: tuple[datetime, ...], end: End) -> Plan:
        method, label, _ = self.chance.choices(METHODS, [weight for *_, weight in METHODS])[0]
        recent = charges[0] > self.calendar.now - timedelta(days=RECENT_DAYS)
        source = self.chance.choice(self.sources if recent and self.chance.random() < 0.7 else WORDS)
        return Plan(self.person, self.station, frequency, cents, charges, method, label, source, end)
