"""Reads of mail that came back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id, row_id
from station.mail.models import (
    Bounce,
    InboundKind,
    InboundMail,
    InboundWay,
    MatchedBy,
    OutgoingMail,
    Severity,
    Stream,
)
from station.mail.policies.suppressing import BOUNCES, COMPLAINTS, LOOKED_AT, above, answer

INBOUND = "in"
PAGE = 50
UNREAD_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class InboundView:
    """A message that came in, without its text."""

    id: UUID
    public_id: str
    kind: InboundKind
    way: InboundWay
    addressed_to: str
    sender: str
    subject: str
    outcome: str
    size: int
    received_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class BounceView:
    """What a message says of one recipient, and the message of ours that it is about."""

    inbound: str | None  # the message that says so; none where a server refused at once
    severity: Severity
    address: str
    matched_by: MatchedBy
    mail: str | None
    subject: str
    action: str
    status: str
    words: str
    at: datetime

    @property
    def said(self) -> str:
        """The other server's answer in one line."""
        return answer(self.status, self.words, self.action)


@dataclass(frozen=True)
class InboundPage:
    """Some messages, newest first, and the cursor of the page after."""

    rows: list[InboundView]
    before: str | None


@dataclass(frozen=True)
class StreamRate:
    """What became of a stream's messages lately; each rate is "stop", "warn" or nothing."""

    stream: Stream
    sent: int
    bounces: int
    complaints: int

    @property
    def complaints_are(self) -> str:
        return above(COMPLAINTS, self.complaints, self.sent)

    @property
    def bounces_are(self) -> str:
        return above(BOUNCES, self.bounces, self.sent)


def inbound(text: str) -> InboundView | None:
    """The message behind in_…; None for anything else."""
    found = row_id(INBOUND, text)
    rows = db.session().execute(_columns().where(InboundMail.id == found)).all() if found else []
    return _view(rows[0]) if rows else None


def inbound_text(inbound_id: UUID) -> str:
    """The beginning of a message as it arrived, as text that shows what is not text; nothing once it was emptied."""
    raw = db.session().scalar(sa.select(InboundMail.raw).where(InboundMail.id == inbound_id)) or b""
    return raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def inbounds(kinds: Collection[InboundKind] = (), before: str = "") -> InboundPage:
    """Fifty messages, newest first: all, or those of some kinds."""
    query = _columns().order_by(InboundMail.id.desc()).limit(PAGE + 1)
    if kinds:
        query = query.where(InboundMail.kind.in_(kinds))
    last = row_id(INBOUND, before)
    if last is not None:
        query = query.where(InboundMail.id < last)
    rows = [_view(row) for row in db.session().execute(query)]
    return InboundPage(rows[:PAGE], rows[PAGE - 1].public_id if len(rows) > PAGE else None)


def unread() -> list[InboundView]:
    """Messages that should have been read an hour ago."""
    late = InboundMail.received_at < clock.now() - UNREAD_AFTER
    query = _columns().where(InboundMail.kind == InboundKind.WAITING, late).order_by(InboundMail.id).limit(PAGE)
    return [_view(row) for row in db.session().execute(query)]


def inbound_counts() -> dict[InboundKind, int]:
    """How many messages of each kind came in."""
    found = sa.select(InboundMail.kind, sa.func.count()).group_by(InboundMail.kind)
    return {row[0]: row[1] for row in db.session().execute(found)}


def bounces_in(inbound_id: UUID) -> list[BounceView]:
    """What one message says, recipient by recipient."""
    return _bounces(_reports().where(Bounce.inbound_id == inbound_id).order_by(Bounce.position))


def bounces_about(mail_id: UUID) -> list[BounceView]:
    """What came back about a message of ours, newest first."""
    return _bounces(_reports().where(Bounce.mail_id == mail_id).order_by(Bounce.id.desc()).limit(PAGE))


def bounces_of(address_key: str) -> list[BounceView]:
    """What came back from an address (policies.suppressing.key_of), newest first, proved or not."""
    return _bounces(_reports().where(Bounce.address == address_key).order_by(Bounce.id.desc()).limit(PAGE))


def rates() -> list[StreamRate]:
    """The rates of each stream in the last seven days. A message counts once."""
    since = clock.now() - LOOKED_AT
    left = sa.select(OutgoingMail.stream, sa.func.count()).where(
        OutgoingMail.queued_at >= since - LOOKED_AT, OutgoingMail.sent_at >= since
    )
    sent = {row[0]: row[1] for row in db.session().execute(left.group_by(OutgoingMail.stream))}
    gone, spam = _reported(Severity.HARD, since), _reported(Severity.COMPLAINT, since)
    return [StreamRate(each, sent.get(each, 0), gone.get(each, 0), spam.get(each, 0)) for each in Stream]


def percent(count: int, of: int) -> str:
    """0.12 %, for so many of so many."""
    return f"{100 * count / of:.2f} %" if of else ("0.00 %" if not count else "100.00 %")


def _reported(severity: Severity, since: datetime) -> dict[Stream, int]:
    found = (
        sa.select(OutgoingMail.stream, sa.func.count(Bounce.mail_id.distinct()))
        .join(OutgoingMail, OutgoingMail.id == Bounce.mail_id)
        .where(Bounce.severity == severity, Bounce.at >= since)
        .group_by(OutgoingMail.stream)
    )
    return {row[0]: row[1] for row in db.session().execute(found)}


def _columns() -> sa.Select[*tuple[Any, ...]]:
    one = InboundMail
    told = (one.kind, one.way, one.addressed_to, one.sender, one.subject, one.outcome, one.size)
    return sa.select(one.id, *told, one.received_at, one.read_at)


def _view(row: sa.Row[*tuple[Any, ...]]) -> InboundView:
    return InboundView(row.id, public_id(INBOUND, row.id), *row[1:])


def _reports() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(Bounce, OutgoingMail.subject).outerjoin(OutgoingMail, OutgoingMail.id == Bounce.mail_id)


def _bounces(query: sa.Select[*tuple[Any, ...]]) -> list[BounceView]:
    return [
        BounceView(
            public_id(INBOUND, row.inbound_id) if row.inbound_id else None,
            row.severity,
            row.address,
            row.matched_by,
            public_id("mail", row.mail_id) if row.mail_id else None,
            subject or "",
            row.action,
            row.status,
            row.words,
            row.at,
        )
        for row, subject in db.session().execute(query)
    ]
