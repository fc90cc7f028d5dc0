"""The sandbox's time: real time plus an offset that only moves when told to.

Like a test clock (docs.stripe.com/billing/testing/test-clocks), moving it forward lets everything that falls
due on the way happen in order, each at its own instant. Unlike a test clock it is one for the whole account.
"""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3600, 86_400
LONGEST_STEP = 5 * 366 * DAY


class Clock:
    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset
        self._pinned: int | None = None

    def now(self) -> int:
        return self._pinned if self._pinned is not None else int(time.time() + self.offset)

    @contextmanager
    def at(self, instant: int) -> Iterator[None]:
        """Let one due thing happen at its own instant."""
        before, self._pinned = self._pinned, instant
        try:
            yield
        finally:
            self._pinned = before


def next_period_end(anchor: int, start: int, interval: str, count: int, day: int | None = None) -> int:
    """The first billing instant after `start` counted from `anchor`; `day` is the day of the month that is meant
    when the anchor itself fell into a shorter month.

    docs.stripe.com/billing/subscriptions/billing-cycle: a monthly anchor on the 31st bills on the last day of
    shorter months and on the 31st again afterwards, so periods count from the anchor, not from each other.
    """
    if interval in ("day", "week"):
        step = count * (DAY if interval == "day" else 7 * DAY)
        return anchor + ((start - anchor) // step + 1) * step
    months = count * (12 if interval == "year" else 1)
    turn = 1
    while _plus_months(anchor, months * turn, day) <= start:
        turn += 1
    return _plus_months(anchor, months * turn, day)


def period_start_before(anchor: int, interval: str, count: int, day: int | None = None) -> int:
    """When the period that ends at `anchor` would have begun."""
    if interval in ("day", "week"):
        return anchor - count * (DAY if interval == "day" else 7 * DAY)
    return _plus_months(anchor, -count * (12 if interval == "year" else 1), day)


def _plus_months(instant: int, months: int, day: int | None = None) -> int:
    begun = datetime.fromtimestamp(instant, UTC)
    index = begun.year * 12 + begun.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return int(begun.replace(year=year, month=month + 1, day=min(day or begun.day, last)).timestamp())
