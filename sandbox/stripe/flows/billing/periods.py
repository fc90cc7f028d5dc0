"""When a subscription's periods begin, and what a first one costs that is shorter than the others.

docs.stripe.com/billing/subscriptions/billing-cycle (anchor, day of the month, prorations) and
docs.stripe.com/billing/subscriptions/trials. `Beginning` is read from the parameters of a new subscription or from a
Checkout Session's `subscription_data`.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.stripe.core.clock import DAY, next_period_end, period_start_before
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj

LONGEST_TRIAL = 730 * DAY
NAMES = ("trial_end", "trial_period_days", "billing_cycle_anchor", "billing_cycle_anchor_config")
PARTS = ("day_of_month", "hour", "minute", "month", "second")


@dataclass(frozen=True)
class Beginning:
    """`anchor` is the instant when the first full period begins, None when that is at once. Until then the donor has
    a trial, or pays a share (`prorate`), or nothing."""

    anchor: int | None = None
    trial: bool = False
    prorate: bool = True
    config: Obj | None = None

    def share(self, amount: int, recurring: Obj, now: int) -> int:
        """What of a whole period's `amount` is paid at the start, in cents, rounded half up."""
        if self.anchor is None:
            return amount
        if self.trial or not self.prorate:
            return 0
        day = day_of(self.config)
        before = period_start_before(self.anchor, recurring["interval"], recurring["interval_count"], day)
        if before >= now:  # more than a whole period until the anchor
            return amount
        whole = self.anchor - before
        return (amount * (self.anchor - now) * 2 + whole) // (2 * whole)

    def end(self, now: int, recurring: Obj) -> int:
        """When the first period ends."""
        return self.anchor or next_period_end(now, now, recurring["interval"], recurring["interval_count"])


def beginning(given: dict[str, Any], now: int, where: str = "") -> Beginning:
    """How a subscription begins, or the API's 400 for what cannot be."""
    chosen = [name for name in NAMES if given.get(name)]
    if len(chosen) > 1:
        raise invalid(f"You may only specify one of these parameters: {', '.join(chosen)}.", _at(where, chosen[1]))
    if not chosen:
        return Beginning()
    name, prorate = chosen[0], given.get("proration_behavior", "create_prorations") != "none"
    if name == "billing_cycle_anchor_config":
        config = {part: given[name].get(part) for part in PARTS}
        return Beginning(_next(now, config, _at(where, name)), prorate=prorate, config=config)
    at = now + int(given[name]) * DAY if name == "trial_period_days" else given[name]
    if at == "now":
        return Beginning()
    check_future(int(at), now, _at(where, name))
    return Beginning(int(at), trial=name.startswith("trial"), prorate=prorate)


def check_future(at: int, now: int, param: str) -> None:
    """An instant to come, at most two years ahead: docs.stripe.com/api/subscriptions/update, `trial_end`."""
    if at <= now:
        raise invalid(f"Invalid timestamp: must be an integer Unix timestamp in the future: {at}.", param)
    if at > now + LONGEST_TRIAL:
        raise invalid("Invalid timestamp: it can be no more than two years in the future.", param)


def _at(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def day_of(config: Obj | None) -> int | None:
    return int(config["day_of_month"]) if config else None


def _next(now: int, config: Obj, param: str) -> int:
    """The next instant that the configuration names; a day that a month has not is its last."""
    day, month = int(config["day_of_month"]), config["month"]
    if not 1 <= day <= 31 or not (month is None or 1 <= month <= 12):
        raise invalid("day_of_month is 1 to 31 and month 1 to 12.", param)
    begun = datetime.fromtimestamp(now, UTC)
    hour, minute, second = (
        int(getattr(begun, part) if config[part] is None else config[part]) for part in ("hour", "minute", "second")
    )
    for step in range(14):
        year, index = divmod(begun.year * 12 + begun.month - 1 + step, 12)
        last = calendar.monthrange(year, index + 1)[1]
        at = begun.replace(year=year, month=index + 1, day=min(day, last), hour=hour, minute=minute, second=second)
        if month in (None, index + 1) and int(at.timestamp()) > now:
            return int(at.timestamp())
    raise AssertionError("a year has every month")
