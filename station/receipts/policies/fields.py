"""Fields of a JSON line as amounts, days and yes or no. Decimal throughout: no amount is ever a binary fraction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from station.core import clock
from station.core.money import Money

Fields = Mapping[str, Any]
LARGEST = Decimal(10) ** 12  # dollars
YES, NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0", "")


class BadLine(ValueError):
    """What is wrong with a line, in a sentence that names the field."""


def number(fields: Fields, name: str) -> Decimal | None:
    """A number, or the text of one (1,200.50 or $12); None where it is missing. Raises BadLine."""
    return to_number(fields.get(name), name)


def to_number(value: object, name: str) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            found = Decimal(value.strip().removeprefix("$").replace(",", ""))
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            found = Decimal(value)
        else:
            raise BadLine(f"{name} is no amount")
    except InvalidOperation:
        raise BadLine(f"{name} is no amount: {str(value)[:40]!r}") from None
    if not found.is_finite() or not 0 <= found <= LARGEST:
        raise BadLine(f"{name} is out of range")
    return found


def dollars(fields: Fields, name: str) -> Money | None:
    """An amount of whole cents; None where it is missing. Raises BadLine, also for fractions of a cent."""
    return to_dollars(fields.get(name), name)


def to_dollars(value: object, name: str) -> Money | None:
    found = to_number(value, name)
    if found is None:
        return None
    cents = found * 100
    if cents != cents.to_integral_value():
        raise BadLine(f"{name} has fractions of a cent")
    return Money(int(cents))


def limit_of(fields: Fields, name: str) -> Money | None:
    """An amount that is only held against a limit: fractions of a cent are rounded up, which leaves every such
    comparison as it is.
    """
    found = number(fields, name)
    return None if found is None else Money(int((found * 100).to_integral_value(ROUND_CEILING)))


def whole(fields: Fields, name: str, least: int, most: int) -> int | None:
    """A whole number between two; None where it is missing. Raises BadLine."""
    found = number(fields, name)
    if found is None:
        return None
    if found != found.to_integral_value() or not least <= found <= most:
        raise BadLine(f"{name} is no whole number from {least} to {most}")
    return int(found)


def truth(fields: Fields, name: str) -> bool | None:
    """Yes or no; None where it is missing. Raises BadLine."""
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise BadLine(f"{name} is neither true nor false")


def instant(value: object, name: str) -> datetime | None:
    """An ISO 8601 instant, UTC where it names no zone, or seconds since 1970; None where it is missing."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return datetime.fromtimestamp(int(value), UTC)
        found = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError):
        raise BadLine(f"{name} is no instant: {str(value)[:40]!r}") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def day(value: object, name: str, zone: str) -> date | None:
    """An ISO date; of an instant with a zone the date there is in `zone`. None where it is missing."""
    if value is None or value == "":
        return None
    text = str(value).strip()
    try:
        found = datetime.fromisoformat(text)
        return local(found, zone, name) if found.tzinfo else found.date()
    except ValueError:
        raise BadLine(f"{name} is no date: {text[:40]!r}") from None


def local(at: datetime, zone: str, name: str) -> date:
    """The date of an instant in a time zone. Raises BadLine."""
    try:
        return clock.local_date(at, zone)
    except (KeyError, ValueError, OSError, OverflowError):
        raise BadLine(f"{name} has no date in the time zone {zone[:40]!r}") from None
