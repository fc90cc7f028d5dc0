"""Several workers at once: while one waits for Stripe's answer, the world moves and the others work.

Here a "worker" is a nested call: the answer is taken, and before it is folded anything may happen, also another whole
event. So an answer is as old as it can be, and every fold meets rows that have moved since its look began.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core import clock
from station.payments import gateway, queries
from station.payments.facts import PaymentSettled, SubscriptionEnded
from station.payments.models import EventState, PaymentState, SubscriptionState
from station.payments.services.checkout import opening as checkout
from station.payments.services.folding import Overtaken
from station.payments.services.inbox import apply_event
from tests.payments.fake_stripe import FakeStripe, Told
from tests.payments.parts import (
    PAGE,
    books_hold,
    ledger_of,
    opened,
    renewals_of,
    row_of,
    standing,
    standing_state,
    state_of,
    work_items,
)
from tests.payments.test_any_order import BOOKED, MONTHLY, ONCE, QUICK, Facts, Step, facts, stored

__all__ = ["facts"]
pytestmark = pytest.mark.crooked  # giving is not told here: settled payments have no gifts
DEEPEST = 3


class World:
    """What may happen next: Stripe moves, an event is received, a received one is handed to a worker."""

    def __init__(self, data: st.DataObject, stripe: FakeStripe, steps: list[Step], patch: pytest.MonkeyPatch) -> None:
        self.data, self.stripe, self.steps, self.depth = data, stripe, list(steps), 0
        self.sent: list[Told] = []
        self.received: list[str] = []
        self.stored: list[str] = []
        for name in ("fetch_session", "fetch_invoice", "fetch_subscription", "fetch_charge"):
            patch.setattr(gateway, name, self.fetch)

    def fetch(self, object_id: str) -> Any:
        found = self.stripe.fetch(object_id)
        self.depth += 1
        while self.depth <= DEEPEST and self.data.draw(st.booleans(), label="meanwhile") and self.happens():
            pass
        self.depth -= 1
        return found

    def happens(self) -> bool:
        """Let one thing happen; False when nothing is left that could."""
        able = [
            step
            for step, can in ((self.move, self.steps), (self.receive, self.sent), (self.work, self.received))
            if can
        ]
        if able:
            self.data.draw(st.sampled_from(able), label="what happens")()
        return bool(able)

    def move(self) -> None:
        self.sent += self.steps.pop(0)(self.stripe)

    def receive(self) -> None:
        at = self.data.draw(st.integers(0, len(self.sent) - 1), label="received")
        self.stored.append(stored(*self.sent.pop(at)))
        self.received.append(self.stored[-1])

    def work(self) -> None:
        event_id = self.received.pop(self.data.draw(st.integers(0, len(self.received) - 1), label="applied"))
        try:
            apply_event(event_id)
        except Overtaken:  # its job tries again
            self.received.append(event_id)

    def goes_by(self) -> None:
        """Until nothing is left to happen, and no event waits."""
        while self.happens():
            pass
        found = [queries.stripe_event(event_id) for event_id in self.stored]
        assert [e.outcome for e in found if e and e.state in (EventState.RECEIVED, EventState.FAILED)] == []


def ready(payment_id: UUID) -> FakeStripe:
    """A payment whose page is open."""
    call = checkout._prepare(payment_id, PAGE)
    assert not isinstance(call, str)
    stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
    checkout._opened(call, stripe.session())
    return stripe


@pytest.mark.parametrize("name", ["card", "card, fee at once", "bank debit", "bounced debit"])
def test_one_time(name: str, house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, end, announced = ONCE[name]

    @QUICK
    @given(st.data())
    def histories(data: st.DataObject) -> None:
        facts.clear()
        payment_id = opened(house)
        world = World(data, ready(payment_id), steps, monkeypatch)
        world.goes_by()
        assert state_of(payment_id) is end
        assert [kind for kind in facts.kinds() if kind in announced] == announced
        if end is PaymentState.SETTLED and row_of(payment_id).balance_transaction is None:
            assert payment_id in queries.payments_without_fee(clock.now(), 100_000)
            apply_event(stored(*world.stripe.told("charge.updated", f"ch_{world.stripe.name}_0")))
        assert ledger_of(payment_id) == (BOOKED if end is PaymentState.SETTLED else {})
        assert work_items() == []

    histories()
    books_hold()


@pytest.mark.parametrize("ends", [True, False])
def test_monthly(ends: bool, house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    """State and period end where Stripe is, every payment is booked once, and no event is left behind."""
    steps = MONTHLY if ends else [*MONTHLY[:-1], lambda stripe: stripe.renews(3)]

    @QUICK
    @given(st.data())
    def histories(data: st.DataObject) -> None:
        facts.clear()
        payment_id = opened(house, monthly=True)
        world = World(data, ready(payment_id), steps, monkeypatch)
        world.goes_by()
        assert standing_state(payment_id) is (SubscriptionState.ENDED if ends else SubscriptionState.ACTIVE)
        truth = world.stripe.objects[world.stripe.order_id]
        assert isinstance(truth, gateway.StandingOrder)
        assert standing(payment_id).current_period_end == truth.period_end
        booked = [payment_id, *(renewal.id for renewal in renewals_of(payment_id))]
        assert len(booked) == (3 if ends else 4)
        assert all(ledger_of(each) == BOOKED for each in booked)
        assert facts.kinds().count(PaymentSettled) == len(booked)
        assert facts.kinds().count(SubscriptionEnded) == int(ends)
        assert work_items() == []

    histories()
    books_hold()
