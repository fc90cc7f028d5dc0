"""Sending official statements: one message a member, year and version; who has no email address gets paper."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events, runtime
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.faults import point
from station.core.ids import public_id, row_id
from station.core.upsert import insert_missing
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.receipts.models import DeliveryWay, RunKind, StatementDelivery, YearlyStatement
from station.receipts.policies import statements as policies
from station.receipts.queries import statements as queries
from station.receipts.queries.statements import Addressee
from station.receipts.services.statements import runs

KIND = "receipts.statement"
TEMPLATE = "receipts/mail/statement"


def start_sending(year: int, actor: Actor) -> UUID:
    """Begin to mail the statements of a year that have not left; returns the run. Raises CannotRun."""
    with transaction():
        if queries.open_run(RunKind.FREEZE, year):
            raise runs.CannotRun("The year is being frozen. Send its statements when that is through.")
        many = queries.year_counts(year).to_mail
        if not many:
            raise runs.CannotRun("No statement of this year waits to be mailed.")
        return runs.begin(RunKind.SEND, year, many, actor)


def send_batch(run_id: UUID) -> None:
    """Mail the next statements of a run, and ask for the batch after; nothing when it has ended."""
    with transaction() as session:
        run = runs.taken(session, run_id)
        if run is None:
            return
        wanted = sa.select(YearlyStatement).where(
            YearlyStatement.year == run.year, queries.newest(), queries.undelivered(), queries.has_email()
        )
        if run.after is not None:
            wanted = wanted.where(YearlyStatement.id > run.after)
        rows = session.scalars(wanted.order_by(YearlyStatement.id).limit(runs.BATCH)).all()
        if not rows:
            runs.end(run)
            return
        people = queries.addressees([row.member_id for row in rows])
        for row in rows:
            _mail(row, people[row.member_id], run.asked_by)
        run.after, run.done, run.made = rows[-1].id, run.done + len(rows), run.made + len(rows)
        runs.go_on(run)
    point("receipts.send_statements:batch")


def tell(statement_id: UUID, actor: Actor) -> None:
    """Let one version go to its donor: by mail, or as work for a person with paper. Joins the transaction."""
    with transaction() as session:
        row = session.get_one(YearlyStatement, statement_id)
        who = queries.addressees([row.member_id])[row.member_id]
        if who.email:
            _mail(row, who, actor.label)
            return
        shown = policies.label(row.year, row.number)
        open_work_item(
            "receipts.statement_by_post",
            f"receipts.statement_by_post:{row.year}:{row.member_id}",
            Role.DEVELOPMENT,
            f"Post version {row.version} of statement {shown} to {row.donor_name}",
            "No email address is on file, and an earlier version was posted. Print this one and post it.",
            Subject("member", row.member_id),
            {"statement": public_id(queries.PREFIX, row.id)},
        )


def post_statement(statement_id: UUID, why: str) -> None:
    """Ask a person to print a statement and post it, if it is the one that holds. Joins the transaction."""
    with transaction() as session:
        row = session.scalar(sa.select(YearlyStatement).where(YearlyStatement.id == statement_id, queries.newest()))
        if row is None:
            return
        open_work_item(
            "receipts.statement_by_post",
            f"receipts.statement_by_post:{row.year}:{row.member_id}",
            Role.DEVELOPMENT,
            f"Post statement {policies.label(row.year, row.number)} to {row.donor_name}",
            f"{why} Print the statement and post it.",
            Subject("member", row.member_id),
            {"statement": public_id(queries.PREFIX, row.id)},
        )


def mark_printed(public_ids: Collection[str], year: int, actor: Actor) -> int:
    """Write down that some statements of a year left on paper; returns how many had not left before.

    `public_ids` are as a page lists them; what is none of this year is passed over.
    """
    named = [found for each in public_ids if (found := row_id(queries.PREFIX, each))]
    with transaction() as session:
        mine = sa.select(YearlyStatement.id).where(YearlyStatement.id.in_(named), YearlyStatement.year == year)
        many = sum(_left(each, DeliveryWay.PRINT, None, actor.label) for each in session.scalars(mine).all())
        if many:
            events.record("receipts.statements.printed", actor, [], {"many": many})
        return many


def _mail(row: YearlyStatement, who: Addressee, by: str) -> None:
    """Queue the message of a version, and write down that it left; the same version again is nothing."""
    printed = policies.document(row.facts, row.language, row.wording)
    mail_id = queue_mail(
        kind=KIND,
        key=str(row.id),
        stream=Stream.RECEIPTS,
        member_id=row.member_id,
        to_name=who.name,
        to_email=who.email,
        template=TEMPLATE,
        context={
            "printed": printed,
            "text": row.text,
            "donor": row.donor_name,
            "year": row.year,
            "url": f"{runtime.settings().base_url}/statement/{public_id(queries.PREFIX, row.id)}",
            "corrected": row.version > 1,
        },
        language=row.language,
    )
    _left(row.id, DeliveryWay.MAIL, mail_id, by)


def _left(statement_id: UUID, way: DeliveryWay, mail_id: UUID | None, by: str) -> bool:
    db.session().flush()
    return insert_missing(
        StatementDelivery, statement_id=statement_id, way=way, mail_id=mail_id, by=by[:200], at=clock.now()
    )
