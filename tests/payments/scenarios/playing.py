"""Playing a scenario: Stripe's events go into a bag, and luck says what comes out of it, when, and how often."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import sqlalchemy as sa
import stripe
from hypothesis import strategies as st

from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import DEFAULT_SECRET
from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.db import db
from station.core.outbox import JobState, Outbox
from station.payments import queries
from station.payments.gateway import StripeUnavailable
from station.payments.policies import FOLDED
from station.payments.services import apply_event, check_open_payments, receive_event
from station.payments.services.deposits import comparing, reconciling, sweeps
from station.payments.services.folding import NotYet, Overtaken
from tests.payments.scenarios.language import Scenario, World
from worker import jobs, tasks

# after each of these the check is made once more: its own distances, and a month for what is billed monthly
CHECKS: tuple[dict[str, float], ...] = ({"minutes": 11}, {"hours": 3}, {"hours": 7}, {"hours": 26})
A_MONTH = timedelta(days=33)
LATER = (StripeUnavailable, NotYet, Overtaken)  # what the job of an event is tried again after


@dataclass
class Letter:
    """An event on its way to us: `received` once it is stored and waits for a worker."""

    event: Obj
    received: bool = False


class Luck(Protocol):
    """What happens at a pause, and at the end, with the letters in the bag; and whether the sweeps run after it."""

    def pause(self, bag: list[Letter]) -> None: ...

    def finish(self, bag: list[Letter]) -> None: ...

    def sweeps(self) -> bool: ...


def receive(letter: Letter) -> None:
    """Through our own door, with Stripe's signature."""
    raw = json.dumps(letter.event)
    now = int(clock.now().timestamp())
    header = stripe.WebhookSignature.generate_signature_header(raw, DEFAULT_SECRET, now)
    receive_event(raw.encode(), header)
    db.session.rollback()
    letter.received = True


def work(event_id: str) -> None:
    """A worker applies an event; what it cannot do yet waits."""
    try:
        apply_event(event_id)
    except LATER:
        pass
    finally:
        db.session.rollback()


def work_off() -> None:
    """Workers do everything that waits: events, and what payments has left for later."""
    for _ in range(3):
        for event in queries.waiting_events(clock.now(), 1000):
            work(event.id)
        ours = (Outbox.state == JobState.READY, Outbox.run_at <= clock.now(), Outbox.job.startswith("payments."))
        for job in db.session().scalars(sa.select(Outbox.id).where(*ours).order_by(Outbox.run_at)).all():
            jobs.run(job)
            db.session.rollback()


REPEATS, LOST = 4, 6  # so many come twice in one history; one of so many never comes


class InOrder:
    """Each event arrives once, at once, in its order, and workers do at once what it leaves to do."""

    def pause(self, bag: list[Letter]) -> None:
        for letter in bag:
            receive(letter)
            work(str(letter.event["id"]))
        bag.clear()
        work_off()

    finish = pause

    def sweeps(self) -> bool:
        return True


class AnyOrder:
    """Whatever Hypothesis draws: any order, twice, stored now and applied later, long after, or never (lost).

    What is `asked` about must be found by the check alone, so the sweeps run only sometimes; the rest needs them.
    """

    def __init__(self, data: st.DataObject, asked: bool) -> None:
        self.data, self.asked, self.repeats, self.known = data, asked, REPEATS, 0

    def sweeps(self) -> bool:
        return not self.asked or bool(self.data.draw(st.booleans(), label="the sweeps run"))

    def pause(self, bag: list[Letter]) -> None:
        self._lose(bag)
        while bag and self.data.draw(st.booleans(), label="something arrives"):
            self._one(bag)
        self.known = len(bag)

    def finish(self, bag: list[Letter]) -> None:
        self._lose(bag)
        while bag:
            self._one(bag)

    def _lose(self, bag: list[Letter]) -> None:
        for letter in bag[self.known :]:
            if self.data.draw(st.integers(1, LOST), label=f"{letter.event['type']} is lost at {LOST}") == LOST:
                bag.remove(letter)

    def _one(self, bag: list[Letter]) -> None:
        letter = bag.pop(self.data.draw(st.integers(0, len(bag) - 1), label="which") if len(bag) > 1 else 0)
        if not letter.received:
            receive(letter)
            if self.data.draw(st.booleans(), label="the workers are slow"):
                bag.append(letter)
                return
        work(str(letter.event["id"]))
        if self.repeats and self.data.draw(st.booleans(), label="and again later"):
            self.repeats -= 1
            bag.append(Letter(letter.event))


def play(scenario: Scenario, sandbox: Handle, luck: Luck, before: Callable[[], Any] = lambda: None) -> Any:
    """Let it happen from a fresh start, then let every check and sweep run. Returns what was said `before` those."""
    tasks.load()
    world, sweeping = World(sandbox), luck.sweeps()
    if sweeping:
        comparing.compare_with_stripe()  # the balance that the house begins with
        sweeps.sweep_events()
        world.wait(minutes=1)
    bag: list[Letter] = []
    seen = 0
    for _ in scenario.script(world):
        seen = _gather(sandbox, bag, seen)
        luck.pause(bag)
    _gather(sandbox, bag, seen)
    luck.finish(bag)
    work_off()
    said = before()
    for span in CHECKS:
        _check(timedelta(**span))
    if sweeping:
        _sweep()
    _check(A_MONTH)
    return said


def _check(span: timedelta) -> None:
    clock.move(span)
    check_open_payments()
    db.session.rollback()
    work_off()


def _sweep() -> None:
    """Everything that Stripe keeps is read, as each night; after it Stripe's view equals ours."""
    sweeps.sweep_events()
    db.session.rollback()
    work_off()
    reconciling.reconcile_payouts()
    sweeps.sweep_lines()
    work_off()
    assert comparing.compare_with_stripe().notes == []
    db.session.rollback()


def _gather(sandbox: Handle, bag: list[Letter], seen: int) -> int:
    """Put what Stripe has made since into the bag, as far as our endpoint asks for it; how many events there are."""
    made = sandbox.events
    bag += [Letter(event) for event in made[seen:] if event["type"] in FOLDED]
    return len(made)
