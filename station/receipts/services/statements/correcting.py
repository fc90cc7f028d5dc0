"""Corrections: the number stays, the version is the next one, and its first words say what changed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.outbox import Job, Queue, enqueue
from station.licensee.queries import the_licensee
from station.receipts.models import RunKind, StatementDelivery, YearlyStatement
from station.receipts.policies import Place
from station.receipts.policies import statements as policies
from station.receipts.queries import legends_for
from station.receipts.queries import statements as queries
from station.receipts.services.statements import runs
from station.receipts.services.statements.issuing import changed, issue_missing, lock_year, row
from station.receipts.services.statements.sending import tell

CORRECT = Job(queries.CORRECTION, Queue.BULK, attempts=50)
SETTLE = timedelta(seconds=30)  # a refund is often followed by another line of the same gift


def look_again(member_id: UUID, year: int) -> None:
    """A gift of a year changed: if the year has ended, have its statement compared with the books. Joins the
    transaction, and asks nothing of it but a row of the outbox."""
    if policies.over(year, clock.today(the_licensee().timezone)):
        enqueue(CORRECT, run_at=clock.now() + SETTLE, member_id=str(member_id), year=year)


def correct(
    member_id: UUID, year: int, actor: Actor = runs.CLERK, reason: str = "", seen: int | None = None
) -> UUID | None:
    """Bring a member's official statement to what the books say; returns the new version, None without one.

    Without a `reason` a version is made only if the books say something else. Who has no statement of a year that
    was frozen gets the first one. It goes to the donor if an earlier version did. `seen` is the version that the
    person who asks has before them: where another one holds by now, none is made. Raises StillFreezing.
    """
    with transaction() as session:
        if queries.open_run(RunKind.FREEZE, year):
            raise runs.StillFreezing(f"{year} is being frozen")
        lock_year(session, year)
        old = _newest(session, member_id, year)
        if old is None:
            return _first(session, member_id, year)
        if seen is not None and old.version != seen:
            return None
        now = queries.composed(year, [member_id])[member_id]
        said = policies.facts(now)
        if now.waiting or (policies.digest(said) == old.digest and not reason):
            return None
        who = queries.addressees([member_id])[member_id]
        why = changed(old.facts, said, who.language, [reason])
        day = clock.local_date(old.issued_at, the_licensee().timezone)
        made = row(now, who, old.number, old.version + 1, legends_for(Place.RECEIPT), day, why)
        session.execute(sa.insert(YearlyStatement), [made])
        session.flush()
        told = _has_left(member_id, year)
        events.record(
            "receipts.statement.corrected",
            actor,
            [Subject("statement", made["id"]), Subject("member", member_id)],
            {"label": policies.label(year, old.number), "version": old.version + 1, "reason": why, "told": told},
        )
        if told:
            tell(made["id"], actor)
        return UUID(str(made["id"]))


def _newest(session: Session, member_id: UUID, year: int) -> YearlyStatement | None:
    mine = sa.select(YearlyStatement).where(YearlyStatement.member_id == member_id, YearlyStatement.year == year)
    return session.scalar(mine.where(queries.newest()))


def _first(session: Session, member_id: UUID, year: int) -> UUID | None:
    """The first statement of somebody whose gift came late into a year that was frozen."""
    if not queries.was_frozen(year) or not issue_missing(session, year, [member_id])[0]:
        return None
    made = _newest(session, member_id, year)
    return made.id if made else None


def _has_left(member_id: UUID, year: int) -> bool:
    """Whether any version of a statement went to the donor."""
    wanted = (
        sa.select(StatementDelivery.statement_id)
        .join(YearlyStatement, YearlyStatement.id == StatementDelivery.statement_id)
        .where(YearlyStatement.member_id == member_id, YearlyStatement.year == year)
    )
    return db.session().scalar(wanted.limit(1)) is not None
