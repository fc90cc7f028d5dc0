"""What became of a mailing: counted and listed. The rows of outgoing mail say what became of each letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.mail.models import (
    Bounce,
    Consent,
    LeftOut,
    Mailing,
    MailingRecipient,
    MailState,
    OutgoingMail,
    RecipientState,
    Severity,
)
from station.mail.policies import WAITING
from station.mail.policies.choices.topics import ALL
from station.mail.policies.mailings import LOOKED_BACK, Pace, pace
from station.mail.queries.stops import MAILING_KIND

PAGE = 100
LISTS = ("waiting", "on_its_way", "sent", "unknown", "bounced", "failed", "withheld", "called_off", "left_out")
STATES = {
    "on_its_way": WAITING,
    "sent": (MailState.SENT,),
    "unknown": (MailState.UNKNOWN,),
    "bounced": (MailState.BOUNCED,),
    "failed": (MailState.FAILED,),
    "withheld": (MailState.WITHHELD,),
    "called_off": (MailState.ABORTED,),
}


@dataclass(frozen=True)
class Results:
    """How many there are of each kind. `by_reason` are those left out at freezing, `withheld` those kept back after;
    `complained` and `unsubscribed` are among those it went to."""

    counts: Mapping[str, int]
    by_reason: Mapping[LeftOut, int]
    withheld: Mapping[str, int]
    languages: Mapping[str, int]
    complained: int
    unsubscribed: int
    pace: Pace | None

    @property
    def total(self) -> int:
        """Everybody on the frozen list."""
        return sum(self.counts.values())

    @property
    def getting(self) -> int:
        """Those who are not left out."""
        return self.total - self.counts["left_out"]

    @property
    def left(self) -> int:
        """Those whose letter has not left yet."""
        return self.counts["waiting"] + self.counts["on_its_way"]


@dataclass(frozen=True)
class RecipientRow:
    """Somebody on a frozen list, and what became of it: one of LISTS, and in words why, where there is a reason."""

    position: int
    name: str
    email: str
    language: str
    member: str
    mail: str
    became: str
    reason: LeftOut | None
    trouble: str


def kind_of(mailing_id: UUID) -> str:
    """The kind under which the letters of a mailing stand in outgoing mail; providers report complaints by it."""
    return f"{MAILING_KIND}{mailing_id.hex}"


def results(mailing_id: UUID) -> Results:
    """What became of a mailing until now."""
    session = db.session()
    row = session.get_one(Mailing, mailing_id)
    counts = dict.fromkeys(LISTS, 0)
    for became, many in session.execute(
        sa.select(_BECAME, sa.func.count())
        .select_from(_JOINED)
        .where(MailingRecipient.mailing_id == mailing_id)
        .group_by(_BECAME)
    ):
        counts[became] += many
    return Results(
        counts,
        _grouped(mailing_id, MailingRecipient.reason, MailingRecipient.state == RecipientState.LEFT_OUT),
        _withheld(mailing_id),
        _grouped(mailing_id, MailingRecipient.language, MailingRecipient.state != RecipientState.LEFT_OUT),
        _complained(mailing_id),
        _unsubscribed(mailing_id, row.begun_at),
        _pace(row, counts["waiting"] + counts["on_its_way"]),
    )


def recipients(mailing_id: UUID, became: str = "", after: int = 0, limit: int = PAGE) -> list[RecipientRow]:
    """Some of a frozen list in its order, from behind a position on: all, or those of one of LISTS."""
    query = sa.select(MailingRecipient, OutgoingMail.last_error, _BECAME).select_from(_JOINED)
    query = query.where(MailingRecipient.mailing_id == mailing_id, MailingRecipient.position > after)
    if became:
        query = query.where(_BECAME.in_([became]))
    rows = db.session().execute(query.order_by(MailingRecipient.position).limit(limit))
    return [_row(*found) for found in rows]


def every_recipient(mailing_id: UUID) -> Iterator[RecipientRow]:
    """The whole of a frozen list, read in parts."""
    after = 0
    while some := recipients(mailing_id, after=after, limit=1000):
        yield from some
        after = some[-1].position


_JOINED = sa.join(MailingRecipient, OutgoingMail, OutgoingMail.id == MailingRecipient.mail_id, isouter=True)
_BECAME = sa.case(
    *[(OutgoingMail.state.in_(states), name) for name, states in STATES.items()],
    else_=sa.cast(MailingRecipient.state, sa.String),
)


def _row(row: MailingRecipient, trouble: str | None, became: str) -> RecipientRow:
    return RecipientRow(
        row.position,
        row.name,
        row.email,
        row.language,
        public_id("member", row.member_id) if row.member_id else "",
        public_id("mail", row.mail_id) if row.mail_id else "",
        became,
        row.reason,
        trouble or "",
    )


def _grouped(mailing_id: UUID, column: sa.SQLColumnExpression, *where: sa.ColumnElement[bool]) -> dict:  # type: ignore[type-arg]
    grouped = sa.select(column, sa.func.count()).where(MailingRecipient.mailing_id == mailing_id, *where)
    return {row[0]: row[1] for row in db.session().execute(grouped.group_by(column))}


def _withheld(mailing_id: UUID) -> dict[str, int]:
    why = sa.select(OutgoingMail.last_error, sa.func.count()).where(
        OutgoingMail.kind == kind_of(mailing_id), OutgoingMail.state == MailState.WITHHELD
    )
    return {row[0]: row[1] for row in db.session().execute(why.group_by(OutgoingMail.last_error))}


def _complained(mailing_id: UUID) -> int:
    found = sa.select(sa.func.count(sa.distinct(Bounce.mail_id))).join(
        OutgoingMail, OutgoingMail.id == Bounce.mail_id
    )
    wanted = found.where(OutgoingMail.kind == kind_of(mailing_id), Bounce.severity == Severity.COMPLAINT)
    return db.session().scalar(wanted) or 0


def _unsubscribed(mailing_id: UUID, since: datetime | None) -> int:
    """Addresses it went to that said no to its topic, or to all, since then."""
    if since is None:
        return 0
    said = (
        sa.select(sa.func.count(sa.distinct(Consent.address)))
        .join(MailingRecipient, MailingRecipient.address == Consent.address)
        .join(Mailing, Mailing.id == MailingRecipient.mailing_id)
        .where(
            Mailing.id == mailing_id,
            MailingRecipient.state == RecipientState.QUEUED,
            Consent.topic.in_([Mailing.topic, ALL]),
            Consent.given.is_(False),
            Consent.at >= since,
        )
    )
    return db.session().scalar(said) or 0


def _pace(row: Mailing, left: int) -> Pace | None:
    if row.begun_at is None or not left:
        return None
    now = clock.now()
    since = max(row.begun_at, now - LOOKED_BACK)
    gone = sa.select(sa.func.count()).where(OutgoingMail.kind == kind_of(row.id), OutgoingMail.sent_at >= since)
    return pace(db.session().scalar(gone) or 0, since, now, left)
