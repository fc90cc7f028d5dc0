"""Any order, duplication, delay or loss of a payout's events ends in the same state and the same ledger."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.payments.models import Account, PayoutState
from station.payments.services.deposits import reconciling
from tests.payments.deposit_parts import Run, deposits_hold, events_since, holds, listed, paid, payout_row, told
from tests.payments.parts import row_of, work_items

pytestmark = pytest.mark.crooked  # giving has no pledges for these payments

Step = Callable[[Any, str], None]
QUICK = settings(max_examples=8, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = count(1)


def arrives(stripe: Any, payout_id: str) -> None:
    stripe.arrive_payout(payout_id)


def fails(stripe: Any, payout_id: str) -> None:
    stripe.fail_payout(payout_id)


SCENARIOS: dict[str, tuple[list[Step], PayoutState]] = {
    "paid, then listed": ([arrives, listed], PayoutState.PAID),
    "listed before it is paid": ([listed, arrives], PayoutState.PAID),
    "paid, then failed, listed last": ([arrives, fails, listed], PayoutState.FAILED),
    "listed, paid, failed": ([listed, arrives, fails], PayoutState.FAILED),
    "failed at once": ([fails, listed], PayoutState.FAILED),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_any_order(name: str, house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    steps, end = SCENARIOS[name]

    @QUICK
    @given(st.data())
    def histories(data: st.DataObject) -> None:
        stations, before = (house.news, house.classical), holds(Account.BANK)
        cents = (data.draw(st.integers(100, 90000)), data.draw(st.integers(100, 90000)))
        rows = [row_of(paid(stripe_sandbox, outbox, *each)) for each in zip(stations, cents, strict=True)]
        known = len(stripe_sandbox.events)
        payout_id = str(stripe_sandbox.payout("created")["id"])
        _live(data, stripe_sandbox, payout_id, list(steps), known)
        outbox()
        reconciling.reconcile_payouts()
        row = payout_row(payout_id)
        assert (row.state, row.problem, row.reconciled_at is not None) == (end, "", True)
        here = {each.station_id: each.amount_cents - each.fee_cents for each in rows}
        gained = here if end is PayoutState.PAID else {}
        assert holds(Account.BANK) == {**before, **{s: before.get(s, 0) + cents for s, cents in gained.items()}}
        if end is PayoutState.PAID:
            assert holds(Account.STRIPE) == {}
        deposits_hold()
        assert work_items() == []

    histories()


def _live(data: st.DataObject, stripe: Any, payout_id: str, steps: list[Step], known: int) -> None:
    """Let the world happen, with deliveries in between in any order, some twice, some never."""
    waiting = events_since(stripe, known)
    repeats = 3
    while steps or waiting:
        if steps and (not waiting or data.draw(st.booleans(), label="the world moves")):
            seen = len(stripe.events)
            steps.pop(0)(stripe, payout_id)
            waiting += events_since(stripe, seen)
            continue
        chosen = waiting.pop(data.draw(st.integers(0, len(waiting) - 1), label="delivered"))
        if data.draw(st.integers(0, 4), label="lost") == 0:
            continue
        told(stripe, chosen)
        if repeats and data.draw(st.booleans(), label="again later"):
            repeats -= 1
            waiting.append({**chosen, "id": f"{chosen['id']}_{next(numbers)}"})
