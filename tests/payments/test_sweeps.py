"""Sweeps and the comparison: what was never told is found, mended and said; Stripe's view equals ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from station.core.db import db, transaction
from station.core.events import Event
from station.core.outbox import JobState, Outbox, enqueue
from station.payments import gateway
from station.payments.cli import group
from station.payments.models import Account, EventState, PaymentState, StripeEvent, StripeSweep, SweepKind, Tie
from station.payments.queries.payouts import checks as payout_checks
from station.payments.queries.payouts import periods as period_pages
from station.payments.services import ledger, start_checkout
from station.payments.services.deposits import comparing, reconciling, sweeps
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
from tests.payments.parts import (
    PAGE,
    count,
    opened,
    renewals_of,
    session_of,
    standing,
    standing_state,
    state_of,
    work_items,
)
from worker.jobs import SCHEDULED

Later = Callable[..., None]


def test_events_that_never_came_are_put_into_the_inbox(
    house: Any, stripe_sandbox: Any, outbox: Run, later: Later
) -> None:
    payment_id = asked_for(house.news, 2500)
    stripe_sandbox.pay(session_of(payment_id))
    assert sweeps.sweep_events().found == 0  # what is young may still come by itself
    later(minutes=20)
    found = sweeps.sweep_events()
    assert found.found == len(found.notes) == count(StripeEvent) > 0
    assert any("checkout.session.completed" in note for note in found.notes)
    outbox()
    assert state_of(payment_id) is PaymentState.SETTLED
    db.session.rollback()
    rows = db.session().scalars(sa.select(StripeEvent)).all()
    assert {row.sweep_id for row in rows} == {found.id}
    assert period_pages.sweeps()[0].mended == sum(row.state is EventState.APPLIED for row in rows)
    again = sweeps.sweep_events()
    assert (again.looked >= found.looked, again.found, again.notes) == (True, 0, [])
    told = db.session().scalars(sa.select(Event).where(Event.name == "payments.sweep.found")).all()
    assert [event.data["found"] for event in told] == [found.found]


def test_an_event_that_comes_twice_is_one(house: Any, stripe_sandbox: Any, outbox: Run, later: Later) -> None:
    payment_id = asked_for(house.news, 2500)
    stripe_sandbox.pay(session_of(payment_id))
    later(minutes=20)
    sweeps.sweep_events()
    outbox()
    known = count(StripeEvent)
    stripe_sandbox.deliver_now()
    outbox()
    assert (count(StripeEvent), state_of(payment_id)) == (known, PaymentState.SETTLED)


def test_undelivered_events_are_found_however_old(house: Any, stripe_sandbox: Any, outbox: Run, later: Later) -> None:
    later(minutes=20)
    sweeps.sweep_events()
    payment_id = asked_for(house.news, 2500)
    stripe_sandbox.pay(session_of(payment_id))
    later(days=8)
    with transaction() as session:  # as if the sweeps since then had missed it
        last = session.scalars(sa.select(StripeSweep)).one()
        last.until = last.until + timedelta(days=8)
    found = sweeps.sweep_events()
    assert found.found > 0
    outbox()
    assert state_of(payment_id) is PaymentState.SETTLED


def test_money_whose_every_event_was_lost_becomes_a_gift(
    house: Any, stripe_sandbox: Any, outbox: Run, later: Later
) -> None:
    payment_id = asked_for(house.classical, 4000)
    stripe_sandbox.pay(session_of(payment_id))
    later(hours=1)
    found = sweeps.sweep_lines()
    assert (found.looked, found.found, found.mended) == (1, 1, 1)
    assert "was lost and is booked now" in found.notes[0]
    assert (state_of(payment_id), lines_by_tie()) == (PaymentState.SETTLED, {Tie.PAYMENT: 1})
    assert line_by(Tie.PAYMENT).postings == 0
    assert (sweeps.sweep_lines().found, work_items()) == (0, [])
    deposits_hold()


def test_a_renewal_whose_events_were_lost_becomes_one_too(
    house: Any, stripe_sandbox: Any, outbox: Run, later: Later
) -> None:
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    order = standing(payment_id).stripe_subscription
    stripe_sandbox.renew(order)
    later(hours=1)
    assert sweeps.sweep_lines().mended == 1
    assert [each.state for each in renewals_of(payment_id)] == [PaymentState.SETTLED]
    assert standing_state(payment_id).value == "active"
    deposits_hold()


def test_a_line_that_cannot_be_brought_home_stops_no_other(
    house: Any, stripe_sandbox: Any, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = asked_for(house.news, 2500), asked_for(house.news, 4000)
    for payment_id in (broken, sound):
        stripe_sandbox.pay(session_of(payment_id))
    later(hours=1)
    fetch, bad = gateway.fetch_session, session_of(broken)

    def strange(session_id: str) -> Any:
        if session_id == bad:
            raise KeyError("a_field_that_moved")
        return fetch(session_id)

    monkeypatch.setattr(gateway, "fetch_session", strange)
    for _ in range(2):
        sweeps.sweep_lines()
        assert (state_of(broken), state_of(sound)) == (PaymentState.AWAITING_DONOR, PaymentState.SETTLED)
        assert open_items() == ["payments.unclear", "payments.unmatched"]
    monkeypatch.setattr(gateway, "fetch_session", fetch)
    sweeps.sweep_lines()
    assert (state_of(broken), open_items()) == (PaymentState.SETTLED, [])
    deposits_hold()


def test_a_charge_of_another_program_is_unmatched(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    comparing.compare_with_stripe()
    theirs(stripe_sandbox, 3300)
    found = sweeps.sweep_lines()
    assert (found.found, found.mended, "tied to nothing" in found.notes[0]) == (1, 0, True)
    assert line_by(Tie.UNMATCHED).why == "Nothing of ours has this id."
    assert work_items() == ["payments.unmatched"]
    assert sum(holds(Account.UNMATCHED).values()) == -line_by(Tie.UNMATCHED).net_cents
    asked = len(stripe_sandbox.requests)
    sweeps.sweep_lines()
    assert [each["path"] for each in stripe_sandbox.requests[asked:]] == ["/v1/balance_transactions"]
    assert line_by(Tie.UNMATCHED).postings == 1
    deposits_hold()


def test_stripes_view_equals_ours(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    first = comparing.compare_with_stripe()
    assert first.numbers == {"stripe": 0, "ledger": 0, "moving": 0, "in_flight": 0, "difference": 0, "named": []}
    paid(stripe_sandbox, outbox, house.news, 2500)
    stripe_sandbox.charge_fee(100)
    stripe_sandbox.payout("reconciled")
    paid(stripe_sandbox, outbox, house.classical, 1000)
    found = comparing.compare_with_stripe()
    assert (found.notes, found.numbers["difference"]) == ([], 0)
    assert found.numbers["stripe"] == found.numbers["ledger"] - found.numbers["moving"] > 0
    assert found.numbers["moving"] > 0
    assert payout_checks.differs_from_stripe() == []
    deposits_hold()


def test_each_difference_is_named(house: Any, app: Flask, stripe_sandbox: Any, outbox: Run, later: Later) -> None:
    comparing.compare_with_stripe()
    stripe_sandbox.advance(60)
    payment_id = paid(stripe_sandbox, outbox, house.news, 2500)
    with transaction():
        lines = [
            ledger.Line(account, house.news.id, cents)
            for account, cents in ((Account.STRIPE, 40), (Account.ELSEWHERE, -40))
        ]
        ledger.post_lines("wrong", "wrong:1", period_pages.clock.now(), "usd", lines)
    found = comparing.compare_with_stripe()
    assert found.notes == ["Stripe's balance is -$0.40 more than ours."]
    store = stripe_sandbox.sandbox.store
    moved = store.all("balance_transaction")[0]
    store.drop("balance_transaction", moved["id"])
    assert [note.partition(" ")[0] for note in comparing.compare_with_stripe().notes][1:] == [moved["id"]]
    assert payout_checks.differs_from_stripe() != []
    said = app.test_cli_runner().invoke(group, ["compare"])
    assert (said.exit_code, moved["id"] in said.output) == (1, True)
    assert state_of(payment_id) is PaymentState.SETTLED
    later(days=4)
    assert "last compared" in payout_checks.differs_from_stripe()[0]


def test_what_was_there_before_is_the_opening_balance(
    house: Any, stripe_sandbox: Any, outbox: Run, later: Later
) -> None:
    """An account that was in use: its old money is no difference, and its old lines are no work."""
    theirs(stripe_sandbox, 8000)
    later(minutes=1)
    opening = comparing.compare_with_stripe()
    assert opening.numbers["difference"] == 0
    assert sum(holds(Account.OPENING).values()) == -opening.numbers["stripe"] < 0
    stripe_sandbox.advance(120)
    paid(stripe_sandbox, outbox, house.news, 2500)
    stripe_sandbox.payout()
    reconciling.reconcile_payouts()
    assert lines_by_tie() == {Tie.OPENING: 1, Tie.PAYMENT: 1, Tie.PAYOUT: 1}
    assert (holds(Account.STRIPE), work_items()) == ({}, [])
    later(minutes=5)
    assert comparing.compare_with_stripe().notes == []
    deposits_hold()


def test_a_sweep_that_stripe_does_not_answer_says_nothing(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    stripe_sandbox.fault("cut", count=20)
    for each in (sweeps.sweep_events, sweeps.sweep_lines, comparing.compare_with_stripe):
        with pytest.raises(reconciling.gateway.StripeUnavailable):
            each()
    assert count(StripeSweep) == 0


@pytest.mark.parametrize("name", ["compare", "reconcile_all", "sweep_events", "sweep_lines"])
def test_a_sweep_outlasts_an_outage_of_forty_minutes(
    name: str, house: Any, stripe_sandbox: Any, outbox: Run, later: Later
) -> None:
    """It comes too seldom to be left out because Stripe was silent for some seconds."""
    with transaction():
        enqueue(SCHEDULED[f"payments.{name}"])
    stripe_sandbox.fault("error_before", count=1000)
    for _ in range(7):
        outbox()
        later(minutes=6)
    stripe_sandbox.sandbox.faults.clear()
    outbox()
    db.session.rollback()
    row = db.session().scalars(sa.select(Outbox).where(Outbox.job == f"payments.{name}")).one()
    assert (row.state, row.attempts) == (JobState.DONE, 8)


def test_empty_sweeps_are_forgotten_after_thirty_days(house: Any, stripe_sandbox: Any, later: Later) -> None:
    sweeps.sweep_events()
    sweeps.sweep_lines()
    later(days=31)
    sweeps.forget_old_sweeps()
    db.session.rollback()
    assert [row.kind for row in db.session().scalars(sa.select(StripeSweep))] == [SweepKind.LINES]


def test_events_of_a_monthly_gift_are_read_with_their_decimals(
    house: Any, stripe_sandbox: Any, outbox: Run, later: Later
) -> None:
    """The library reads `unit_amount_decimal` of a price as a Decimal, which JSON has no word for."""
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    later(minutes=20)
    assert sweeps.sweep_events().found > 0
    outbox()
    assert state_of(payment_id) is PaymentState.SETTLED
