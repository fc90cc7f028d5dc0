"""Sweeps: what Stripe keeps and nobody told us of. Each says what it looked at, what it found and what it mended.

A webhook is tried for three days at most (docs.stripe.com/webhooks#retries); Stripe keeps events for thirty days, and
balance transactions for ever. So a lost event is found within the hour, and lost money within the day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from station.core import clock, events
from station.core.actor import Actor, job
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.payments import gateway
from station.payments.gateway import SignedEvent
from station.payments.models import StripeEvent, StripeSweep, SweepKind
from station.payments.policies import FOLDED
from station.payments.services.deposits import reading
from station.payments.services.inbox import store_event

SWEEPER = job("the sweep of Stripe")
ON_ITS_WAY = timedelta(minutes=15)  # what is younger may still come by itself
KEPT = timedelta(days=30)  # docs.stripe.com/api/events
A_DAY = timedelta(days=1)  # as far as the first sweep looks back: what is older was there before Station
OVERLAP = timedelta(hours=2)
BACK = timedelta(days=10)
SHOWN = 50


def sweep_events(actor: Actor = SWEEPER) -> StripeSweep:
    """Events of our types since the last sweep, and those of thirty days that no endpoint took: what is not in the
    inbox is put there with its job, as if it had come."""
    began = clock.now()
    until = began - ON_ITS_WAY
    last = _last(SweepKind.EVENTS)
    oldest = began - (KEPT if last else A_DAY)
    since = max(last - OVERLAP, oldest) if last else oldest
    db.session().rollback()
    found = gateway.events_between(since, until, list(FOLDED))
    found += gateway.events_between(oldest, until, list(FOLDED), undelivered=True)
    unique = {event.id: event for event in found}
    missing = [unique[event_id] for event_id in unique if event_id not in _known(list(unique))]
    db.session().rollback()
    with transaction() as session:
        sweep = _record(SweepKind.EVENTS, since, until, began, len(unique), 0, [])
        session.flush()
        stored = [event for event in missing if store_event(event, sweep.id)]
        sweep.found, sweep.notes = len(stored), [_about(event) for event in stored[:SHOWN]]
        _tell(sweep, actor)
        return sweep


def _known(ids: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        known |= set(db.session().scalars(sa.select(StripeEvent.id).where(StripeEvent.id.in_(some))))
    return known


def _about(event: SignedEvent) -> str:
    return f"{event.id}: {event.type} about {event.object_id}, made {event.made_at:%Y-%m-%d %H:%M} UTC"


def sweep_lines(actor: Actor = SWEEPER, back: timedelta = BACK) -> StripeSweep:
    """Balance transactions of the last days: each is kept and tied. A charge of ours that no settled payment has
    becomes a gift now; any other is a line on the list of the unmatched."""
    began = clock.now()
    movements = gateway.movements_since(began - back, began)
    read = reading.keep_lines(movements, None, actor)
    reading.tie_what_waits(actor)
    late = [each for each in read.mended if each.made_at < began - ON_ITS_WAY]
    notes = [f"{each.id}: {_money(each.net_cents, each.currency)} was lost and is booked now" for each in late]
    notes += [f"{each.id}: {_money(each.net_cents, each.currency)} is tied to nothing" for each in read.unmatched]
    with transaction():
        found = len(late) + len(read.unmatched)
        sweep = _record(SweepKind.LINES, began - back, began, began, read.looked, found, notes)
        sweep.mended = len(late)
        _tell(sweep, actor)
        return sweep


def keep_comparison(
    since: datetime, began: datetime, looked: int, notes: list[str], numbers: dict[str, Any], actor: Actor
) -> StripeSweep:
    """Write down what a comparison with Stripe came to. Joins a transaction."""
    with transaction():
        sweep = _record(SweepKind.COMPARISON, since, began, began, looked, len(notes), notes)
        sweep.numbers = numbers
        _tell(sweep, actor)
        return sweep


def _money(cents: int, currency: str) -> Money:
    return Money(cents, currency)


def _last(kind: SweepKind) -> datetime | None:
    return db.session().scalar(sa.select(sa.func.max(StripeSweep.until)).where(StripeSweep.kind == kind))


def _record(
    kind: SweepKind, since: datetime, until: datetime, began: datetime, looked: int, found: int, notes: list[str]
) -> StripeSweep:
    sweep = StripeSweep(
        id=new_id(),
        kind=kind,
        since=since,
        until=until,
        began_at=began,
        ended_at=clock.now(),
        looked=looked,
        found=found,
        mended=0,
        notes=notes[:SHOWN],
        numbers={},
    )
    db.session().add(sweep)
    return sweep


def _tell(sweep: StripeSweep, actor: Actor) -> None:
    """A sweep that found something is an event; one that found nothing is a row of the history alone."""
    if sweep.found:
        said = {"kind": sweep.kind.value, "looked": sweep.looked, "found": sweep.found, "mended": sweep.mended}
        events.record("payments.sweep.found", actor, [_house()], said)


def _house() -> Subject:
    return Subject("licensee", the_licensee().id)


def forget_old_sweeps() -> None:
    """History of the hourly sweeps that found nothing is kept for thirty days; what found something stays."""
    old = (StripeSweep.kind == SweepKind.EVENTS, StripeSweep.found == 0, StripeSweep.began_at < clock.now() - KEPT)
    with transaction() as session:
        session.execute(sa.delete(StripeSweep).where(*old).execution_options(synchronize_session=False))
