"""Reads of official statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.mail.models import MailState, OutgoingMail
from station.members.models import MemberEmail
from station.receipts.models import DeliveryWay, StatementDelivery, YearlyStatement
from station.receipts.policies import statements as policies

PREFIX = "statement"
PAGE = 50
ROWS = 800  # lines of one print run: below what one PDF may hold


@dataclass(frozen=True)
class StatementView:
    """A version of a statement as issued. `replaced_by` is the public id of the version that holds instead."""

    id: UUID
    public_id: str
    label: str
    year: int
    version: int
    member_id: UUID
    member_public_id: str
    donor_name: str
    language: str
    gifts: int
    total: Money
    deductible: Money
    facts: dict[str, Any]
    wording: str
    text: str
    reason: str
    issued_at: datetime
    replaced_by: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """What was printed, in its parts, in the words of its day."""
        return policies.document(self.facts, self.language, self.wording)


@dataclass(frozen=True)
class Delivered:
    """How a version left: `state` is that of its mail, or nothing for paper."""

    way: DeliveryWay
    at: datetime
    by: str
    state: MailState | None


@dataclass(frozen=True)
class StatementPage:
    """Some statements in order of number, and the number to go on from."""

    rows: list[StatementView]
    after: int | None


def newest() -> sa.ColumnElement[bool]:
    """The condition that no later version of a statement was issued."""
    later = aliased(YearlyStatement)
    return ~sa.exists().where(
        later.year == YearlyStatement.year,
        later.member_id == YearlyStatement.member_id,
        later.version > YearlyStatement.version,
    )


def undelivered() -> sa.ColumnElement[bool]:
    """The condition that a version has not left yet."""
    return ~sa.exists().where(StatementDelivery.statement_id == YearlyStatement.id)


def has_email() -> sa.ColumnElement[bool]:
    """The condition that an address of its member is on file."""
    return sa.exists().where(MemberEmail.member_id == YearlyStatement.member_id)


def statement(statement_id: UUID) -> StatementView | None:
    """One version by its row id, with the one that replaced it, if any did."""
    row = db.session().get(YearlyStatement, statement_id)
    if row is None:
        return None
    later = sa.select(YearlyStatement.id).where(
        YearlyStatement.year == row.year,
        YearlyStatement.member_id == row.member_id,
        YearlyStatement.version > row.version,
        newest(),
    )
    found = db.session().scalar(later)
    return _view(row, public_id(PREFIX, found) if found else "")


def official(year: int, member_id: UUID) -> StatementView | None:
    """The version of a member's statement of a year that holds."""
    wanted = sa.select(YearlyStatement).where(
        YearlyStatement.year == year, YearlyStatement.member_id == member_id, newest()
    )
    row = db.session().scalar(wanted)
    return _view(row) if row else None


def versions(year: int, member_id: UUID) -> list[StatementView]:
    """Every version of a member's statement of a year, the newest first."""
    wanted = (
        sa.select(YearlyStatement)
        .where(YearlyStatement.year == year, YearlyStatement.member_id == member_id)
        .order_by(YearlyStatement.version.desc())
    )
    rows = db.session().scalars(wanted).all()
    holding = public_id(PREFIX, rows[0].id) if rows else ""
    return [_view(row, "" if place == 0 else holding) for place, row in enumerate(rows)]


def statements_of_member(member_id: UUID, limit: int = 30) -> list[StatementView]:
    """The statements of a member that hold, newest year first."""
    wanted = (
        sa.select(YearlyStatement)
        .where(YearlyStatement.member_id == member_id, newest())
        .order_by(YearlyStatement.year.desc())
        .limit(limit)
    )
    return [_view(row) for row in db.session().scalars(wanted)]


@dataclass(frozen=True)
class MemberStatements:
    """A member's statements that hold, and the year whose running view the desk offers first."""

    member_public_id: str
    rows: list[StatementView]
    this_year: int


def member_panel(member_id: UUID) -> MemberStatements:
    """What the panel of the member page shows."""
    today = clock.today(the_licensee().timezone)
    return MemberStatements(public_id("member", member_id), statements_of_member(member_id), today.year)


def statements_of_year(year: int, after: int = 0, limit: int = PAGE) -> StatementPage:
    """The statements of a year that hold, by number, from behind one on."""
    return _page(sa.select(YearlyStatement).where(YearlyStatement.year == year, newest()), after, limit)


def for_paper(year: int, after: int = 0, limit: int = PAGE) -> StatementPage:
    """The statements of a year that hold, have not left, and have no email address to go to."""
    wanted = sa.select(YearlyStatement).where(YearlyStatement.year == year, newest(), undelivered(), ~has_email())
    return _page(wanted, after, limit, ROWS)


def delivered(statement_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """How some versions left, by version; those that have not are missing."""
    wanted = (
        sa.select(StatementDelivery, OutgoingMail.state)
        .outerjoin(OutgoingMail, OutgoingMail.id == StatementDelivery.mail_id)
        .where(StatementDelivery.statement_id.in_(statement_ids))
    )
    rows = db.session().execute(wanted)
    return {row.statement_id: Delivered(row.way, row.at, row.by, state) for row, state in rows}


def _page(wanted: sa.Select[YearlyStatement], after: int, limit: int, most: int | None = None) -> StatementPage:
    """So many statements by number, and no more than `most` lines on all of them but the first."""
    found = wanted.where(YearlyStatement.number > after).order_by(YearlyStatement.number).limit(limit + 1)
    rows = list(db.session().scalars(found))
    kept = rows[:limit]
    while most is not None and len(kept) > 1 and sum(row.gifts for row in kept) > most:
        kept.pop()
    return StatementPage([_view(row) for row in kept], kept[-1].number if len(rows) > len(kept) else None)


def _view(row: YearlyStatement, replaced_by: str = "") -> StatementView:
    return StatementView(
        row.id,
        public_id(PREFIX, row.id),
        policies.label(row.year, row.number),
        row.year,
        row.version,
        row.member_id,
        public_id("member", row.member_id),
        row.donor_name,
        row.language,
        row.gifts,
        row.total,
        Money(row.deductible_cents, row.currency),
        row.facts,
        row.wording,
        row.text,
        row.reason,
        row.issued_at,
        replaced_by,
    )
