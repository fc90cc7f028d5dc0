"""Rules of the banner, on plain values."""

from __future__ import annotations

from datetime import datetime, timedelta


class NotThen(Exception):
    """Why a banner cannot stand between two instants, in words for an editor."""


LONGEST = timedelta(hours=48)
LONGEST_HEADLINE = 140


def to_the_minute(instant: datetime) -> datetime:
    """The instant without its seconds."""
    return instant.replace(second=0, microsecond=0)


def check_span(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """That a banner may stand between two instants: to come or now, and 48 hours at most. Raises NotThen."""
    if ends_at <= now:
        raise NotThen("It would be over already. Say when it ends.")
    if ends_at <= starts_at:
        raise NotThen("It ends before it begins.")
    if ends_at - max(starts_at, to_the_minute(now)) > LONGEST:
        raise NotThen("At most 48 hours: a banner that nobody looks after grows old. It can be put up again.")
