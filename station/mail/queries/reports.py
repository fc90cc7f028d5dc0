"""What the mail room reports: what nobody knows, what waits for whom, and how fast each provider is written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.runtime import settings
from station.mail import policies
from station.mail.models import MailProvider, MailState, OutgoingMail


@dataclass(frozen=True)
class Unsure:
    """How often nobody knew whether a message had left: its worker died, or the connection ended after the text.

    `repeats` is how often one went out again for that; `open` how many messages still stand there.
    """

    died: int
    dropped: int
    repeats: int
    open: int


@dataclass(frozen=True)
class Backlog:
    """What waits for a provider, and what it is written to: messages a minute, and how many workers at once."""

    provider: str
    waiting: int
    oldest: datetime | None
    per_minute: int
    at_once: int
    paused_until: datetime | None
    last_answer: str


def unsure() -> Unsure:
    """Both ways in which nobody knows, counted over all messages there ever were."""
    ever = sa.or_(OutgoingMail.died > 0, OutgoingMail.dropped > 0)
    columns = (OutgoingMail.died, OutgoingMail.dropped, OutgoingMail.repeats)
    counted = sa.select(*(sa.func.coalesce(sa.func.sum(column), 0) for column in columns)).where(ever)
    died, dropped, repeats = (int(many) for many in db.session().execute(counted).one())
    still = sa.select(sa.func.count()).where(OutgoingMail.state == MailState.UNKNOWN)
    return Unsure(died, dropped, repeats, db.session().scalar(still) or 0)


def backlog() -> list[Backlog]:
    """Each provider, with what waits for it now."""
    waiting = sa.select(OutgoingMail.provider, sa.func.count(), sa.func.min(OutgoingMail.queued_at))
    waiting = waiting.where(OutgoingMail.state == MailState.QUEUED).group_by(OutgoingMail.provider)
    found = {name: (many, oldest) for name, many, oldest in db.session().execute(waiting)}
    known = {row.name: row for row in db.session().scalars(sa.select(MailProvider))}
    now = clock.now()
    lines = []
    for name in policies.PROVIDERS:
        rate, row = policies.rate_for(name, settings().mail_rates), known.get(name)
        many, oldest = found.get(name, (0, None))
        until = row.paused_until if row and row.paused_until and row.paused_until > now else None
        answer = row.last_answer if row and until else ""
        lines.append(Backlog(name, many, oldest, rate.per_minute, rate.at_once, until, answer))
    return lines
