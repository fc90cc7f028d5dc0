"""How far the statements of a year have come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.outbox import JobState, Outbox
from station.mail.models import MailState, OutgoingMail
from station.receipts.models import (
    DeliveryWay,
    ReceiptCounter,
    RunKind,
    StatementCounter,
    StatementDelivery,
    StatementRun,
    YearlyStatement,
)
from station.receipts.queries.statements.composing import how_many_ready
from station.receipts.queries.statements.reading import has_email, newest, undelivered

CORRECTION = "receipts.correct_statement"  # the name of its job


@dataclass(frozen=True)
class YearCounts:
    """A year in numbers. `ready` have no statement yet; `stale` ones are about to be corrected.

    `to_mail` and `to_print` have not left; `mailed` counts messages by state, `printed` what left on paper.
    """

    year: int
    ready: int
    frozen: int
    stale: int
    to_mail: int
    to_print: int
    mailed: Mapping[MailState, int]
    printed: int

    @property
    def sent(self) -> int:
        return self.mailed.get(MailState.SENT, 0) + self.printed


@dataclass(frozen=True)
class RunView:
    """A run over a year. `many` lay before it; `finished_at` is None while it runs."""

    id: UUID
    kind: RunKind
    year: int
    many: int
    done: int
    made: int
    waiting: int
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None


def years() -> list[int]:
    """Years in which receipts were issued, the newest first."""
    return list(db.session().scalars(sa.select(ReceiptCounter.year).order_by(ReceiptCounter.year.desc())))


def frozen_years() -> dict[int, int]:
    """How many members have an official statement of a year, by year, the newest first: the last number given out."""
    found = sa.select(StatementCounter.year, StatementCounter.last).order_by(StatementCounter.year.desc())
    return dict(db.session().execute(found.where(StatementCounter.last > 0)).all())


def year_counts(year: int) -> YearCounts:
    """A year in numbers: counted anew each time, in a fixed number of questions."""
    session = db.session()
    mine = (YearlyStatement.year == year, newest())
    frozen = session.scalar(sa.select(sa.func.count()).select_from(YearlyStatement).where(*mine)) or 0
    waits = (
        sa.select(has_email().label("email"), sa.func.count())
        .select_from(YearlyStatement)
        .where(*mine, undelivered())
        .group_by("email")
    )
    waiting = {bool(email): many for email, many in session.execute(waits)}
    mailed, printed = _left(year)
    return YearCounts(
        year,
        how_many_ready(year),
        frozen,
        len(being_corrected(year)),
        waiting.get(True, 0),
        waiting.get(False, 0),
        mailed,
        printed,
    )


def being_corrected(year: int) -> set[str]:
    """Members whose statement of a year is about to be compared with the books, because a gift of it changed."""
    found = sa.select(Outbox.args).where(
        Outbox.job == CORRECTION, Outbox.state.in_((JobState.READY, JobState.RUNNING))
    )
    return {args["member_id"] for args in db.session().scalars(found) if args["year"] == year}


def _left(year: int) -> tuple[dict[MailState, int], int]:
    """Messages by state, and how many left on paper; versions that were replaced since count as well."""
    wanted = (
        sa.select(StatementDelivery.way, OutgoingMail.state, sa.func.count())
        .select_from(StatementDelivery)
        .join(YearlyStatement, YearlyStatement.id == StatementDelivery.statement_id)
        .outerjoin(OutgoingMail, OutgoingMail.id == StatementDelivery.mail_id)
        .where(YearlyStatement.year == year)
        .group_by(StatementDelivery.way, OutgoingMail.state)
    )
    rows = db.session().execute(wanted).all()
    mailed = {state: many for way, state, many in rows if way is DeliveryWay.MAIL}
    return mailed, sum(many for way, _, many in rows if way is DeliveryWay.PRINT)


def runs_of(year: int, limit: int = 10) -> list[RunView]:
    """The newest runs over a year, newest first."""
    wanted = sa.select(StatementRun).where(StatementRun.year == year).order_by(StatementRun.id.desc()).limit(limit)
    return [_run(row) for row in db.session().scalars(wanted)]


def open_run(kind: RunKind, year: int) -> RunView | None:
    """The run of a kind over a year that has not ended."""
    wanted = sa.select(StatementRun).where(
        StatementRun.kind == kind, StatementRun.year == year, StatementRun.finished_at.is_(None)
    )
    row = db.session().scalar(wanted.limit(1))
    return _run(row) if row else None


def runs_on(run_id: UUID) -> bool:
    """Whether a run has not ended."""
    wanted = sa.select(StatementRun.id).where(StatementRun.id == run_id, StatementRun.finished_at.is_(None))
    on = db.session().scalar(wanted) is not None
    db.session().rollback()
    return on


def was_frozen(year: int) -> bool:
    """Whether all members of a year were frozen once: who gives late to it gets a statement by itself."""
    wanted = sa.select(StatementRun.id).where(
        StatementRun.kind == RunKind.FREEZE, StatementRun.year == year, StatementRun.finished_at.is_not(None)
    )
    return db.session().scalar(wanted.limit(1)) is not None


def _run(row: StatementRun) -> RunView:
    return RunView(
        row.id,
        row.kind,
        row.year,
        row.many,
        row.done,
        row.made,
        row.waiting,
        row.asked_by,
        row.asked_at,
        row.finished_at,
    )
