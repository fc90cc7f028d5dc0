"""Charge days over years: the last of the month, leap days, summer and winter, and no two charges close together."""

from __future__ import annotations

import calendar
from datetime import UTC, date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe.core.clock import next_period_end
from station.core import clock
from station.payments.models import Interval
from station.payments.policies import (
    LEAST_BETWEEN,
    charge_instant,
    day_in,
    monthly_cents,
    next_charge,
    off_schedule,
    plus_months,
)

ZONE = "America/Los_Angeles"
DAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))
DAY = st.integers(1, 31)
INTERVALS = st.sampled_from(Interval)
MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}


@pytest.mark.parametrize(
    ("day", "interval", "last", "planned", "today", "wanted"),
    [
        (31, Interval.MONTH, "2026-01-05", "2026-02-05", "2026-01-05", "2026-01-31"),  # 26 days away
        (31, Interval.MONTH, "2026-01-10", "2026-02-10", "2026-01-10", "2026-02-28"),  # the 31st is 21 days away
        (31, Interval.MONTH, "2028-01-20", "2028-02-20", "2028-01-20", "2028-02-29"),
        (1, Interval.MONTH, "2026-11-20", "2026-12-20", "2026-11-20", "2027-01-01"),
        (25, Interval.MONTH, "2026-11-01", "2026-12-01", "2026-11-26", "2026-12-25"),  # this month's is over
        (15, Interval.QUARTER, "2026-11-26", "2027-02-26", "2026-11-26", "2027-02-15"),
        (1, Interval.YEAR, "2026-11-26", "2027-11-26", "2027-11-20", "2027-12-01"),
        (29, Interval.YEAR, "2028-02-29", "2029-02-28", "2028-03-01", "2029-02-28"),
    ],
)
def test_the_next_charge(day: int, interval: Interval, last: str, planned: str, today: str, wanted: str) -> None:
    dates = (date.fromisoformat(each) for each in (last, planned, today))
    assert next_charge(day, interval, *dates) == date.fromisoformat(wanted)


@given(DAY, INTERVALS, DAYS, st.integers(0, 400))
def test_the_next_charge_is_on_its_day_and_never_soon(day: int, interval: Interval, last: date, waited: int) -> None:
    today, planned = last + timedelta(days=waited), plus_months(last, MONTHS[interval])
    found = next_charge(day, interval, last, planned, today)
    assert found == day_in(found.year, found.month, day)
    assert found >= last + LEAST_BETWEEN
    assert found > today
    assert found <= max(planned, last + LEAST_BETWEEN, today) + timedelta(days=62)


@given(DAY, DAYS)
def test_a_day_in_a_month_is_that_day_or_the_last(day: int, month: date) -> None:
    found = day_in(month.year, month.month, day)
    assert found.day == day or (found.day < day and found.day == calendar.monthrange(month.year, month.month)[1])


@given(DAYS, st.integers(0, 60), DAY)
def test_months_later(start: date, months: int, day: int) -> None:
    found = plus_months(start, months, day)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert not off_schedule(day, found)
    assert not off_schedule(None, found)


@given(DAYS, DAY, INTERVALS)
def test_from_a_chosen_day_on_stripe_stays_on_it_for_years(start: date, day: int, interval: Interval) -> None:
    """Stripe counts from the anchor in UTC: its days are ours at that hour. A short month's anchor is moved once."""
    anchor = next_charge(day, interval, start, plus_months(start, MONTHS[interval]), start)
    moves, turn = 0, anchor
    recurring = ("year", 1) if interval is Interval.YEAR else ("month", MONTHS[interval])
    for _ in range(24):
        begun = int(charge_instant(anchor, ZONE).timestamp())
        since = int(charge_instant(turn, ZONE).timestamp())
        planned = clock.local_date(
            clock.datetime.fromtimestamp(next_period_end(begun, since + 43_200, *recurring), UTC), ZONE
        )
        if off_schedule(day, planned):
            planned = anchor = next_charge(day, interval, turn, planned, turn)
            moves += 1
        assert planned == day_in(planned.year, planned.month, day)
        assert planned - turn >= LEAST_BETWEEN
        assert (planned.year * 12 + planned.month) - (turn.year * 12 + turn.month) == MONTHS[interval]
        turn = planned
    assert moves <= (24 if interval is not Interval.MONTH else 2)


@given(DAYS)
def test_a_chosen_charge_falls_on_its_day_here_and_in_utc(day: date) -> None:
    instant = charge_instant(day, ZONE)
    assert clock.local_date(instant, ZONE) == instant.astimezone(UTC).date() == day


@pytest.mark.parametrize(
    ("cents", "interval", "monthly"),
    [
        (1000, Interval.MONTH, 1000),
        (1000, Interval.QUARTER, 333),
        (1001, Interval.QUARTER, 334),
        (12000, Interval.YEAR, 1000),
        (6, Interval.YEAR, 1),
        (5, Interval.YEAR, 0),
    ],
)
def test_what_a_gift_is_worth_a_month(cents: int, interval: Interval, monthly: int) -> None:
    assert monthly_cents(cents, interval) == monthly
