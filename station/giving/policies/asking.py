"""The words of the ask."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from station.core.money import Money

ASK_LENGTH = 2000
MINIMUM_MARK = "{minimum}"
DEFAULT_ASK = (
    "There’s no paywall here, on this page or the next. Read and listen as often as you like: we’re not counting.",
    "A free press is paid for by the people who want one. If that’s you, lend us two more minutes. A pledge of as "
    "little as {minimum} a month keeps the news coming and the music playing for everybody in southern Nevada.",
)
_DOLLARS = re.compile(r"\$\d[\d,]*(?:\.\d\d)?")


def ask_problem(body: str, minimum: Money) -> str:
    """What is wrong with the words of an ask, or nothing. The minimum must be written as its mark."""
    strange = [name for name in re.findall(r"\{[^}]*\}?", body) if name != MINIMUM_MARK]
    if strange:
        return f"{strange[0]} is not known here. The only word in braces is {MINIMUM_MARK}."
    if any(said.rstrip(",") in (minimum.short, str(minimum)) for said in _DOLLARS.findall(body)):
        return f"Write {MINIMUM_MARK} where it says {minimum.short}, so that the ask follows the configured minimum."
    return ""


def ask_paragraphs(body: str, minimum: Money) -> tuple[str, ...]:
    """The paragraphs of an ask as shown: blank lines part them, the mark becomes the minimum pledge."""
    return split_paragraphs(body.replace(MINIMUM_MARK, minimum.short))


def split_paragraphs(body: str) -> tuple[str, ...]:
    """The paragraphs of a text, parted by blank lines."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", body.replace("\r", "")) if part.strip())


def default_ask() -> str:
    """Our own words, for a station that has written none."""
    return "\n\n".join(DEFAULT_ASK)


def ask_in_force(spans: Iterable[tuple[date, date | None, str]], today: date) -> str | None:
    """The body shown on a station-local day, of (first day, last day, body) in order of writing.

    The one that started last wins, and of several that start on one day the one written last.
    """
    live = [
        (starts, place, body)
        for place, (starts, ends, body) in enumerate(spans)
        if starts <= today and (ends is None or today <= ends)
    ]
    return max(live)[2] if live else None
