"""Reads of outgoing mail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id, row_id
from station.mail.models import MailState, OutgoingMail

PREFIX = "mail"
PAGE = 50
STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class MailView:
    """A message as the desk shows it. A private one has no text to show."""

    id: UUID
    public_id: str
    kind: str
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


def messages(state: MailState | None = None, before: str = "") -> MailPage:
    """Fifty messages, newest first: all or those in a state, from behind the message `before` (a public id) on."""
    query = sa.select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(PAGE + 1)
    if state is not None:
        query = query.where(OutgoingMail.state == state)
    last = row_id(PREFIX, before)
    if last is not None:
        query = query.where(OutgoingMail.id < last)
    rows = db.session().scalars(query).all()
    return MailPage(
        [_view(row) for row in rows[:PAGE]], public_id(PREFIX, rows[PAGE - 1].id) if len(rows) > PAGE else None
    )


def counts() -> dict[MailState, int]:
    """How many messages are in each state."""
    rows = db.session().execute(sa.select(OutgoingMail.state, sa.func.count()).group_by(OutgoingMail.state))
    return {row[0]: row[1] for row in rows}


def stuck() -> list[MailView]:
    """Messages that should have left a quarter of an hour ago."""
    rows = db.session().scalars(
        sa.select(OutgoingMail)
        .where(
            OutgoingMail.state.in_([MailState.QUEUED, MailState.IN_FLIGHT]),
            OutgoingMail.queued_at < clock.now() - STUCK_AFTER,
        )
        .order_by(OutgoingMail.queued_at)
        .limit(PAGE)
    )
    return [_view(row) for row in rows]


def _view(row: OutgoingMail) -> MailView:
    text, html = ("", "") if row.private else (row.text, row.html)
    return MailView(
        row.id,
        public_id(PREFIX, row.id),
        row.kind,
        row.member_id,
        row.sender,
        row.recipient,
        row.recipient_name,
        row.subject,
        text,
        html,
        row.private,
        row.state,
        row.attempts,
        row.last_error,
        row.queued_at,
        row.sent_at,
        row.message_id,
    )
