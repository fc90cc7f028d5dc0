"""Runs over a year: asked for by a person, done in batches, each one transaction that also asks for the next.

A killed worker leaves whole batches: what it had begun is done again from the last member that is written down.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from station.core import clock, events
from station.core.actor import Actor, job
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.locks import lock_name
from station.core.outbox import Job, Queue, enqueue
from station.licensee.queries import the_licensee
from station.receipts.models import RunKind, StatementRun
from station.receipts.policies import statements as policies
from station.receipts.queries import statements as queries

BATCH = 200
CLERK = job("the statement run")
FREEZE = Job("receipts.freeze_statements", Queue.BULK, lease=120, attempts=50)
SEND = Job("receipts.send_statements", Queue.BULK, lease=120, attempts=50)
COMPARE = Job("receipts.compare_statements", Queue.BULK, lease=120, attempts=50)
JOBS = {RunKind.FREEZE: FREEZE, RunKind.SEND: SEND, RunKind.COMPARE: COMPARE}


class CannotRun(Exception):
    """Why a run cannot begin, in a sentence for the desk."""


class StillFreezing(Exception):
    """A statement is asked for while its year is being frozen: it is tried again."""


def begin(kind: RunKind, year: int, many: int, actor: Actor) -> UUID:
    """Write a run and its first job; returns its id. Joins the transaction. Raises CannotRun while one runs."""
    with transaction() as session:
        lock_name(f"statements:{kind}:{year}")
        if queries.open_run(kind, year):
            raise CannotRun("It runs already. Its progress stands below.")
        run = StatementRun(
            id=new_id(),
            kind=kind,
            year=year,
            many=many,
            done=0,
            made=0,
            waiting=0,
            asked_by=actor.label[:200],
            asked_at=clock.now(),
        )
        session.add(run)
        session.flush()
        go_on(run)
        events.record(
            "receipts.statements.begun",
            actor,
            [Subject("statement_run", run.id)],
            {"kind": kind.value, "year": year, "many": many},
        )
        return run.id


def taken(session: Session, run_id: UUID) -> StatementRun | None:
    """The run of a batch, locked until the transaction ends; None when it has ended or is unknown."""
    run = session.get(StatementRun, run_id, with_for_update=True)
    return run if run is not None and run.finished_at is None else None


def go_on(run: StatementRun) -> None:
    """Ask for the next batch of a run, once from each place that it has come to."""
    enqueue(JOBS[run.kind], key=f"{run.id}:{run.after or 'start'}", run_id=str(run.id))


def end(run: StatementRun) -> None:
    """The run is through: write down when, and tell it in the log."""
    run.finished_at = clock.now()
    said = {"kind": run.kind.value, "year": run.year, "made": run.made, "waiting": run.waiting}
    events.record("receipts.statements.finished", CLERK, [Subject("statement_run", run.id)], said)


def refuse_open_year(year: int) -> None:
    """Raises CannotRun for a year that has not ended on the station's calendar."""
    if not policies.over(year, clock.today(the_licensee().timezone)):
        raise CannotRun(f"{year} has not ended. Until then there are running views, and no official statement.")
