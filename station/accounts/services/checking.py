"""The invariants of the books, asked by the clock or by a person: what each answered, and the work in it."""

from __future__ import annotations

from station.accounts.models import CheckResult, Role
from station.accounts.services.work import open_work_item, settle_work_item
from station.core import clock, events
from station.core.actor import Actor, job
from station.core.db import transaction
from station.core.outbox import Job, Queue, enqueue
from station.core.places import INVARIANTS, Invariant
from station.core.upsert import insert_missing

CHECK = Job("accounts.check", Queue.REPORTS, lease=600, attempts=3)
CHECKER = job("the check of invariants")
MOST_LINES = 50


def ask_for_checks(actor: Actor) -> None:
    """Have everything checked soon, because a person wants to know."""
    with transaction():
        events.record("accounts.checks.asked", actor, [])
        enqueue(CHECK)


def run_checks() -> None:
    """Ask every invariant now. A broken one is an urgent work item, which closes itself once it holds again."""
    for invariant in INVARIANTS:
        _keep(invariant, invariant.ask())


def _keep(invariant: Invariant, lines: list[str]) -> None:
    key, now = f"invariant:{invariant.name}", clock.now()
    with transaction() as session:
        insert_missing(CheckResult, name=invariant.name, checked_at=now, lines=[])
        row = session.get_one(CheckResult, invariant.name, with_for_update=True)
        row.checked_at, row.lines = now, lines[:MOST_LINES]
        row.broken_since = (row.broken_since or now) if lines else None
        if lines:
            title = f"The books do not hold: {invariant.sentence}"[:200]
            open_work_item("invariant", key, Role.ADMIN, title, "\n".join(row.lines), urgent=True)
        else:
            settle_work_item(key, "It holds again.", CHECKER)
