"""Refunds against the real sandbox: rows first, keys of their own, whatever Stripe answers, and when."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import stripe
from flask import Flask

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.db import db, transaction
from station.core.money import Money
from station.payments import queries
from station.payments.gateway import OfCharge, StripeUnavailable
from station.payments.models import (
    CallState,
    EventState,
    GatewayCall,
    Operation,
    PaymentState,
    RefundReason,
    RefundState,
    Tender,
)
from station.payments.policies import HOOK
from station.payments.services import (
    RefundRefused,
    ask_refund,
    check_open_payments,
    record_refund,
    send_refund,
    start_checkout,
)
from station.payments.services.folding.outcome import NotYet, unknown
from station.payments.services.returns import sending
from tests.payments.parts import PAGE, books_hold, opened, row_of, session_of, work_items
from tests.payments.returns import (
    BEA,
    Outbox,
    asked,
    balances,
    charge_of,
    hear,
    moved,
    paid,
    paid_by_bank,
    refund_state,
    refunded,
    stripe_refund,
    the_refunds,
)

Later = Callable[..., None]
KEPT = {"stripe": 1426, "gifts": -1500, "fees": 74}


class Killed(BaseException):
    """The process is gone at this point."""


def killed_at(moment: str, refund_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that has a refund made is gone at a point; what it had not committed, too."""

    def point(name: str) -> None:
        if name == moment:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "point", point)
        with pytest.raises(Killed):
            send_refund(refund_id)
    db.session.rollback()


def calls() -> list[tuple[str, CallState]]:
    """The calls that ask for a refund: the attempt in the key, and what became of it."""
    db.session.rollback()
    rows = db.session().scalars(
        sa.select(GatewayCall).where(GatewayCall.operation == Operation.REFUND).order_by(GatewayCall.id)
    )
    return [(row.key.rpartition(":")[2], row.state) for row in rows]


def made(sandbox: Handle) -> int:
    return len(sandbox.sandbox.store.all("refund"))


def test_a_full_refund(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = refunded(payment_id)
    assert refund_state(refund_id) is RefundState.SUCCEEDED
    assert row_of(payment_id).state is PaymentState.SETTLED
    assert (row_of(payment_id).refunded_cents, row_of(payment_id).kept) == (1500, Money(0))
    assert balances(payment_id) == {"stripe": -74, "gifts": -1500, "refunds": 1500, "fees": 74}  # the fee stays paid
    hear(stripe_sandbox, outbox)
    assert moved(payment_id) == ["fee", "refund", "settled"]
    assert calls() == [("1", CallState.ANSWERED)]
    sent = stripe_sandbox.sandbox.store.all("refund")[0]
    assert (sent["reason"], sent["metadata"]["namespace"]) == ("requested_by_customer", "station")
    books_hold()


def test_two_equal_partial_refunds_are_two(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    first, second = refunded(payment_id, 500), refunded(payment_id, 500)
    assert first != second
    assert the_refunds(payment_id) == [(500, "succeeded", "desk"), (500, "succeeded", "desk")]
    assert stripe_sandbox.get(charge_of(payment_id))["amount_refunded"] == 1000
    with pytest.raises(RefundRefused, match=r"At most \$5.00"):
        asked(payment_id, 501)
    refunded(payment_id, 500)
    with pytest.raises(RefundRefused, match="already"):
        asked(payment_id, 1)
    hear(stripe_sandbox, outbox)
    assert moved(payment_id) == ["fee", "refund", "refund", "refund", "settled"]
    books_hold()


def test_many_people_at_the_same_moment_give_back_no_more_than_was_given(
    house: Any, app: Flask, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)

    def ask(_: int) -> UUID | None:
        with app.app_context():
            try:
                return asked(payment_id, 600)
            except RefundRefused:
                return None
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        rows = [found for found in pool.map(ask, range(4)) if found]
    assert len(rows) == 2
    for refund_id in rows:
        send_refund(refund_id)
    assert row_of(payment_id).refunded_cents == 1200
    books_hold()


@pytest.mark.parametrize(
    ("ends", "state", "left", "kinds"),
    [
        ("succeeded", RefundState.SUCCEEDED, 1000, ["fee", "refund", "settled"]),
        ("failed", RefundState.FAILED, 1500, ["fee", "refund", "refund_failed", "settled"]),
        ("canceled", RefundState.CANCELLED, 1500, ["fee", "refund", "refund_failed", "settled"]),
    ],
)
def test_a_refund_that_waits(
    ends: str, state: RefundState, left: int, kinds: list[str], house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    stripe_sandbox.next_refund("pending")
    refund_id = refunded(payment_id, 500)
    assert refund_state(refund_id) is RefundState.PENDING
    assert row_of(payment_id).refunded_cents == 0  # nothing is said to the donor, and nothing counts yet
    assert balances(payment_id)["refunds"] == 500  # but the money has left our balance
    with pytest.raises(RefundRefused, match=r"At most \$10.00"):
        asked(payment_id, 1001)
    stripe_sandbox.end_refund(stripe_refund(refund_id), ends)
    hear(stripe_sandbox, outbox)
    assert refund_state(refund_id) is state
    assert row_of(payment_id).kept == Money(left)
    assert moved(payment_id) == kinds
    assert ("payments.refund_failed" in work_items()) is (left == 1500)
    books_hold()


def test_a_refund_that_fails_after_it_had_gone_out(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = refunded(payment_id)
    hear(stripe_sandbox, outbox)
    assert row_of(payment_id).refunded_cents == 1500
    stripe_sandbox.end_refund(stripe_refund(refund_id), "failed", "lost_or_stolen_card")
    hear(stripe_sandbox, outbox)
    found = queries.refund(refund_id)
    assert found is not None
    assert (found.state, found.failure) == (RefundState.FAILED, "lost or stolen card")
    assert row_of(payment_id).refunded_cents == 0
    assert balances(payment_id) == KEPT
    assert work_items() == ["payments.refund_failed"]
    refunded(payment_id, 1500)  # it may be tried again
    assert row_of(payment_id).refunded_cents == 1500
    books_hold()


def test_a_refund_made_at_stripe_is_adopted(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    at_the_dashboard(stripe_sandbox, payment_id, 400)
    hear(stripe_sandbox, outbox)
    assert the_refunds(payment_id) == [(400, "succeeded", "stripe")]
    assert row_of(payment_id).refunded_cents == 400
    assert work_items() == ["payments.refund_adopted"]
    books_hold()


def at_the_dashboard(sandbox: Handle, payment_id: UUID, cents: int) -> None:
    """Somebody gives money back in Stripe's own dashboard."""
    client = stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.url})
    client.v1.refunds.create({"charge": charge_of(payment_id), "amount": cents})


@pytest.mark.parametrize("kind", ["error_before", "cut", "rate_limit"])
def test_trouble_at_stripe_makes_one_refund(
    kind: str, house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 500)
    stripe_sandbox.fault(kind, count=2, method="POST", path="/v1/refunds")
    with pytest.raises(StripeUnavailable):
        send_refund(refund_id)
    assert refund_state(refund_id) is RefundState.CREATED
    assert calls() == [("1", CallState.SENDING)]
    later(minutes=3)
    check_open_payments()
    outbox()
    assert refund_state(refund_id) is RefundState.SUCCEEDED
    assert (made(stripe_sandbox), calls()) == (1, [("1", CallState.ANSWERED)])
    books_hold()


def test_an_error_that_stripe_stored_under_the_key_is_looked_behind(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    stripe_sandbox.fault("error_after", method="POST", path="/v1/refunds")
    assert refund_state(refunded(payment_id, 500)) is RefundState.SUCCEEDED
    assert (made(stripe_sandbox), calls()) == (1, [("1", CallState.ANSWERED)])


@pytest.mark.parametrize("moment", ["payments.refund:written", "payments.refund:made", "payments.refund:answered"])
def test_a_process_killed_on_the_way_is_settled_by_the_check(
    moment: str, house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 500)
    killed_at(moment, refund_id, monkeypatch)
    later(minutes=3)
    check_open_payments()
    outbox()
    hear(stripe_sandbox, outbox)
    assert the_refunds(payment_id) == [(500, "succeeded", "desk")]
    assert (made(stripe_sandbox), calls()) == (1, [("1", CallState.ANSWERED)])
    assert moved(payment_id) == ["fee", "refund", "settled"]
    books_hold()


@pytest.mark.parametrize(("moment", "attempts"), [("payments.refund:written", 2), ("payments.refund:made", 1)])
def test_a_call_of_yesterday_is_looked_for_by_our_id_before_it_is_made_again(
    moment: str,
    attempts: int,
    house: Any,
    stripe_sandbox: Handle,
    outbox: Outbox,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 500)
    killed_at(moment, refund_id, monkeypatch)
    later(hours=25)
    assert send_refund(refund_id) is RefundState.SUCCEEDED
    assert made(stripe_sandbox) == 1
    assert [attempt for attempt, _ in calls()] == ["1", "2"][:attempts]
    assert calls()[-1][1] is CallState.ANSWERED
    books_hold()


def test_the_event_may_come_before_our_answer(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 500)
    killed_at("payments.refund:made", refund_id, monkeypatch)
    hear(stripe_sandbox, outbox)
    assert refund_state(refund_id) is RefundState.SUCCEEDED
    assert calls() == [("1", CallState.ANSWERED)]
    assert send_refund(refund_id) is RefundState.SUCCEEDED
    assert made(stripe_sandbox) == 1
    assert work_items() == []


def test_the_job_sends_what_nobody_waited_for(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 500)
    outbox()
    assert refund_state(refund_id) is RefundState.CREATED  # somebody may be sending it just now
    later(minutes=1)
    outbox()
    assert refund_state(refund_id) is RefundState.SUCCEEDED


def test_stripe_may_say_no(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 1500)
    at_the_dashboard(stripe_sandbox, payment_id, 1000)
    assert send_refund(refund_id) is RefundState.FAILED
    found = queries.refund(refund_id)
    assert found is not None
    assert "greater than unrefunded amount" in found.failure
    hear(stripe_sandbox, outbox)
    assert row_of(payment_id).refunded_cents == 1000
    assert work_items() == ["payments.refund_adopted", "payments.refund_failed"]
    books_hold()


def test_lost_events_are_made_up_for(house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    stripe_sandbox.next_refund("pending")
    refund_id = refunded(payment_id, 500)
    stripe_sandbox.end_refund(stripe_refund(refund_id), "succeeded")
    later(hours=7)
    check_open_payments()
    assert refund_state(refund_id) is RefundState.SUCCEEDED
    books_hold()


def test_a_refund_whose_events_are_lost_is_seen_in_its_charge(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, live: str
) -> None:
    """It is made at Stripe before we know that the payment settled; what settles the payment tells of it."""
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    (charge,) = stripe_sandbox.sandbox.store.all("charge")
    stripe_sandbox.set_webhook(None)
    client = stripe.StripeClient(stripe_sandbox.api_key, base_addresses={"api": stripe_sandbox.url})
    client.v1.refunds.create({"charge": charge["id"], "amount": 300})
    stripe_sandbox.set_webhook(f"{live}{HOOK}")
    hear(stripe_sandbox, outbox)
    assert the_refunds(payment_id) == [(300, "succeeded", "stripe")]
    books_hold()


def test_a_bank_debit_is_refunded_after_it_has_settled(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    waiting = opened(house)
    start_checkout(waiting, PAGE)
    stripe_sandbox.pay_by_bank(session_of(waiting))
    hear(stripe_sandbox, outbox)
    with pytest.raises(RefundRefused, match="still at the donor's bank"):
        asked(waiting)
    payment_id = paid_by_bank(house, stripe_sandbox, outbox)
    refund_id = refunded(payment_id, 700)
    assert refund_state(refund_id) is RefundState.PENDING
    stripe_sandbox.end_refund(stripe_refund(refund_id), "succeeded")
    hear(stripe_sandbox, outbox)
    assert row_of(payment_id).refunded_cents == 700
    later(days=181)
    with pytest.raises(RefundRefused, match="within 180 days"):
        asked(payment_id, 100)
    record_refund(payment_id, Money(100), RefundReason.REQUESTED, "", "check 1042", BEA)
    assert row_of(payment_id).refunded_cents == 800
    books_hold()


@pytest.mark.crooked  # its row is written past the services: a check is no business of this test's
def test_a_check_is_given_back_by_hand(house: Any) -> None:
    payment_id = opened(house)
    with transaction():
        row = queries.lock_payment(payment_id)
        assert row is not None
        row.tender, row.state, row.settled_at = Tender.CHECK, PaymentState.SETTLED, row.created_at
    with pytest.raises(RefundRefused, match="did not come through Stripe"):
        ask_refund(payment_id, Money(500), RefundReason.OTHER, "", BEA)
    record_refund(payment_id, Money(500), RefundReason.AMOUNT, "Typed twice", "check 1042", BEA)
    (found,) = queries.refunds_of(payment_id)
    assert (found.state, found.sent_as, found.asked_by) == (RefundState.SUCCEEDED, "check 1042", "Bea at the desk")
    assert balances(payment_id) == {"refunds": 500, "bank": -500}
    with pytest.raises(RefundRefused, match=r"At most \$10.00"):
        record_refund(payment_id, Money(1001), RefundReason.AMOUNT, "", "check 1043", BEA)


@pytest.mark.parametrize("cents", [0, -1, 1501])
def test_no_other_amount_is_given_back(cents: int, house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    with pytest.raises(RefundRefused):
        asked(payment_id, cents)
    assert the_refunds(payment_id) == []
    assert made(stripe_sandbox) == 0


def test_nothing_is_given_back_of_what_never_came(house: Any) -> None:
    with pytest.raises(RefundRefused, match="No money came"):
        asked(opened(house))


@pytest.mark.parametrize(
    ("ends", "state", "kinds"),
    [
        ("succeeded", RefundState.SUCCEEDED, ["fee", "refund", "settled"]),
        ("canceled", RefundState.CANCELLED, ["fee", "settled"]),
    ],
)
def test_a_refund_that_asks_the_donor_first_is_booked_when_it_leaves(
    ends: str, state: RefundState, kinds: list[str], house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    stripe_sandbox.next_refund("requires_action")
    refund_id = refunded(payment_id, 500)
    assert refund_state(refund_id) is RefundState.PENDING
    assert balances(payment_id) == KEPT  # the money has not moved
    stripe_sandbox.end_refund(stripe_refund(refund_id), ends)
    hear(stripe_sandbox, outbox)
    assert (refund_state(refund_id), moved(payment_id)) == (state, kinds)
    books_hold()


def test_money_of_a_young_charge_waits_for_its_payment_and_that_of_an_old_one_is_not_ours(app: Flask) -> None:
    with pytest.raises(NotYet):
        unknown(OfCharge("ch_1", "pi_1", clock.now() - timedelta(minutes=9)))
    assert unknown(OfCharge("ch_1", "pi_1", clock.now() - timedelta(minutes=11))).state is EventState.IGNORED
    assert unknown(OfCharge("ch_1", "pi_1", None)).state is EventState.IGNORED
