"""Running again what gave up: background jobs, and Stripe's events that could not be applied."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from station.accounts.services import settle_work_item
from station.core import events, outbox
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.outbox import JobState, Outbox
from station.payments.models import StripeEvent
from station.payments.queries import UNAPPLIED
from station.payments.services.inbox import ring_now


def run_job_again(job_id: UUID, actor: Actor) -> str | None:
    """Have a dead job run again now, its attempts counted anew; returns its kind, None when it is not dead."""
    with transaction() as session:
        if not outbox.revive(job_id):
            return None
        name = session.get_one(Outbox, job_id).job
        for key in (f"job:{job_id}", f"job:{name}"):
            settle_work_item(key, "It was run again.", actor)
        events.record("payments.job.run_again", actor, [Subject("job", job_id)], {"job": name})
        return name


def run_jobs_again(job: str, actor: Actor) -> int:
    """Have all dead jobs of one kind run again; returns how many."""
    dead = sa.select(Outbox.id).where(Outbox.job == job, Outbox.state == JobState.DEAD).order_by(Outbox.created_at)
    return sum(run_job_again(job_id, actor) is not None for job_id in db.session().scalars(dead).all())


def apply_again(event_id: str, actor: Actor) -> bool:
    """Have an event of Stripe applied again now. False when it is unknown, or was applied meanwhile."""
    with transaction() as session:
        event = session.get(StripeEvent, event_id, with_for_update=True)
        if event is None or event.state not in UNAPPLIED:
            return False
        ring_now(event_id)
        about = [Subject("payment", event.payment_id)] if event.payment_id else []
        events.record("payments.event.run_again", actor, about, {"event": event_id, "type": event.type})
        return True


def apply_all_again(kind: str, actor: Actor) -> int:
    """Have all events of one type that failed or wait applied again; returns how many."""
    waiting = sa.select(StripeEvent.id).where(StripeEvent.type == kind, StripeEvent.state.in_(UNAPPLIED))
    found = db.session().scalars(waiting.order_by(StripeEvent.received_at)).all()
    return sum(apply_again(event_id, actor) for event_id in found)


def note_export(said: Mapping[str, str], actor: Actor) -> None:
    """Write down that a list of payments left the house, and which filters it had."""
    with transaction():
        what = ", ".join(f"{name} {value}" for name, value in said.items()) or "all payments"
        events.record("payments.list.exported", actor, [], {"what": what[:500]})
