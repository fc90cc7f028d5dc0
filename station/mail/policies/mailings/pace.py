"""How fast a mailing goes, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LOOKED_BACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Pace:
    """Letters a minute of late, and when the last one will have left at that rate (none: nobody knows)."""

    a_minute: int
    done_at: datetime | None


def pace(handled: int, since: datetime, now: datetime, left: int) -> Pace:
    """The pace of a mailing that has handled so many letters since an instant, with so many left."""
    minutes = max((now - since).total_seconds(), 1) / 60
    rate = handled / minutes
    return Pace(round(rate), now + timedelta(minutes=left / rate) if rate and left else None)
