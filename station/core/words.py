"""How amounts, days and instants are written for people. Shared by pages and mail."""

from __future__ import annotations

from datetime import date, datetime

from station.core import clock
from station.core.money import Money

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ZONE = "America/Los_Angeles"


def money(value: Money | int) -> str:
    """$1,234.50, from Money or US cents."""
    return str(value if isinstance(value, Money) else Money(value))


def money_short(value: Money | int) -> str:
    """$5, $12.50: without the cents where there are none."""
    return (value if isinstance(value, Money) else Money(value)).short


def day(value: date) -> str:
    """Nov 23, 2026. An instant is written as its station-local date."""
    if isinstance(value, datetime):
        value = clock.local_date(value, ZONE)
    return f"{MONTHS[value.month - 1]} {value.day}, {value.year}"


def when(value: datetime) -> str:
    """Nov 23, 2026, 9:05 AM PT, from an instant."""
    local = clock.local(value, ZONE)
    return f"{day(local.date())}, {local.hour % 12 or 12}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'} PT"


FILTERS = {"money": money, "money_short": money_short, "day": day, "when": when}
