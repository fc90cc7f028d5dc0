"""Months of the books: whole months of the station's own calendar."""

from __future__ import annotations

import re
from datetime import date, datetime

from station.core import clock

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def month_of(instant: datetime, zone: str) -> str:
    """The station-local month of an instant: 2026-11."""
    return clock.local_date(instant, zone).isoformat()[:7]


def month_name(month: str) -> str:
    """November 2026."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def is_month(text: str) -> bool:
    """Whether a text names a month."""
    return _MONTH.fullmatch(text) is not None


def next_month(month: str) -> str:
    """The month after this one."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year}-{number + 1:02d}"


def month_days(month: str) -> tuple[date, date]:
    """The first day of a month and of the next one."""
    return date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{next_month(month)}-01")


def month_bounds(month: str, zone: str) -> tuple[datetime, datetime]:
    """First instant of a month and of the next one, in UTC."""
    first, after = month_days(month)
    return clock.day_bounds(first, zone)[0], clock.day_bounds(after, zone)[0]


def fiscal_year(month: str, starts: int) -> str:
    """The fiscal year of a month, by the calendar year in which it ends: FY27. `starts` is its first month."""
    year = int(month[:4]) + (starts > 1 and int(month[5:]) >= starts)
    return f"FY{year % 100:02d}"
