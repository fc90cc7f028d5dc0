"""Days: of charge, of months, and of banks."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from station.core import clock
from station.payments.policies import MONTHS, next_charge, period_after

DEBIT_TAKES = 4  # working days at most, docs.stripe.com/payments/ach-direct-debit
LAST_DAY = 31


def day_words(day: int) -> str:
    """A charge day as people say it: the 5th; the last day."""
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return "the last day" if day == LAST_DAY else f"the {day}{ending}"


def charge_days() -> dict[str, str]:
    """What a form offers as days of charge: those that every month has, and the last."""
    return {str(day): day_words(day).capitalize() for day in (*range(1, 29), LAST_DAY)}


def nearest_day(day: int) -> str:
    """The choice of a form for a day of charge: the day itself, or the last for one that not every month has."""
    return str(day if day < 29 else LAST_DAY)


def dates_after_now(day: int | None, now: datetime, zone: str) -> dict[str, date]:
    """The day in a time zone on which a gift that begins now (UTC) is charged next, by its interval."""
    today = clock.local_date(now, zone)
    planned = {interval: clock.local_date(period_after(now, interval), zone) for interval in MONTHS}
    return {
        interval.value: next_charge(day, interval, today, then, today) if day else then
        for interval, then in planned.items()
    }


def month_days(text: str) -> tuple[date, date] | None:
    """First day of a month written 2026-11, and of the one after; None for anything else."""
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    if found is None:
        return None
    return month_of(date(int(found[1]), int(found[2]), 1))


def month_of(day: date) -> tuple[date, date]:
    """First day of the month that a day falls in, and of the one after."""
    return day.replace(day=1), date(day.year + day.month // 12, day.month % 12 + 1, 1)


def one_day(day: date) -> tuple[date, date]:
    """A day and the one after."""
    return day, day + timedelta(days=1)


def bank_days_after(day: date, many: int) -> date:
    """The day that lies so many working days after one (Monday to Friday; bank holidays are not known here)."""
    while many > 0:
        day += timedelta(days=1)
        many -= day.weekday() < 5
    return day
