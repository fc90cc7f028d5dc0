"""Who takes our mail in: receiving domains in groups, and how fast each group lets itself be written to.

The groups are the public mailbox providers whose limits are one budget for all of their domains. A domain of one's
own that one of them hosts cannot be told by its name and is `other`: then the answers (421, 4.7.x) say when to wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from config import MailRate

OTHER = "other"
DOMAINS: dict[str, tuple[str, ...]] = {
    "gmail": ("gmail.com", "googlemail.com"),
    "yahoo": ("yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "aol.com", "aim.com", "verizon.net"),
    "outlook": ("outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com"),
}
PROVIDERS = (*DOMAINS, OTHER)
NATIONAL = {"yahoo": ("yahoo.",), "outlook": ("outlook.", "hotmail.", "live.")}  # yahoo.co.uk, hotmail.fr
SECONDS_AT_ONCE = 10  # a budget that was not used saves up this much of itself
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


def rate_for(provider: str, rates: Sequence[MailRate]) -> MailRate:
    """The rate of a provider; one that the settings do not name is written to as any other."""
    known = {rate.provider: rate for rate in rates}
    return known.get(provider) or known[OTHER]


def each(rate: MailRate) -> timedelta:
    """The time that one message takes of the budget."""
    return timedelta(minutes=1) / rate.per_minute


def provider_of(address: str) -> str:
    """The group of the domain of an address."""
    domain = address.rpartition("@")[2].lower()
    for name, known in DOMAINS.items():
        if domain in known or domain.startswith(NATIONAL.get(name, ())):
            return name
    return OTHER


def granted(rate: MailRate, empty_at: datetime, now: datetime, wanted: int) -> int:
    """How many of the wanted messages the budget has room for now."""
    room = _saved(rate) - (max(empty_at, now) - now)
    return max(0, min(wanted, room // each(rate)))


def after(rate: MailRate, empty_at: datetime, now: datetime, many: int) -> datetime:
    """When the bucket will have leaked empty after so many more."""
    return max(empty_at, now) + many * each(rate)


def room_at(rate: MailRate, empty_at: datetime) -> datetime:
    """The earliest instant at which one message fits."""
    return empty_at + each(rate) - _saved(rate)


def _saved(rate: MailRate) -> timedelta:
    """How far a budget may be ahead of the clock: never less than one message."""
    return max(timedelta(seconds=SECONDS_AT_ONCE), each(rate))


def pause(in_a_row: int) -> timedelta:
    """How long a provider is left alone that has asked for it so many times in a row (0: for the first time)."""
    doubled: int = 2 ** min(in_a_row, 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
