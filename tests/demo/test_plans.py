"""The seeded plans hold on every day of the year, not only on the day they were written."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest

from station.demo.generator.calendar import YEARS, Calendar, months_on
from station.demo.generator.money.plans import End, Plan, plans
from station.demo.generator.people import people
from station.demo.house import SEED
from station.giving.models import Frequency
from station.members.policies import normalise_email

ZONE = "America/Los_Angeles"
DAYS = [
    datetime(2026, 1, 1, 8, 5, tzinfo=UTC),
    datetime(2026, 3, 8, 10, 30, tzinfo=UTC),
    datetime(2026, 9, 30, 23, 0, tzinfo=UTC),
    datetime(2026, 10, 1, 7, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 20, 0, tzinfo=UTC),
    datetime(2027, 7, 1, 6, 59, tzinfo=UTC),
]


def drawn(now: datetime, many: int = 300) -> tuple[Calendar, list[Plan]]:
    chance, calendar = random.Random(SEED), Calendar(now, ZONE)
    return calendar, plans(chance, calendar, people(chance, many), ["story:one"])


@pytest.mark.parametrize("now", DAYS, ids=lambda d: d.date().isoformat())
def test_plans_of_any_day_are_in_order(now: datetime) -> None:
    calendar, found = drawn(now)
    assert {plan.person.email for plan in found} == {p.email for p in people(random.Random(SEED), 300)}
    for plan in found:
        assert list(plan.charges) == sorted(set(plan.charges))
        assert calendar.day_of(plan.charges[0]) >= calendar.first - timedelta(days=2)
        assert plan.charges[-1] < now
        assert plan.frequency.interval or len(plan.charges) == 1
    ends = Counter(plan.end for plan in found)
    assert (ends[End.RETRYING], ends[End.ASKED], ends[End.PAUSED]) == (1, 1, 1)
    rare = Counter(plan.frequency for plan in found)
    assert (rare[Frequency.QUARTER], rare[Frequency.YEAR]) == (1, 1)
    assert any(plan.charges[-1] > now - timedelta(days=2) for plan in found)
    years = {calendar.day_of(at).year - (calendar.day_of(at).month < 10) for plan in found for at in plan.charges}
    this = calendar.fiscal_year  # which may have begun this morning
    assert years | {this} == set(range(this - YEARS + 1, this + 1))


def test_the_seed_decides() -> None:
    assert drawn(DAYS[0]) == drawn(DAYS[0])
    assert drawn(DAYS[0])[1] != drawn(DAYS[3])[1]


def test_running_sustainers_are_charged_every_month() -> None:
    calendar, found = drawn(DAYS[4])
    running = [plan for plan in found if plan.frequency is Frequency.MONTH and plan.end is End.GOES_ON]
    assert len(running) > 30
    assert all(plan.charges[-1] > calendar.now - timedelta(days=33) for plan in running)


def test_nothing_lies_in_the_future() -> None:
    calendar = Calendar(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), ZONE)  # 1 in the morning at the station
    assert calendar.today.isoformat() == "2026-11-23"
    assert calendar.at(calendar.today, time(16)) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert calendar.at(calendar.today, time(0, 30)) == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def test_months_keep_their_day() -> None:
    start = Calendar(DAYS[0], ZONE).first.replace(day=28)
    assert [months_on(start, n).isoformat()[5:] for n in (0, 3, 5, 12)] == ["10-28", "01-28", "03-28", "10-28"]


@pytest.mark.parametrize("many", [320, 2_500])  # the latter are more than there are plain names
def test_people_differ_and_have_addresses_for_examples_only(many: int) -> None:
    found = people(random.Random(SEED), many)
    assert len({p.email for p in found}) == len({(p.given_name, p.family_name) for p in found}) == many
    assert all(p.email.endswith(("@example.com", "@example.org")) and p.email.isascii() for p in found)
    assert all(p.email == normalise_email(p.email) and not p.email.startswith("@") for p in found)
    names = {p.name for p in found}
    assert {"María José Peña", "Siobhán O’Brien", "Suharti"} <= names
