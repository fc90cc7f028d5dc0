"""How amounts, days and instants are written for people. Shared by pages and mail."""

from __future__ import annotations

from datetime import date, datetime, time

from station.core import clock
from station.core.money import Money

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
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
    return f"{day(local.date())}, {oclock(local.time())} PT"


def oclock(value: datetime | time) -> str:
    """9:05 AM: a time of day, or an instant on the station's clocks."""
    local = clock.local(value, ZONE).time() if isinstance(value, datetime) else value
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'AM' if local.hour < 12 else 'PM'}"


def weekdays(mask: int) -> str:
    """Monday to Friday; Saturday, Sunday; Every day: from a bit a day, 1 for Monday."""
    chosen = [n for n in range(7) if mask >> n & 1]
    if len(chosen) == 7:
        return "Every day"
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"{WEEKDAYS[chosen[0]]} to {WEEKDAYS[chosen[-1]]}"
    return ", ".join(WEEKDAYS[n] for n in chosen)


def minutes(seconds: int) -> str:
    """5:10, 1:02:03: how long a recording is."""
    hours, rest = divmod(seconds, 3600)
    clock_time = f"{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    return f"{hours}:{clock_time}" if hours else clock_time


def counted(many: int, one: str, more: str = "") -> str:
    """1 letter; 1,234 letters; 2 people: a number with its noun. `more` is the plural that is not `one` and an s."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"


FILTERS = {
    "counted": counted,
    "minutes": minutes,
    "money": money,
    "money_short": money_short,
    "day": day,
    "when": when,
    "oclock": oclock,
    "weekdays": weekdays,
}
