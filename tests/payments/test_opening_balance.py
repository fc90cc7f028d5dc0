"""The opening balance is what was there before us, whatever is on its way when it is taken; a lost gift never is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from station.core.ids import public_id
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import Account, BalanceTransaction, PaymentState, Payout, Tie
from station.payments.services.deposits import comparing, sweeps
from tests.payments.deposit_parts import (
    Run,
    asked_for,
    deposits_hold,
    holds,
    line_by,
    lines_by_tie,
    open_items,
    paid,
    theirs,
)
from tests.payments.parts import count, session_of, state_of

BothLater = Callable[..., None]


@pytest.fixture
def both_later(stripe_sandbox: Any, later: Callable[..., None]) -> BothLater:
    """Move both clocks: Stripe's and the house's."""

    def move(**span: float) -> None:
        later(**span)
        stripe_sandbox.advance(timedelta(**span).total_seconds())

    return move


def test_a_charge_that_is_not_booked_yet_is_not_in_it(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    """The first comparison runs between a charge and its event: the charge is a gift, and counted once."""
    payment_id = asked_for(house.news, 2500)
    stripe_sandbox.pay(session_of(payment_id))
    first = comparing.compare_with_stripe()
    assert (first.notes, first.numbers["difference"], holds(Account.OPENING)) == ([], 0, {})
    assert (state_of(payment_id), first.numbers["stripe"] > 0) == (PaymentState.SETTLED, True)
    stripe_sandbox.deliver_now()
    outbox()
    assert comparing.compare_with_stripe().notes == []
    assert (lines_by_tie(), open_items()) == ({Tie.PAYMENT: 1}, [])
    deposits_hold()


def test_taken_in_the_middle_of_a_drive_it_is_what_was_there_before(
    house: Any, stripe_sandbox: Any, outbox: Run, both_later: BothLater
) -> None:
    theirs(stripe_sandbox, 8000)
    before = balance_at(stripe_sandbox)
    both_later(days=50)
    booked, lost = paid(stripe_sandbox, outbox, house.news, 2500), asked_for(house.classical, 1000)
    stripe_sandbox.pay(session_of(lost))
    theirs(stripe_sandbox, 700)  # also of another program, and since our first call: somebody must say what it is
    both_later(days=40)
    first = comparing.compare_with_stripe()
    assert (first.notes, sum(holds(Account.OPENING).values())) == ([], -before)
    assert (state_of(booked), state_of(lost)) == (PaymentState.SETTLED, PaymentState.SETTLED)
    assert (lines_by_tie(), line_by(Tie.UNMATCHED).gross_cents) == ({Tie.PAYMENT: 2, Tie.UNMATCHED: 1}, 700)
    both_later(hours=2)
    assert comparing.compare_with_stripe().notes == []
    deposits_hold()


def balance_at(stripe: Any) -> int:
    return sum(int(line["net"]) for line in stripe.sandbox.store.all("balance_transaction"))


def test_payouts_from_before_are_not_ours(
    house: Any, stripe_sandbox: Any, outbox: Run, both_later: BothLater
) -> None:
    """An account that is long in use: what went to the bank, or is on its way, has left the opening balance."""
    theirs(stripe_sandbox, 8000)
    both_later(days=10)
    stripe_sandbox.payout()
    theirs(stripe_sandbox, 5000)
    both_later(days=3)
    stripe_sandbox.payout("created")
    theirs(stripe_sandbox, 3000)
    both_later(minutes=5)
    assert sweeps.sweep_lines().found == 0
    first = comparing.compare_with_stripe()
    assert (first.notes, count(Payout)) == ([], 0)
    both_later(minutes=5)
    paid(stripe_sandbox, outbox, house.news, 2500)
    again = comparing.compare_with_stripe()
    assert (again.notes, again.numbers["moving"], open_items()) == ([], 0, [])
    both_later(days=3)
    stripe_sandbox.payout()  # of ours, and of what was there before
    stripe_sandbox.deliver_now()
    outbox()
    assert comparing.compare_with_stripe().notes == []
    assert (count(Payout), holds(Account.STRIPE), open_items()) == (1, {}, [])
    deposits_hold()


def test_the_house_is_opened_by_its_first_call(
    house: Any, stripe_sandbox: Any, outbox: Run, both_later: BothLater
) -> None:
    """What came since is not taken for old, though nobody compared anything: a lost charge is on the list."""
    theirs(stripe_sandbox, 8000)
    both_later(minutes=1)
    paid(stripe_sandbox, outbox, house.news, 2500)
    theirs(stripe_sandbox, 3300)
    sweeps.sweep_lines()
    assert lines_by_tie() == {Tie.OPENING: 1, Tie.PAYMENT: 1, Tie.UNMATCHED: 1}
    first = comparing.compare_with_stripe()
    assert (first.notes, lines_by_tie()[Tie.UNMATCHED]) == ([], 1)
    assert sum(holds(Account.OPENING).values()) == -line_by(Tie.OPENING).net_cents
    deposits_hold()


def test_what_is_booked_while_the_comparison_runs_is_named_and_no_difference(
    house: Any, stripe_sandbox: Any, outbox: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gifts come and are booked, and one has its line already, after Stripe's movements were read."""
    look, given = comparing._look, []

    def slow_look(since: Any) -> Any:
        seen = look(since)
        given.append(paid(stripe_sandbox, outbox, house.news, 2500))
        sweeps.sweep_lines()
        given.append(paid(stripe_sandbox, outbox, house.classical, 1000))
        theirs(stripe_sandbox, 700)
        sweeps.sweep_lines()
        return seen

    for _ in range(2):  # the first one, which opens the books, and a later one
        with monkeypatch.context() as patched:
            patched.setattr(comparing, "_look", slow_look)
            found = comparing.compare_with_stripe()
        assert (found.notes, found.numbers["difference"]) == ([], 0)
        assert found.numbers["in_flight"] > 0
        named = " ".join(found.numbers["named"])
        assert all(public_id(PAYMENT_PREFIX, payment_id) in named for payment_id in given[-2:])
    quiet = comparing.compare_with_stripe()
    assert (quiet.notes, quiet.numbers["in_flight"], quiet.numbers["named"]) == ([], 0, [])
    assert holds(Account.OPENING) == {}
    deposits_hold()


def test_what_stripe_has_not_moved_is_a_difference_once_it_is_late(
    house: Any, stripe_sandbox: Any, outbox: Run, both_later: BothLater
) -> None:
    comparing.compare_with_stripe()
    both_later(minutes=5)
    payment_id = paid(stripe_sandbox, outbox, house.news, 2500)
    store = stripe_sandbox.sandbox.store
    moved = store.all("balance_transaction")[0]
    store.drop("balance_transaction", moved["id"])
    young = comparing.compare_with_stripe()
    name = public_id(PAYMENT_PREFIX, payment_id)
    assert (young.notes, young.numbers["in_flight"]) == ([], moved["net"])
    assert name in young.numbers["named"][0]
    both_later(minutes=61)
    late = comparing.compare_with_stripe()
    assert [late.numbers["in_flight"], late.numbers["difference"]] == [0, -moved["net"]]
    assert name in late.notes[1]
    store.put("balance_transaction", moved)
    assert comparing.compare_with_stripe().notes == []
    assert count(BalanceTransaction) == 1


def test_a_line_that_stripe_has_no_more_is_a_difference_at_once(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    """It was read there before: it is not on its way."""
    payment_id = paid(stripe_sandbox, outbox, house.news, 2500)
    comparing.compare_with_stripe()
    store = stripe_sandbox.sandbox.store
    moved = store.all("balance_transaction")[0]
    store.drop("balance_transaction", moved["id"])
    found = comparing.compare_with_stripe()
    assert (found.numbers["difference"], found.numbers["in_flight"]) == (-moved["net"], 0)
    assert moved["id"] in found.notes[1]
    assert state_of(payment_id) is PaymentState.SETTLED
