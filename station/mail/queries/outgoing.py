"""Reads of outgoing mail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id, row_id
from station.core.runtime import settings
from station.licensee.queries import the_licensee
from station.mail import policies
from station.mail.models import MailState, OutgoingMail, Stream

PREFIX = "mail"
PAGE = 50
KEPT_BACK = "kept back: outside production mail goes to MAIL_ONLY_TO alone, and this address is not on it"
STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class MailView:
    """A message as the desk shows it. The links of a private one are hidden."""

    id: UUID
    public_id: str
    kind: str
    stream: Stream
    topic: str | None
    member_id: UUID | None
    sender: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    private: bool
    state: MailState
    attempts: int
    last_error: str
    queued_at: datetime
    sent_at: datetime | None
    message_id: str
    repeats: int
    unsure: int


@dataclass(frozen=True)
class MailPage:
    """Some messages, newest first, and the cursor of the page after."""

    messages: list[MailView]
    before: str | None


def message(text: str) -> MailView | None:
    """The message behind mail_…; None for anything else."""
    found = row_id(PREFIX, text)
    row = db.session().get(OutgoingMail, found) if found else None
    return _view(row) if row else None


def mail_of(member_id: UUID, limit: int = 20) -> list[MailView]:
    """The newest messages to a member."""
    rows = db.session().scalars(
        sa.select(OutgoingMail)
        .where(OutgoingMail.member_id == member_id)
        .order_by(OutgoingMail.queued_at.desc(), OutgoingMail.id.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


def mail_by_keys(keys: Collection[str]) -> list[MailView]:
    """The messages that were written under these keys (a receipt's is that of its gift), newest first."""
    found = sa.select(OutgoingMail).where(OutgoingMail.key.in_(keys)).order_by(OutgoingMail.id.desc())
    return [_view(row) for row in db.session().scalars(found)]


def mail_about(member_id: UUID, key: str) -> list[MailView]:
    """The messages to a member whose keys begin with this one, newest first: all that carried one receipt, or one
    letter, also once more."""
    theirs = sa.select(OutgoingMail).where(OutgoingMail.member_id == member_id)
    found = theirs.where(OutgoingMail.key.startswith(key, autoescape=True)).order_by(OutgoingMail.id.desc())
    return [_view(row) for row in db.session().scalars(found)]


@dataclass(frozen=True)
class MailFilter:
    """Which messages: of a state, a stream, a kind, with these letters in the address, queued on station days."""

    state: MailState | None = None
    stream: Stream | None = None
    kind: str = ""
    address: str = ""
    since: date | None = None
    until: date | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """As SQL. The days are the station's own, the last one included."""
        zone = the_licensee().timezone
        found = [OutgoingMail.state == self.state] if self.state else []
        found += [OutgoingMail.stream == self.stream] if self.stream else []
        found += [OutgoingMail.kind == self.kind] if self.kind else []
        if self.address:
            found.append(sa.func.lower(OutgoingMail.recipient).contains(self.address.lower(), autoescape=True))
        found += [OutgoingMail.queued_at >= clock.day_bounds(self.since, zone)[0]] if self.since else []
        found += [OutgoingMail.queued_at < clock.day_bounds(self.until, zone)[1]] if self.until else []
        return found


def messages(wanted: MailFilter = MailFilter(), before: str = "") -> MailPage:
    """Fifty messages, newest first, from behind the message `before` (a public id) on."""
    query = sa.select(OutgoingMail).where(*wanted.conditions()).order_by(OutgoingMail.id.desc()).limit(PAGE + 1)
    last = row_id(PREFIX, before)
    if last is not None:
        query = query.where(OutgoingMail.id < last)
    rows = db.session().scalars(query).all()
    return MailPage(
        [_view(row) for row in rows[:PAGE]], public_id(PREFIX, rows[PAGE - 1].id) if len(rows) > PAGE else None
    )


def waiting(stream: Stream) -> int:
    """How many messages of a stream wait."""
    found = (OutgoingMail.state == MailState.QUEUED, OutgoingMail.stream == stream)
    return db.session().scalar(sa.select(sa.func.count()).where(*found)) or 0


def counts() -> dict[MailState, int]:
    """How many messages are in each state."""
    rows = db.session().execute(sa.select(OutgoingMail.state, sa.func.count()).group_by(OutgoingMail.state))
    return {row[0]: row[1] for row in rows}


def kept_back(address: str, _stream: Stream, _topic: str | None) -> str | None:
    """Outside production nothing reaches people who are not on the list, whatever data was copied there."""
    known = settings()
    may = known.production or known.mailbox or policies.allowed(address, known.mail_only_to)
    return None if may else KEPT_BACK


def stuck() -> list[MailView]:
    """Receipts and notices that should have left a quarter of an hour ago. Appeals may take their time."""
    rows = db.session().scalars(
        sa.select(OutgoingMail)
        .where(
            sa.or_(
                OutgoingMail.state.in_(policies.WAITING),
                sa.and_(OutgoingMail.state == MailState.UNKNOWN, OutgoingMail.repeats < policies.REPEATS),
            ),
            OutgoingMail.stream.in_([stream for stream in Stream if not stream.is_commercial]),
            OutgoingMail.queued_at < clock.now() - STUCK_AFTER,
        )
        .order_by(OutgoingMail.queued_at)
        .limit(PAGE)
    )
    return [_view(row) for row in rows]


def _view(row: OutgoingMail) -> MailView:
    hidden = policies.without_links if row.private else str
    return MailView(
        row.id,
        public_id(PREFIX, row.id),
        row.kind,
        row.stream,
        row.topic,
        row.member_id,
        row.sender,
        row.recipient,
        row.recipient_name,
        row.subject,
        hidden(row.text),
        hidden(row.html),
        row.private,
        row.state,
        row.attempts,
        row.last_error,
        row.queued_at,
        row.sent_at,
        row.message_id,
        row.repeats,
        row.died + row.dropped,
    )
