"""How fast a worker process drains Stripe's events, with everything it asks Stripe, and what each type costs in SQL.

One process claims the jobs, fetches the objects from a stand-in over HTTP, locks, folds, books, makes gifts, receipts
and letters, and commits on PostgreSQL. The stand-in answers from the same process, so the rate is a lower bound.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import mean
from typing import Any

import sqlalchemy as sa
import stripe

from bench.plant import missing, plant
from bench.registry import Result, measure
from sandbox.stripe.testing import Handle, running_sandbox
from station.core import clock, runtime
from station.core.actor import VISITOR
from station.core.db import db
from station.core.ids import new_id
from station.core.money import Money
from station.core.outbox import JobState, Outbox
from station.giving.models import Frequency
from station.giving.services import PledgeRequest, begin_pledge, open_checkout
from station.licensee.queries import default_station
from station.payments import queries
from station.payments.policies import FOLDED
from station.payments.services import APPLY, receive_event
from worker import jobs, tasks

PLEDGES, LEAST_RATE = 60, 30
SECRET = "whsec_sandbox"


@measure("events")
def events() -> list[Result]:
    """Events a second of one worker process, and SQL statements an event by its type."""
    if lacking := missing():
        sys.stdout.write(f"events: not measured, because this machine lacks {lacking}.\n")
        return []
    tasks.load()
    with plant() as house, house.app.app_context(), running_sandbox(deliver="manual") as sandbox:
        runtime.configure(replace(house.settings, stripe_api_base=sandbox.url, stripe_webhook_secret=SECRET))
        try:
            _paid(sandbox)
            _received(sandbox)
            return _drained()
        finally:
            runtime.configure(house.settings)
            db.session.remove()
            db.engine.dispose()


def _paid(sandbox: Handle) -> None:
    """Pledges that are paid at Stripe: two of three once, one monthly with a renewal."""
    for number in range(PLEDGES):
        monthly = number % 3 == 0
        begun = begin_pledge(
            PledgeRequest(
                attempt=str(new_id()),
                station_id=default_station().id,
                frequency=Frequency.MONTH if monthly else Frequency.ONCE,
                amount=Money(2500 + number),
                given_name="Ada",
                family_name=f"Quill {number}",
                email=f"donor{number}@example.org",
            ),
            VISITOR,
        )
        open_checkout(begun.pledge_id, VISITOR)
        session = sandbox.sandbox.store.all("checkout.session")[-1]["id"]
        sandbox.pay(session, email=f"donor{number}@example.org")
        if monthly:
            sandbox.renew(str(sandbox.get(session)["subscription"]))
        db.session.rollback()


def _received(sandbox: Handle) -> None:
    for event in sandbox.events:
        if event["type"] in FOLDED:
            raw = json.dumps(event)
            header = stripe.WebhookSignature.generate_signature_header(raw, SECRET, int(clock.now().timestamp()))
            receive_event(raw.encode(), header)


@contextmanager
def _counting() -> Iterator[list[int]]:
    """Counts the statements that reach the database."""
    counter = [0]

    def count(*_: Any) -> None:
        counter[0] += 1

    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield counter
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)


def _drained() -> list[Result]:
    due = sa.select(Outbox.id, Outbox.args).where(Outbox.job == APPLY.name, Outbox.state == JobState.READY)
    waiting = [(row.id, row.args["event_id"]) for row in db.session().execute(due.order_by(Outbox.created_at))]
    kinds = {event.id: event.type for event in queries.waiting_events(clock.now(), len(waiting) + 1)}
    db.session.rollback()
    statements: dict[str, list[int]] = defaultdict(list)
    began, busy = time.monotonic(), time.thread_time()
    with _counting() as counter:
        for job, event_id in waiting:
            before = counter[0]
            jobs.run(job)
            statements[kinds[event_id]].append(counter[0] - before)
    rate = len(waiting) / (time.monotonic() - began)
    spent = (time.thread_time() - busy) / len(waiting) * 1000
    left = queries.waiting_events(clock.now(), 10)
    if left:
        raise RuntimeError(f"not applied: {[(event.id, event.outcome) for event in left]}")
    each = [
        Result(f"SQL statements, {kind}", round(mean(many), 1), "an event", spread=f"{min(many)} to {max(many)}")
        for kind, many in sorted(statements.items())
    ]
    drained = Result(
        "events drained by one worker process",
        round(rate, 1),
        "a second",
        bar=f">= {LEAST_RATE}",
        met=rate >= LEAST_RATE,
    )
    cost = Result("events, CPU of the worker's own thread", round(spent, 2), "ms an event")
    return [drained, cost, *each]
