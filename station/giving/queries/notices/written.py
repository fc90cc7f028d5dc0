"""Notices as they were written, and how each was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.columns import local_day
from station.core.db import db
from station.core.ids import public_id, row_id
from station.giving.models import Channel, Notice, NoticeDelivery, NoticeKind, Pledge
from station.giving.policies.notices import CATALOGUE, Rule
from station.licensee.queries import the_licensee
from station.mail.models import MailState, OutgoingMail
from station.members.models import Member
from station.members.policies import printed_name
from station.payments.gateway import SUBSCRIPTION_PREFIX
from station.payments.models import Asked, Subscription

PREFIX = "notice"
HIDDEN = "/my-gift/[the donor’s private link]"  # what the proof shows where the mail has the donor's own
PAGE = 50
ON_THE_WAY = [each for each in MailState if each.value in ("queued", "in_flight", "unknown")]
D, M = NoticeDelivery, OutgoingMail


class Standing(StrEnum):
    """What became of a notice."""

    GIVEN = "given"
    ON_THE_WAY = "on_the_way"
    NOT_GIVEN = "not_given"


class View(StrEnum):
    """Which notices a list shows."""

    ALL = "all"
    OPEN = "open"  # not given, and not on the way
    LATE = "late"  # not given in time


@dataclass(frozen=True)
class Delivery:
    """One way in which a notice was given, or tried to be. `mail_id` is public; `on` is station-local."""

    how: Channel
    on: date
    by: str
    note: str
    mail_id: str
    recipient: str
    state: MailState | None
    sent_at: datetime | None
    message_id: str
    error: str

    @property
    def standing(self) -> Standing:
        """By a person it is given; a mail is once it was sent, and is not any more once it came back."""
        if self.state is None or self.state is MailState.SENT:
            return Standing.GIVEN
        return Standing.ON_THE_WAY if self.state in ON_THE_WAY else Standing.NOT_GIVEN


@dataclass(frozen=True)
class NoticeView:
    """A notice with its proof. Dates are station-local."""

    id: UUID
    public_id: str
    rule: Rule
    subscription_id: UUID
    sustainer_id: str
    name: str
    member_id: UUID | None
    event_on: date
    opens_on: date
    due_on: date
    asked: Asked
    wording: str
    language: str
    subject: str
    text: str
    written_at: datetime
    deliveries: tuple[Delivery, ...]

    @property
    def standing(self) -> Standing:
        """The best of its deliveries."""
        found = {each.standing for each in self.deliveries}
        return next((each for each in Standing if each in found), Standing.NOT_GIVEN)

    @property
    def on_paper(self) -> str:
        """The words for the post: without a link that only the mail has."""
        return self.text.replace(HIDDEN, "/my-gift")

    @property
    def given_on(self) -> date | None:
        """The station-local day on which it was first given."""
        return min((each.on for each in self.deliveries if each.standing is Standing.GIVEN), default=None)

    @property
    def late(self) -> bool:
        """Whether it was not given in time: later, or not at all although its last day is over."""
        given = self.given_on or clock.today(the_licensee().timezone)
        return given > self.due_on


@dataclass(frozen=True)
class NoticePage:
    """A page of notices, newest first."""

    rows: list[NoticeView]
    many: int
    page: int

    @property
    def more(self) -> bool:
        return self.page * PAGE < self.many


@dataclass(frozen=True)
class Counted:
    """How many notices of a kind were written, and what became of them."""

    written: int
    open: int
    late: int


def given() -> sa.ColumnElement[bool]:
    """Whether a notice was given."""
    return _delivered(sa.or_(M.id.is_(None), M.state == MailState.SENT))


def waits() -> sa.ColumnElement[bool]:
    """Whether a mail of it is on its way."""
    return _delivered(M.state.in_(ON_THE_WAY))


def in_time() -> sa.ColumnElement[bool]:
    """Whether it was given by its last day: of a mail that on which it was sent, not that on which it was queued."""
    on = sa.func.coalesce(local_day(M.sent_at, the_licensee().timezone), D.given_on)
    return _delivered(sa.and_(sa.or_(M.id.is_(None), M.state == MailState.SENT), on <= Notice.due_on))


def sent_since(instant: datetime) -> sa.ColumnElement[bool]:
    """Whether a mail of it was sent since an instant."""
    return _delivered(sa.and_(M.state == MailState.SENT, M.sent_at >= instant))


def _delivered(how: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    tried = sa.select(D.id).outerjoin(M, M.id == D.mail_id).where(D.notice_id == Notice.id, how)
    return tried.correlate(Notice).exists()


def of_view(view: View) -> list[sa.ColumnElement[bool]]:
    """The condition of a list."""
    today = clock.today(the_licensee().timezone)
    if view is View.OPEN:
        return [~given(), ~waits()]
    return [~in_time(), sa.or_(given(), Notice.due_on < today)] if view is View.LATE else []


def notices(view: View, kind: NoticeKind | None = None, page: int = 1) -> NoticePage:
    """A page of notices."""
    wanted = of_view(view) + ([Notice.kind == kind] if kind else [])
    many = db.session().scalar(sa.select(sa.func.count()).select_from(Notice).where(*wanted)) or 0
    newest = _listed().where(*wanted).order_by(Notice.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return NoticePage(_views(newest), many, page)


def notices_of(subscription_id: UUID) -> list[NoticeView]:
    """The notices of a recurring gift, newest first."""
    return _views(_listed().where(Notice.subscription_id == subscription_id).order_by(Notice.id.desc()))


def notice(text: str) -> NoticeView | None:
    """The notice behind notice_…, or None."""
    found = row_id(PREFIX, text)
    return notice_of(found) if found else None


def notice_of(notice_id: UUID) -> NoticeView | None:
    """One notice, or None."""
    return next(iter(_views(_listed().where(Notice.id == notice_id))), None)


def notices_written(since: date, until: date) -> Iterator[NoticeView]:
    """The notices that were written from one station-local day to another, oldest first; memory stays flat."""
    zone, last = the_licensee().timezone, None
    start, end = clock.day_bounds(since, zone)[0], clock.day_bounds(until, zone)[1]
    while True:
        some = _listed().where(Notice.written_at >= start, Notice.written_at < end).order_by(Notice.id).limit(500)
        page = _views(some.where(Notice.id > last) if last else some)
        yield from page
        if len(page) < 500:
            return
        last = page[-1].id


def notice_counts(days: int = 365) -> dict[NoticeKind, Counted]:
    """By kind: written in so many days, and of all of them those that are open, and those that were not in time."""
    since = clock.now() - timedelta(days=days)
    counts = {view: _count(of_view(view)) for view in (View.OPEN, View.LATE)}
    written = _count([Notice.written_at > since])
    return {
        kind: Counted(written.get(kind, 0), counts[View.OPEN].get(kind, 0), counts[View.LATE].get(kind, 0))
        for kind in CATALOGUE
    }


def _count(wanted: list[sa.ColumnElement[bool]]) -> dict[NoticeKind, int]:
    rows = db.session().execute(sa.select(Notice.kind, sa.func.count()).where(*wanted).group_by(Notice.kind))
    return {row[0]: row[1] for row in rows}


def _listed() -> sa.Select[Any]:
    columns: tuple[Any, ...] = (Notice, Pledge, Member.name)
    return (
        sa.select(*columns)
        .join(Subscription, Subscription.id == Notice.subscription_id)
        .outerjoin(Pledge, Pledge.id == Subscription.reference)
        .outerjoin(Member, Member.id == Pledge.member_id)
    )


def _views(query: sa.Select[Any]) -> list[NoticeView]:
    rows = db.session().execute(query).all()
    tried: dict[UUID, list[Delivery]] = {}
    some = sa.select(D, M).outerjoin(M, M.id == D.mail_id).where(D.notice_id.in_([row[0].id for row in rows]))
    for each, mail in db.session().execute(some.order_by(D.id)):
        tried.setdefault(each.notice_id, []).append(_delivery(each, mail))
    return [_view(row[0], row[1], row[2], tuple(tried.get(row[0].id, ()))) for row in rows]


def _view(row: Notice, pledge: Pledge | None, name: str | None, tried: tuple[Delivery, ...]) -> NoticeView:
    typed = printed_name(pledge.given_name, pledge.family_name) if pledge else ""
    return NoticeView(
        row.id,
        public_id(PREFIX, row.id),
        CATALOGUE[row.kind],
        row.subscription_id,
        public_id(SUBSCRIPTION_PREFIX, row.subscription_id),
        name or typed,
        pledge.member_id if pledge else None,
        row.event_on,
        row.opens_on,
        row.due_on,
        row.asked,
        row.wording,
        row.language,
        row.subject,
        row.text,
        row.written_at,
        tried,
    )


def _delivery(row: NoticeDelivery, mail: OutgoingMail | None) -> Delivery:
    sent = clock.local_date(mail.sent_at, the_licensee().timezone) if mail and mail.sent_at else row.given_on
    return Delivery(
        row.how,
        sent,
        row.by,
        row.note,
        public_id("mail", mail.id) if mail else "",
        mail.recipient if mail else "",
        mail.state if mail else None,
        mail.sent_at if mail else None,
        mail.message_id if mail else "",
        mail.last_error if mail else "",
    )
