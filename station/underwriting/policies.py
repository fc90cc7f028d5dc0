"""Rules of flights and credits, on plain values."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_COPY = 400
LONGEST_FLIGHT_DAYS = 1_100  # three years; longer is a typing error
LABEL = "support comes from"
_SCHEME = re.compile(r"\b(?:([a-z][a-z0-9+.-]*)://|(javascript|data|vbscript):)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class FlightState(StrEnum):
    """Where a flight stands on a station-local day."""

    WAITING_FOR_COPY = "waiting for approved copy"
    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    STOPPED = "stopped"


def flight_state(
    starts_on: date, ends_on: date, stopped_at: datetime | None, has_copy: bool, today: date
) -> FlightState:
    """A flight's state today. Dates are station-local, both inclusive."""
    if stopped_at is not None:
        return FlightState.STOPPED
    if today > ends_on:
        return FlightState.ENDED
    if not has_copy:
        return FlightState.WAITING_FOR_COPY
    return FlightState.LIVE if today >= starts_on else FlightState.SCHEDULED


def copy_problem(text: str) -> str:
    """What keeps a text from being a credit's copy, and how to mend it, in a sentence; empty when nothing does."""
    words = text.strip()
    if not words:
        return "Enter the words of the credit."
    if len(words) > LONGEST_COPY:
        return f"Shorten the credit to {LONGEST_COPY} characters; it has {len(words)}."
    if "<" in words or ">" in words or _CONTROL.search(words):
        return "Write plain text, without < or > and without control characters."
    if words.casefold().startswith(LABEL):
        return "Leave out “Support comes from”: the page prints it above the sponsor’s name."
    if any((found[1] or found[2]).lower() != "https" for found in _SCHEME.finditer(words)):
        return "Write addresses with https://, or without anything in front."
    return ""


def url_problem(text: str) -> str:
    """What keeps a text from being a sponsor's address; empty for none and for a good https address."""
    try:
        parts = urlsplit(text)
        fine = parts.scheme == "https" and "." in (parts.hostname or "") and not re.search(r"[\s<>\"'\\]", text)
    except ValueError:
        fine = False
    return "" if not text or fine else "Enter an address that starts with https://, for example https://example.org."


def dates_problem(starts_on: date, ends_on: date, today: date) -> str:
    """What is wrong with a flight's days; empty when nothing is. A flight entered late may have begun already."""
    if ends_on < starts_on:
        return "The last day is before the first one."
    if ends_on < today:
        return "The last day has passed; choose today or a later day."
    if (ends_on - starts_on).days > LONGEST_FLIGHT_DAYS:
        return "A flight lasts three years at most; check the years."
    return ""


def fingerprint(copy: str) -> str:
    """A short mark of a text, by which an approval names the words that were read."""
    return hashlib.sha256(copy.encode()).hexdigest()[:16]
