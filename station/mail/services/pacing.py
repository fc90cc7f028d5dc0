"""The pace of each provider: its budget, its requests to wait, and how many workers write to it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.runtime import settings
from station.core.upsert import insert_missing
from station.mail import policies
from station.mail.models import MailProvider, MailState, OutgoingMail, Stream

LONG_AGO = 60  # a pause that ended this many minutes ago and more is forgotten


def slow_down(provider: str, answer: str) -> datetime:
    """A provider asked us to wait: leave it alone, longer each time in a row; returns until when."""
    row, now = _locked(provider), clock.now()
    if row.paused_until is not None and row.paused_until > now:
        return row.paused_until  # one answer of several that were under way
    if row.paused_until is None or (now - row.paused_until).total_seconds() > LONG_AGO * 60:
        row.pauses = 0
    row.paused_until, row.pauses = now + policies.pause(row.pauses), row.pauses + 1
    row.last_answer = answer[:300]
    return row.paused_until


def take(provider: str, wanted: int) -> int:
    """How many messages of bulk mail may go to a provider now; `spend` them in the same transaction.

    What receipts and notices have used of the budget since the last look is taken off first: they wait for nobody.
    """
    row, now = _locked(provider), clock.now()
    if row.paused_until is not None and row.paused_until > now:
        return 0
    rate = policies.rate_for(provider, settings().mail_rates)
    others = sa.select(sa.func.count()).where(
        OutgoingMail.state == MailState.SENT,
        OutgoingMail.stream.in_([stream for stream in Stream if not stream.is_commercial]),
        OutgoingMail.provider == provider,
        OutgoingMail.due_at > row.counted_at,
    )
    row.empty_at = policies.after(rate, row.empty_at, now, db.session().scalar(others) or 0)
    row.counted_at = now
    return policies.granted(rate, row.empty_at, now, wanted)


def spend(provider: str, many: int) -> None:
    """Take so many messages off a provider's budget, whose row `take` has locked."""
    row, rate = db.session().get_one(MailProvider, provider), policies.rate_for(provider, settings().mail_rates)
    row.empty_at = policies.after(rate, row.empty_at, clock.now(), many)


def next_room(provider: str) -> datetime:
    """When a provider has room for a message again."""
    row, now = db.session().get(MailProvider, provider), clock.now()
    if row is None:
        return now
    rate = policies.rate_for(provider, settings().mail_rates)
    return max(now, row.paused_until or now, policies.room_at(rate, row.empty_at))


def _locked(provider: str) -> MailProvider:
    now = clock.now()
    insert_missing(
        MailProvider, name=provider, empty_at=now, counted_at=now, paused_until=None, pauses=0, last_answer=""
    )
    return db.session().get_one(MailProvider, provider, with_for_update=True)
