"""When a standing order is charged: pure rules on station-local dates, and on Stripe's, which are UTC."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from station.payments.models import Interval

MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}
LEAST_BETWEEN = timedelta(days=23)  # no donor is charged twice within a shorter time because a date was changed
LONGEST_PAUSE = timedelta(days=366)
HOUR = time(10)  # of a charge whose day was chosen: the day is the same in UTC and here, in summer and in winter


def monthly_cents(cents: int, interval: Interval) -> int:
    """What an amount is worth a month, rounded half up to the cent: a third of a quarter's, a twelfth of a year's."""
    months = MONTHS[interval]
    return (2 * cents + months) // (2 * months)


def day_in(year: int, month: int, day: int) -> date:
    """A charge day in a month: the day itself, or the month's last one where it is shorter (31 means the last)."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def plus_months(start: date, months: int, day: int | None = None) -> date:
    """The date so many months later, on `day` or the same day, in shorter months on the last one."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return day_in(year, month + 1, day or start.day)


def period_after(begins: datetime, interval: Interval) -> datetime:
    """When Stripe charges again what begins at an instant (UTC): it counts months and keeps the time in UTC."""
    return datetime.combine(plus_months(begins.date(), MONTHS[interval]), begins.timetz())


def next_charge(day: int, interval: Interval, last: date, planned: date, today: date) -> date:
    """The next charge when the day of charge becomes `day`.

    Never before tomorrow, nor within 23 days of the last charge. A monthly gift takes the first such day; a quarterly
    or yearly one stays in the month in which it was planned, or takes the following one.
    """
    earliest = max(last + LEAST_BETWEEN, today + timedelta(days=1))
    start = earliest if interval is Interval.MONTH else planned
    found = day_in(start.year, start.month, day)
    while found < earliest:
        found = plus_months(found, 1, day)
    return found


def first_charge_after(pause_ends: date, planned: date, interval: Interval, day: int | None) -> date:
    """The first charge that is not left out by a pause: of the planned one and those that follow it."""
    found, many = planned, 0
    while found < pause_ends:
        many += MONTHS[interval]
        found = plus_months(planned, many, day or planned.day)
    return found


def charge_instant(day: date, zone: str) -> datetime:
    """The instant on a station-local day at which a chosen charge is due."""
    return datetime.combine(day, HOUR, ZoneInfo(zone))


def off_schedule(day: int | None, planned: date) -> bool:
    """Whether a planned charge stands on another day than was chosen.

    So it does after the start, and after a short month: the anchor of a gift that was moved to February 28 is the
    28th, not the last of the month.
    """
    return day is not None and planned != day_in(planned.year, planned.month, day)
