"""Payouts and their lines, against the sandbox: to the cent, two stations, what comes back, what nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.stripe.flows import paying
from sandbox.stripe.flows.money import paying_out, refunding
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.payments.cli import group
from station.payments.models import Account, BalanceShare, Listing, Payment, Payout, PayoutState, Tie
from station.payments.queries.payouts import balance
from station.payments.queries.payouts import pages as payout_pages
from station.payments.services.deposits import reconciling, sweeps
from tests.payments.deposit_parts import (
    Run,
    asked_for,
    charge_of,
    deposits_hold,
    events_since,
    holds,
    line_by,
    lines_by_tie,
    listed,
    open_items,
    paid,
    payout_row,
    told,
)
from tests.payments.parts import count, session_of, state_of, work_items
from tests.payments.test_sweeps import theirs


@pytest.fixture(autouse=True)
def charity_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's price for charities: 2.2 % and 30 cents."""
    monkeypatch.setattr(paying, "fee", lambda amount: (amount * 22 + 500) // 1000 + 30)


def arrived(stripe: Any, outbox: Run, upto: str = "paid") -> str:
    """A payout of everything, with its events delivered and the work done; its id."""
    found = stripe.payout(upto)
    stripe.deliver_now()
    outbox()
    return str(found["id"])


def test_the_worked_deposit(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    """100 + 25 + 10 in gifts, fees of 2.50 + 0.85 + 0.52, and 25 given back make 106.13."""
    payments = [paid(stripe_sandbox, outbox, house.news, cents) for cents in (10000, 2500, 1000)]
    give_back(stripe_sandbox, charge_of(payments[1]), 2500)
    row = payout_row(arrived(stripe_sandbox, outbox))
    found = payout_pages.deposit(row.id)
    assert found is not None
    assert found.total is not None
    assert (found.total.gifts, found.total.fees, found.total.net) == (13500, -387, 10613)
    assert row.amount_cents == 10613
    assert holds(Account.BANK) == {house.news.id: 10613}
    assert (found.total.refunds, found.total.other, row.problem) == (-2500, 0, "")
    books = {line.account: line.cents for line in found.journal}
    assert books == {"Cash": 10613, "Processing fees": 387, "Contributions": -11000}
    deposits_hold()


def give_back(stripe: Any, charge: str, cents: int) -> str:
    """Money is given back in Stripe's dashboard; the refund's id there."""
    with stripe.sandbox.action():
        made = refunding.create(stripe.sandbox, stripe.get(charge), cents, metadata={}, reason=None)
    return str(made["id"])


def test_two_stations_in_one_deposit(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news, 12000)
    paid(stripe_sandbox, outbox, house.classical, 4000)
    stripe_sandbox.advance(60)
    stripe_sandbox.charge_fee(101)
    row = payout_row(arrived(stripe_sandbox, outbox))
    assert row.reconciled_at is not None
    assert lines_by_tie() == {Tie.PAYMENT: 2, Tie.FEE: 1, Tie.PAYOUT: 1}
    assert holds(Account.BANK) == {house.news.id: 12000 - 294 - 76, house.classical.id: 4000 - 118 - 25}
    assert holds(Account.STRIPE) == {}
    assert sum(holds(Account.BANK).values()) == row.amount_cents
    assert work_items() == []
    deposits_hold()


def test_an_unknown_line_waits_for_a_person(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news)
    theirs(stripe_sandbox, 3300)
    row = payout_row(arrived(stripe_sandbox, outbox))
    assert (row.read_at is not None, row.reconciled_at, row.problem) == (True, None, "")
    assert holds(Account.UNMATCHED) == {house.news.id: -(3300 - 103)}
    assert holds(Account.STRIPE) == {}
    assert open_items() == ["payments.unmatched"]
    deposits_hold()


def test_a_refund_and_a_dispute_in_one_payout(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    """Two stations, money both ways: a part given back, a charge taken by a bank with its fee, and won later."""
    refunded = paid(stripe_sandbox, outbox, house.news, 10000)
    disputed = paid(stripe_sandbox, outbox, house.classical, 6000)
    paid(stripe_sandbox, outbox, house.classical, 9000)
    give_back(stripe_sandbox, charge_of(refunded), 2500)
    dispute = stripe_sandbox.dispute(charge_of(disputed))
    row = payout_row(arrived(stripe_sandbox, outbox))
    assert lines_by_tie() == {Tie.PAYMENT: 3, Tie.REFUND: 1, Tie.DISPUTE: 1, Tie.PAYOUT: 1}
    assert row.reconciled_at is not None
    news, classical = 10000 - 250 - 2500, 6000 - 162 + 9000 - 228 - 6000 - 1500
    assert holds(Account.BANK) == {house.news.id: news, house.classical.id: classical}
    assert (holds(Account.STRIPE), row.amount_cents) == ({}, news + classical)
    deposits_hold()
    stripe_sandbox.win_dispute(dispute["id"], fee_returned=True)
    later_row = payout_row(arrived(stripe_sandbox, outbox))
    assert later_row.amount_cents == 6000 + 1500
    assert holds(Account.BANK) == {house.news.id: news, house.classical.id: classical + 7500}
    found = payout_pages.deposit(row.id)
    assert found is not None
    assert found.total is not None
    assert (found.total.refunds, found.total.disputes, found.total.net) == (-2500, -6000, row.amount_cents)
    deposits_hold()


def test_a_refund_that_fails_comes_back_with_the_next_payout(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    payment_id = paid(stripe_sandbox, outbox, house.news, 10000)
    refund = give_back(stripe_sandbox, charge_of(payment_id), 2500)
    first = payout_row(arrived(stripe_sandbox, outbox))
    stripe_sandbox.end_refund(refund, "failed")
    second = payout_row(arrived(stripe_sandbox, outbox))
    assert (first.amount_cents, second.amount_cents) == (7250, 2500)
    assert lines_by_tie() == {Tie.PAYMENT: 1, Tie.REFUND: 2, Tie.PAYOUT: 2}
    assert (holds(Account.BANK), holds(Account.STRIPE)) == ({house.news.id: 9750}, {})
    deposits_hold()


def test_lost_news_of_what_went_back_is_found_with_the_payout(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    payment_id = paid(stripe_sandbox, outbox, house.news, 10000)
    disputed = paid(stripe_sandbox, outbox, house.classical, 6000)
    give_back(stripe_sandbox, charge_of(payment_id), 2500)
    stripe_sandbox.dispute(charge_of(disputed))
    known = len(stripe_sandbox.events)
    found = stripe_sandbox.payout()
    for event in events_since(stripe_sandbox, known):
        told(stripe_sandbox, event)
    outbox()
    assert lines_by_tie() == {Tie.PAYMENT: 2, Tie.REFUND: 1, Tie.DISPUTE: 1, Tie.PAYOUT: 1}
    assert (payout_row(found["id"]).reconciled_at is not None, holds(Account.UNMATCHED)) == (True, {})
    assert (holds(Account.REFUNDS), holds(Account.DISPUTED)) == ({house.news.id: 2500}, {house.classical.id: 6000})
    deposits_hold()


def test_a_gift_to_both_stations_is_shared_by_both(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    payment_id = asked_for(house.news, 10001, house.classical)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    give_back(stripe_sandbox, charge_of(payment_id), 3333)
    row = payout_row(arrived(stripe_sandbox, outbox))
    assert row.reconciled_at is not None
    assert (holds(Account.STRIPE), sum(holds(Account.BANK).values())) == ({}, row.amount_cents)
    assert holds(Account.BANK) == {house.news.id: 5001 - 125 - 1667, house.classical.id: 5000 - 125 - 1666}
    deposits_hold()


def test_a_payout_that_fails_after_it_was_paid(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news, 2500)
    first = arrived(stripe_sandbox, outbox)
    stripe_sandbox.fail_payout(first)
    stripe_sandbox.deliver_now()
    outbox()
    row = payout_row(first)
    assert (row.state, row.failure) == (PayoutState.FAILED, "The bank sent the payout back: account_closed.")
    assert (holds(Account.BANK), holds(Account.STRIPE)) == ({}, {house.news.id: 2415})
    deposits_hold()
    paid(stripe_sandbox, outbox, house.classical, 1000)
    second = payout_row(arrived(stripe_sandbox, outbox))
    assert second.amount_cents == 2415 + 948
    assert holds(Account.BANK) == {house.news.id: 2415, house.classical.id: 948}
    assert lines_by_tie() == {Tie.PAYMENT: 2, Tie.PAYOUT: 3}
    assert (second.reconciled_at is not None, work_items()) == (True, [])
    deposits_hold()


def test_a_payout_that_fails_before_it_is_paid(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news, 2500)
    first = arrived(stripe_sandbox, outbox, "created")
    stripe_sandbox.fail_payout(first)
    stripe_sandbox.deliver_now()
    outbox()
    assert (payout_row(first).state, payout_row(first).postings) == (PayoutState.FAILED, 0)
    assert holds(Account.BANK) == {}
    deposits_hold()


def test_the_return_of_a_payout_is_shared_as_the_payout_is(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    """Also when the next payout is read before the one that came back was."""
    paid(stripe_sandbox, outbox, house.news, 3000)
    paid(stripe_sandbox, outbox, house.classical, 1000)
    first = stripe_sandbox.payout("created")["id"]
    stripe_sandbox.arrive_payout(first)
    stripe_sandbox.fail_payout(first)
    second = arrived(stripe_sandbox, outbox)
    assert payout_row(first).read_at is None
    listed(stripe_sandbox, first)
    stripe_sandbox.deliver_now()
    outbox()
    assert holds(Account.BANK) == {house.news.id: 3000 - 96, house.classical.id: 1000 - 52}
    assert all(payout_row(each).reconciled_at for each in (first, second))
    assert work_items() == []
    deposits_hold()


def test_a_payout_by_hand_is_marked_and_split_by_what_came_in(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    for station in (house.news, house.news, house.classical):
        paid(stripe_sandbox, outbox, station, 1000)
    stripe_sandbox.release()
    stripe_sandbox.advance(60)
    with stripe_sandbox.sandbox.action():
        made = paying_out.create(stripe_sandbox.sandbox, 1000, "usd", metadata={})
    stripe_sandbox.arrive_payout(made["id"])
    stripe_sandbox.deliver_now()
    outbox()
    row = payout_row(made["id"])
    assert (row.automatic, row.listing, row.reconciled_at, count(BalanceShare)) == (False, Listing.NEVER, None, 0)
    assert holds(Account.BANK) == {house.news.id: 667, house.classical.id: 333}
    assert reconciling.reconcile_payouts()[-1].said == "made by hand: Stripe ties no lines to it"
    deposits_hold()


def test_what_belongs_to_no_station_is_split_by_the_halves_of_gifts_to_both(
    house: Any, stripe_sandbox: Any, outbox: Run, later: Callable[..., None]
) -> None:
    """A payout by hand stays as it was booked, though a gift of the days before it is learned of later."""
    both = asked_for(house.news, 1001, house.classical)
    stripe_sandbox.pay(session_of(both))
    stripe_sandbox.deliver_now()
    outbox()
    stripe_sandbox.release()
    stripe_sandbox.advance(60)
    stripe_sandbox.charge_fee(100)
    with stripe_sandbox.sandbox.action():
        made = paying_out.create(stripe_sandbox.sandbox, 500, "usd", metadata={})
    stripe_sandbox.arrive_payout(made["id"])
    stripe_sandbox.deliver_now()
    outbox()
    later(hours=1)
    sweeps.sweep_lines()
    assert balance.station_weights(payout_row(made["id"]).made_at) == {house.news.id: 501, house.classical.id: 500}
    shares = balance.shares_of([line_by(Tie.FEE).id])
    assert {each.station_id: each.net for each in shares} == {house.news.id: -50, house.classical.id: -50}
    at_bank = {house.news.id: 250, house.classical.id: 250}
    assert holds(Account.BANK) == at_bank
    late = paid(stripe_sandbox, outbox, house.classical, 5000)
    with transaction() as session:
        session.get_one(Payment, late).settled_at = payout_row(made["id"]).made_at - timedelta(hours=1)
    assert len(set(balance.station_weights(payout_row(made["id"]).made_at).values())) == 2
    reconciling.reconcile_payouts()
    assert (holds(Account.BANK), payout_row(made["id"]).postings) == (at_bank, 1)
    deposits_hold()


def test_lines_that_do_not_make_the_payout_are_a_persons(
    house: Any, stripe_sandbox: Any, outbox: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until they do, the deposit is split as money came in; a later look mends it by itself."""
    paid(stripe_sandbox, outbox, house.news, 2500)
    short = stripe_sandbox.payout("created")["id"]
    real = reconciling.gateway.movements_of
    monkeypatch.setattr(
        reconciling.gateway, "movements_of", lambda each: [m for m in real(each) if m.category == "payout"]
    )
    listed(stripe_sandbox, short)
    stripe_sandbox.arrive_payout(short)
    stripe_sandbox.deliver_now()
    outbox()
    row = payout_row(short)
    assert (row.problem, row.reconciled_at) == ("Its lines sum to $0.00, not to $24.15.", None)
    assert (work_items(), holds(Account.BANK)) == (["payments.payout"], {house.news.id: 2415})
    monkeypatch.undo()
    reconciling.reconcile_payouts()
    assert (payout_row(short).problem, payout_row(short).reconciled_at is not None) == ("", True)
    deposits_hold()


def test_many_lines_come_in_pages(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    for number in range(104):
        stripe_sandbox.charge_fee(1 + number)
    paid(stripe_sandbox, outbox, house.news, 10_000_00)
    row = payout_row(arrived(stripe_sandbox, outbox))
    assert lines_by_tie() == {Tie.FEE: 104, Tie.PAYMENT: 1, Tie.PAYOUT: 1}
    assert row.reconciled_at is not None
    deposits_hold()


def test_lost_events_of_a_payout_are_found_by_the_daily_look(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news, 2500)
    lost = stripe_sandbox.payout()["id"]
    assert count(Payout) == 0
    found = reconciling.reconcile_payouts()
    assert [(each.stripe_id, each.reconciled, each.said) for each in found] == [(lost, True, "reconciled")]
    assert holds(Account.BANK) == {house.news.id: 2415}
    outbox()
    deposits_hold()


def test_reconciling_again_changes_nothing(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news, 2500)
    first = arrived(stripe_sandbox, outbox)
    before = (payout_row(first).postings, payout_row(first).reconciled_at, balance.lines_of(payout_row(first).id))
    reconciling.reconcile_payouts()
    reconciling.reconcile_named(first, COMMAND)
    after = (payout_row(first).postings, payout_row(first).reconciled_at, balance.lines_of(payout_row(first).id))
    assert [str(each) for each in before[:2]] == [str(each) for each in after[:2]]
    assert [line.id for line in before[2]] == [line.id for line in after[2]]
    assert payout_row(first).postings == 1


def test_a_gift_whose_events_were_all_lost_is_made_when_its_payout_comes(
    house: Any, stripe_sandbox: Any, outbox: Run
) -> None:
    payment_id = asked_for(house.news, 4000)
    stripe_sandbox.pay(session_of(payment_id))
    known = len(stripe_sandbox.events)
    found = stripe_sandbox.payout()
    for event in events_since(stripe_sandbox, known):
        told(stripe_sandbox, event)
    outbox()
    assert state_of(payment_id).value == "settled"
    assert payout_row(found["id"]).reconciled_at is not None
    assert lines_by_tie() == {Tie.PAYMENT: 1, Tie.PAYOUT: 1}
    deposits_hold()


def test_the_command_says_what_it_did(house: Any, app: Flask, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news, 2500)
    lost = stripe_sandbox.payout()["id"]

    def run(*words: str) -> Any:
        return app.test_cli_runner().invoke(group, ["reconcile", *words])

    one = run("--payout", lost)
    assert (one.exit_code, one.output.splitlines()) == (
        0,
        [f"{lost}  paid        $24.15  1 line(s): reconciled", "1 payout(s) looked at, 0 not reconciled."],
    )
    told_json = json.loads(run("--json").output)
    assert [(each["payout"], each["amount_cents"], each["reconciled"]) for each in told_json] == [(lost, 2415, True)]
    unknown = run("--payout", "po_nothing")
    assert (unknown.exit_code, "No such payout" in unknown.output) == (1, True)


def test_a_payout_of_the_other_mode_is_not_ours(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    paid(stripe_sandbox, outbox, house.news, 2500)
    found = stripe_sandbox.payout()
    stripe_sandbox.sandbox.store.save({**stripe_sandbox.get(found["id"]), "livemode": True})
    assert reconciling.reconcile_payouts() == []
    assert count(Payout) == 0
    with pytest.raises(reconciling.gateway.StripeRefused, match="other mode"):
        reconciling.reconcile_named(found["id"], COMMAND)


def test_a_line_of_another_amount_than_its_payment_is_not_tied(house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    payment_id = paid(stripe_sandbox, outbox, house.news, 2500)
    store = stripe_sandbox.sandbox.store
    moved = next(row for row in store.all("balance_transaction") if row["source"] == charge_of(payment_id))
    store.save({**moved, "amount": 2600, "net": 2515})
    arrived(stripe_sandbox, outbox)
    assert line_by(Tie.UNMATCHED).why == "Its payment is of $25.00, not of $26.00."
    db.session.rollback()
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Payout)) == 1
