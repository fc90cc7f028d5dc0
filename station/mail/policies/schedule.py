"""When a message that was not taken is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from station.mail.models import Stream

# greylisting lets a second try in after some minutes (RFC 6647 §2.1); later half an hour and more (RFC 5321 §4.5.4.1)
PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)
# RFC 5321 §4.5.4.1 asks for four to five days; an appeal that is a day late is no appeal any more
GIVE_UP = {Stream.RECEIPTS: timedelta(days=4), Stream.NOTICES: timedelta(days=4), Stream.APPEALS: timedelta(days=1)}
REPEATS = 3  # times that a message of which nobody knows goes out again, under its Message-ID


def next_try(attempt: int, now: datetime) -> datetime:
    """When a message whose nth hand-over was not taken is due again."""
    return now + PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]


def given_up(stream: Stream, queued_at: datetime, now: datetime) -> bool:
    """Whether a message has waited as long as its stream allows."""
    return now - queued_at > GIVE_UP[stream]


def repeats(stream: Stream, so_far: int) -> bool:
    """Whether a message that may have left goes out again. An appeal never does: nobody misses a second one."""
    return not stream.is_commercial and so_far < REPEATS
