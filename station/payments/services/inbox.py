"""Stripe's events: verified and stored before the 200, applied later by a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock, outbox
from station.core.actor import STRIPE
from station.core.db import db, transaction
from station.core.outbox import Job, JobState, Outbox, Permanent, Queue, enqueue
from station.core.upsert import insert_missing
from station.payments import gateway, queries
from station.payments.gateway import SignedEvent
from station.payments.models import EventState, StripeEvent
from station.payments.policies import FOLDED
from station.payments.services import hints
from station.payments.services.folding import Fold, Outcome, Overtaken
from station.payments.services.looking import look

APPLY = Job("payments.apply_event", Queue.MONEY, attempts=20)
LOOKS = 5
ASK_AFTER = timedelta(minutes=10)
REVIVE_AFTER = timedelta(hours=6)


def receive_event(raw: bytes, signature: str) -> bool:
    """Verify a webhook and store it with the job that will apply it. False when it was here before.

    Raises BadSignature, with nothing stored, for a body that Stripe did not sign for us.
    """
    event = gateway.verify(raw, signature)
    with transaction():
        return store_event(event)


def store_event(event: SignedEvent, sweep_id: UUID | None = None) -> bool:
    """Store an event with the job that will apply it, and the sweep that found it where nobody told us. False when it
    was here before. Inside the caller's transaction."""
    ours = event.type in FOLDED
    fresh = insert_missing(
        StripeEvent,
        id=event.id,
        type=event.type,
        object_id=event.object_id,
        api_version=event.api_version,
        livemode=event.livemode,
        raw=event.raw,
        made_at=event.made_at,
        received_at=clock.now(),
        sweep_id=sweep_id,
        state=EventState.RECEIVED if ours else EventState.IGNORED,
        outcome="" if ours else "a type that Station does not use",
    )
    if fresh and ours:
        enqueue(APPLY, key=event.id, event_id=event.id)
        _note_version(event.api_version)
    return fresh


def _note_version(said: str) -> None:
    """An event of another API version is applied all the same: objects are fetched in ours. An admin learns of it."""
    if said not in ("", gateway.API_VERSION):
        open_work_item(
            "payments.api_version",
            f"payments.api_version:{said}",
            Role.ADMIN,
            "The webhook endpoint speaks another version of Stripe's API",
            f"Events come as {said}; Station reads {gateway.API_VERSION}. They are applied all the same. "
            "`station payments webhook --register` makes an endpoint of the right version.",
        )


def apply_event(event_id: str) -> None:
    """Fetch the event's object as it is now, and bring our rows to what it says, in one transaction.

    An event that was applied stays applied. Raises StripeUnavailable, NotYet and the like for the job to try again;
    Permanent for an event that is not here.
    """
    event = queries.stripe_event(event_id)
    if event is None:
        raise Permanent(f"no Stripe event {event_id}")
    if event.state not in (EventState.RECEIVED, EventState.FAILED):
        return
    thing, object_id, raw = FOLDED[event.type], event.object_id, event.raw
    try:
        if not object_id:
            raise Permanent("an event about an object without an id")
        fold_again(lambda: hints.known(thing, object_id, raw) or look(thing, object_id, raw), event_id)
    except Exception as error:
        _failed(event_id, error)
        raise


def fold_again(look: Callable[[], Fold], event_id: str | None = None) -> Outcome:
    """Look at Stripe outside any transaction, fold inside one; look again when another worker was faster.

    The look also closes the other events that it answers: those about the same objects that came before it began.
    """
    for _ in range(LOOKS):
        db.session().rollback()
        began, fold = clock.now(), look()
        try:
            with transaction() as session:
                event = session.get_one(StripeEvent, event_id, with_for_update=True) if event_id else None
                if event and event.state not in (EventState.RECEIVED, EventState.FAILED):
                    return Outcome(event.state, event.outcome, event.payment_id)
                outcome = fold()
                if event:
                    _close(event, outcome)
                for other in queries.lock_waiting_events(outcome.answers, began):
                    _close(other, replace(outcome, state=EventState.STALE))
                return outcome
        except Overtaken:
            continue
    raise Overtaken(f"{LOOKS} looks were overtaken")


def _close(event: StripeEvent, outcome: Outcome) -> None:
    event.state, event.outcome = outcome.state, outcome.text[:300]
    event.payment_id, event.applied_at = outcome.payment_id, clock.now()
    if event.received_at < clock.now() - ASK_AFTER:  # only one that has waited longer has a work item
        settle_work_item(f"payments.event:{event.id}", f"Applied: {outcome.text}", STRIPE)


def _failed(event_id: str, error: Exception) -> None:
    with transaction() as session:
        event = session.get_one(StripeEvent, event_id, with_for_update=True)
        if event.state in (EventState.RECEIVED, EventState.FAILED):
            event.state = EventState.FAILED
            event.outcome = f"{type(error).__name__}: {error}"[:300]


def ring_again(event_id: str, now: datetime) -> bool:
    """See to it that an event which waits has a live job: a lost one is written again, a dead one revived in time."""
    newest = _newest_job(event_id)
    if newest is not None and newest.state is JobState.DEAD and newest.run_at >= now - REVIVE_AFTER:
        return False
    return _ring(event_id, newest)


def ring_now(event_id: str) -> None:
    """A person wants an event applied now: its job is made ready, revived or written again. Joins the transaction."""
    newest = _newest_job(event_id)
    if newest is not None and newest.state is JobState.READY:
        newest.run_at, newest.published_at = clock.now(), None
    else:
        _ring(event_id, newest)


def _newest_job(event_id: str) -> Outbox | None:
    """The job that is to apply an event: the one that lives, else the one that was written last."""
    ours = sa.or_(Outbox.key == event_id, Outbox.key.startswith(f"{event_id}:", autoescape=True))
    lives = sa.case((Outbox.state.in_((JobState.READY, JobState.RUNNING)), 0), else_=1)
    found = sa.select(Outbox).where(Outbox.job == APPLY.name, ours).order_by(lives, Outbox.created_at.desc())
    return db.session().scalar(found.limit(1))


def _ring(event_id: str, newest: Outbox | None) -> bool:
    """A live job for an event whose newest one is known. False when it lives already."""
    if newest is not None and newest.state in (JobState.READY, JobState.RUNNING):
        return False
    if newest is not None and newest.state is JobState.DEAD:
        return outbox.revive(newest.id)
    with transaction():
        enqueue(APPLY, key=_next_key(event_id, newest), event_id=event_id)
    return True


def _next_key(event_id: str, newest: Outbox | None) -> str:
    """The key of one more job: the event's own, then numbered, since a key is written once, ever."""
    number = int((newest.key or "")[len(event_id) + 1 :] or 1) + 1 if newest is not None else 1
    return event_id if number == 1 else f"{event_id}:{number}"
