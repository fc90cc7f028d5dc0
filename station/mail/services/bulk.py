"""Sending bulk mail: a pump that takes what is due in small blocks, at each provider's pace, behind receipts.

One transaction a message writes down what became of the one before and takes the next in hand, so that a worker that
dies leaves one message open and no more. The rest of its block was only reserved and is free when that runs out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock, fingerprint, leases, outbox
from station.core.db import db, transaction
from station.core.faults import point
from station.core.ids import new_id
from station.core.outbox import Job, Queue
from station.core.runtime import settings
from station.mail import policies, queries
from station.mail.models import MailingState, MailState, OutgoingMail, Stream
from station.mail.services import outcomes, pacing
from station.mail.services.handing import Outcome, Taken, begin, end, hand_over

SEND_BULK = Job("mail.send_bulk", Queue.BULK, lease=120, attempts=50, quiet=True)
SLICE = 5.0  # seconds of work before others have their turn
BLOCK = 20
RESERVED = 90  # seconds; a block is done, or its worker is dead
LOOK_AGAIN = timedelta(minutes=1)
COMMERCIAL = tuple(stream for stream in Stream if stream.is_commercial)
_LOCKED = (
    sa.select(OutgoingMail)
    .where(OutgoingMail.id.in_(sa.bindparam("wanted", expanding=True)))
    .order_by(OutgoingMail.id)
    .with_for_update()
)


def wake(at: datetime | None = None) -> None:
    """See to it that the pump runs by an instant, now by default. Inside a transaction."""
    outbox.enqueue_by(SEND_BULK, at or clock.now())


def send_bulk() -> None:
    """Send what is due for some seconds, then let others have the worker; another job goes on while there is more."""
    if fingerprint.foreign():
        _again(clock.now() + LOOK_AGAIN)
        return
    with _place("mail.bulk", settings().mail_bulk_processes) as held:
        if not held:
            return  # whoever has the place goes on
        until = time.monotonic() + SLICE
        while _some_blocks(until) and time.monotonic() < until and not outbox.waits(Queue.MONEY, Queue.MAIL):
            db.session().rollback()
    _again(_next())


def _some_blocks(until: float) -> int:
    """One block for each provider that has mail due, room in its budget, and a free place; returns how many went."""
    sent = 0
    for provider in _due():
        rate = policies.rate_for(provider, settings().mail_rates)
        with _place(f"mail.to.{provider}", rate.at_once) as held:
            sent += _send(_reserve(provider), until) if held else 0
    return sent


def _due() -> list[str]:
    """Providers with mail that is due, and not kept by a stop."""
    now = clock.now()
    found = sa.select(OutgoingMail.provider).where(*_waiting(now)).distinct()
    return list(db.session().scalars(found)) if queries.stop_of(Stream.APPEALS) is None else []


def _waiting(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    free = sa.or_(OutgoingMail.leased_until.is_(None), OutgoingMail.leased_until < now)
    return (
        OutgoingMail.state == MailState.QUEUED,
        OutgoingMail.stream.in_(COMMERCIAL),
        OutgoingMail.due_at <= now,
        free,
    )


def _reserve(provider: str) -> list[UUID]:
    """Keep a block for this worker, as large as the provider's budget allows."""
    now = clock.now()
    with transaction() as session:
        room = pacing.take(provider, BLOCK)
        first = sa.select(OutgoingMail.id).where(OutgoingMail.provider == provider, *_waiting(now))
        first = first.order_by(OutgoingMail.due_at, OutgoingMail.id).limit(room).with_for_update(skip_locked=True)
        block = list(session.scalars(first)) if room else []
        if block:
            pacing.spend(provider, len(block))
            kept = sa.update(OutgoingMail).where(OutgoingMail.id.in_(block))
            session.execute(
                kept.values(leased_until=now + timedelta(seconds=RESERVED)).execution_options(
                    synchronize_session=False
                )
            )
    return block


def _send(block: list[UUID], until: float) -> int:
    """Hand a block over, one after another, while there is time; returns how many were looked at.

    A stop, or a provider that asks for time, holds from the next message on. What a slow server leaves is let go.
    """
    outcome: Outcome | None = None
    for sent, mail_id in enumerate(block):
        if time.monotonic() > until + SLICE:
            _let_go(block[sent:])
            block = block[:sent]
            break
        taken = _turn(outcome, mail_id)
        point("mail.bulk:taken")
        outcome = hand_over(taken) if taken else None
    _turn(outcome, None)
    return len(block)


def _let_go(rest: list[UUID]) -> None:
    with transaction() as session:
        session.execute(
            sa.update(OutgoingMail)
            .where(OutgoingMail.id.in_(rest), OutgoingMail.state == MailState.QUEUED)
            .values(leased_until=None)
            .execution_options(synchronize_session=False)
        )


def _turn(outcome: Outcome | None, mail_id: UUID | None) -> Taken | None:
    """Write down what became of a message, and take the next in hand: one transaction."""
    last = outcome.taken.mail_id if outcome else None
    wanted = [each for each in (last, mail_id) if each]
    if not wanted:
        return None
    with transaction() as session:
        rows = {row.id: row for row in session.scalars(_LOCKED, {"wanted": wanted})}
        if outcome is not None:
            end(rows[outcome.taken.mail_id], outcome)
        row = rows[mail_id] if mail_id else None
        if row is None or row.state is not MailState.QUEUED:
            return None
        return None if _held(row) else begin(row)


def _held(row: OutgoingMail) -> bool:
    """Whether something holds a message up: a stop, its provider, or the mailing that it is a letter of."""
    hold = queries.hold_of(row)
    if hold.mailing is MailingState.STOPPED:
        outcomes.abort(row, outcomes.POST, "its mailing was stopped")
    elif hold.mailing is MailingState.PAUSED:
        row.leased_until = row.due_at = None  # not due before it is resumed
    elif hold.stop or hold.provider_until:
        row.leased_until = None
    else:
        return False
    return True


def _next() -> datetime | None:
    """When the pump is wanted again; None when nothing waits."""
    far = clock.now() + timedelta(days=30)
    soonest = sa.func.min(OutgoingMail.due_at)
    reserved = sa.func.min(sa.func.coalesce(OutgoingMail.leased_until, OutgoingMail.due_at))
    waiting = sa.select(OutgoingMail.provider, soonest, reserved).where(*_waiting(far)[:3])
    if queries.stop_of(Stream.APPEALS):
        return None  # resuming wakes it
    found = db.session().execute(waiting.group_by(OutgoingMail.provider)).all()
    instants = [max(due or far, free or far, pacing.next_room(name)) for name, due, free in found]
    return min(instants, default=None)


def _again(at: datetime | None) -> None:
    if at is not None:
        with transaction():
            wake(max(at, clock.now()))


@contextmanager
def _place(name: str, places: int) -> Iterator[bool]:
    """One of so many places under a name, for as long as the block takes; False when all are taken."""
    holder = str(new_id())
    held = next((f"{name}.{n}" for n in range(places) if leases.hold(f"{name}.{n}", holder, RESERVED)), None)
    try:
        yield held is not None
    finally:
        if held:
            leases.release(held, holder)
