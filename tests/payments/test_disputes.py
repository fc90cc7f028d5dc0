"""Disputes and fraud warnings against the real sandbox: money both ways, deadlines, what they stop and forbid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import stripe
from sqlalchemy.exc import DatabaseError

from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem, WorkState
from station.accounts.services import close_work_item
from station.core import clock
from station.core.db import db, transaction
from station.core.money import Money
from station.payments import queries
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.models import (
    CallState,
    DisputeMovement,
    DisputeState,
    GatewayCall,
    Operation,
    RefundState,
    SubscriptionState,
)
from station.payments.services import (
    DisputeOver,
    RefundRefused,
    accept_dispute,
    answer_dispute,
    check_open_payments,
    watch_disputes,
)
from tests.payments.parts import books_hold, row_of, standing_state
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
    the_dispute,
)

Later = Callable[..., None]
TAKEN = {"gifts": -1500, "fees": 74, "disputed": 1500, "dispute_fees": 1500, "stripe": -1574}


def open_work() -> list[str]:
    """Kinds of the open work items of this package."""
    db.session.rollback()
    ours = (WorkItem.state == WorkState.OPEN, WorkItem.kind.startswith("payments."))
    return sorted(db.session().scalars(sa.select(WorkItem.kind).where(*ours)))


def disputed(house: Any, sandbox: Handle, outbox: Outbox, **more: Any) -> tuple[UUID, str]:
    """A payment whose money a bank has just taken, and Stripe's id of the dispute."""
    payment_id = paid(house, sandbox, outbox, **more)
    found = sandbox.dispute(charge_of(payment_id))
    hear(sandbox, outbox)
    return payment_id, found["id"]


def test_a_dispute_that_is_won(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id, stripe_id = disputed(house, stripe_sandbox, outbox)
    found = the_dispute(payment_id)
    assert (found.state, found.reason, found.amount) == (DisputeState.NEEDS_RESPONSE, "fraudulent", Money(1500))
    assert found.due_by is not None
    assert timedelta(days=8) < found.due_by - clock.now() < timedelta(days=10)
    assert balances(payment_id) == TAKEN
    assert row_of(payment_id).kept == Money(1500)  # not lost yet: the gift stands
    assert open_work() == ["payments.dispute"]
    answer_dispute(found.id, {"uncategorized_text": "They have given for years."}, "We know them.", BEA)
    assert the_dispute(payment_id).state is DisputeState.UNDER_REVIEW
    assert the_dispute(payment_id).answered_at is not None
    assert open_work() == []
    stripe_sandbox.win_dispute(stripe_id)
    hear(stripe_sandbox, outbox)
    found = the_dispute(payment_id)
    assert (found.state, found.taken, found.fees) == (DisputeState.WON, Money(0), Money(1500))
    assert balances(payment_id) == {"gifts": -1500, "fees": 74, "dispute_fees": 1500, "stripe": -74}
    assert moved(payment_id) == ["dispute_fee", "dispute_reinstated", "dispute_withdrawn", "fee", "settled"]
    books_hold()


def test_a_dispute_that_is_lost(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id, stripe_id = disputed(house, stripe_sandbox, outbox)
    stripe_sandbox.lose_dispute(stripe_id)
    hear(stripe_sandbox, outbox)
    assert the_dispute(payment_id).state is DisputeState.LOST
    assert (row_of(payment_id).lost_cents, row_of(payment_id).kept) == (1500, Money(0))
    assert balances(payment_id) == TAKEN
    assert row_of(payment_id).amount_cents == 1500  # the past is not edited
    with pytest.raises(RefundRefused, match="pay the donor twice"):
        asked(payment_id, 100)
    stripe_sandbox.resend(stripe_sandbox.events[-1]["id"])
    hear(stripe_sandbox, outbox)
    assert moved(payment_id) == ["dispute_fee", "dispute_withdrawn", "fee", "settled"]
    books_hold()


def test_a_fee_that_comes_back_is_booked_apart(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id, stripe_id = disputed(house, stripe_sandbox, outbox)
    stripe_sandbox.win_dispute(stripe_id, fee_returned=True)
    hear(stripe_sandbox, outbox)
    assert balances(payment_id) == {"gifts": -1500, "fees": 74, "stripe": 1426}
    assert moved(payment_id).count("dispute_fee") == 2
    books_hold()


def test_no_refund_while_a_bank_has_the_money(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id, stripe_id = disputed(house, stripe_sandbox, outbox)
    with pytest.raises(RefundRefused, match="pay the donor twice"):
        asked(payment_id, 100)
    stripe_sandbox.win_dispute(stripe_id)
    hear(stripe_sandbox, outbox)
    refunded(payment_id, 100)
    assert row_of(payment_id).refunded_cents == 100
    books_hold()


def test_a_refund_that_waits_to_be_sent_is_called_off_by_a_dispute(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 500)
    stripe_sandbox.dispute(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    later(minutes=5)
    outbox()
    found = queries.refund(refund_id)
    assert found is not None
    assert found.state.value == "cancelled"
    assert stripe_sandbox.sandbox.store.all("refund") == []
    assert open_work() == ["payments.dispute", "payments.refund_failed"]
    books_hold()


def test_an_inquiry_moves_nothing_stops_nothing_and_may_be_settled_by_a_refund(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    stripe_sandbox.inquire(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    assert the_dispute(payment_id).state is DisputeState.WARNING_NEEDS_RESPONSE
    assert balances(payment_id) == {"gifts": -1500, "fees": 74, "stripe": 1426}
    assert (standing_state(payment_id), open_work()) == (SubscriptionState.ACTIVE, ["payments.dispute"])
    refunded(payment_id)
    hear(stripe_sandbox, outbox)
    assert the_dispute(payment_id).state is DisputeState.WARNING_CLOSED
    assert (standing_state(payment_id), open_work()) == (SubscriptionState.ACTIVE, [])
    books_hold()


def test_an_inquiry_that_becomes_a_chargeback(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    found = stripe_sandbox.inquire(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    stripe_sandbox.escalate(found["id"])
    hear(stripe_sandbox, outbox)
    hear(stripe_sandbox, outbox)
    assert the_dispute(payment_id).state is DisputeState.NEEDS_RESPONSE
    assert balances(payment_id) == TAKEN
    assert standing_state(payment_id) is SubscriptionState.ENDED
    books_hold()


def test_no_further_charge_after_a_chargeback(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id, _ = disputed(house, stripe_sandbox, outbox, monthly=True)
    assert standing_state(payment_id) is SubscriptionState.ENDED
    (subscription,) = stripe_sandbox.sandbox.store.all("subscription")
    assert subscription["status"] == "canceled"
    assert open_work() == ["payments.dispute", "payments.recurring_disputed"]
    (call,) = db.session().scalars(sa.select(GatewayCall).where(GatewayCall.operation == Operation.CANCEL_ORDER))
    assert (call.state, call.subscription_id) == (CallState.ANSWERED, row_of(payment_id).subscription_id)
    books_hold()


def test_stripe_may_be_away_when_a_monthly_gift_must_end(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    stripe_sandbox.dispute(charge_of(payment_id))
    stripe_sandbox.deliver_now()
    stripe_sandbox.fault("error_before", count=2, method="DELETE")
    outbox()
    assert standing_state(payment_id) is SubscriptionState.ACTIVE
    later(minutes=5)
    outbox()
    assert standing_state(payment_id) is SubscriptionState.ENDED


@pytest.mark.parametrize(
    ("reason", "state"),
    [("insufficient_funds", SubscriptionState.ACTIVE), ("debit_not_authorized", SubscriptionState.ENDED)],
)
def test_a_bank_debit_that_comes_back_is_lost_at_once(
    reason: str, state: SubscriptionState, house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid_by_bank(house, stripe_sandbox, outbox, monthly=True)
    stripe_sandbox.return_debit(charge_of(payment_id), reason)
    hear(stripe_sandbox, outbox)
    hear(stripe_sandbox, outbox)
    assert the_dispute(payment_id).state is DisputeState.LOST
    assert row_of(payment_id).kept == Money(0)
    assert (standing_state(payment_id), open_work()) == (state, ["payments.recurring_disputed"])
    books_hold()


def test_what_was_refunded_and_taken_back_as_well_is_said(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid_by_bank(house, stripe_sandbox, outbox)
    stripe_sandbox.next_refund("succeeded")
    refunded(payment_id, 1000)
    stripe_sandbox.return_debit(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    row = row_of(payment_id)
    assert (row.refunded_cents, row.lost_cents, row.kept) == (1000, 1500, Money(0))
    assert open_work() == ["payments.paid_twice"]
    books_hold()


@pytest.mark.parametrize("arrives_first", [True, False])
def test_a_refund_on_its_way_when_the_debit_comes_back_is_said_too(
    arrives_first: bool, house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid_by_bank(house, stripe_sandbox, outbox)
    refund_id = refunded(payment_id, 1000)
    assert refund_state(refund_id) is RefundState.PENDING
    steps = [
        lambda: stripe_sandbox.end_refund(stripe_refund(refund_id), "succeeded"),
        lambda: stripe_sandbox.return_debit(charge_of(payment_id)),
    ]
    for step in steps if arrives_first else reversed(steps):
        step()
        hear(stripe_sandbox, outbox)
    row = row_of(payment_id)
    assert (row.refunded_cents, row.lost_cents, row.kept) == (1000, 1500, Money(0))
    assert open_work() == ["payments.paid_twice"]
    books_hold()


@pytest.mark.parametrize(
    ("end", "left"), [("succeeded", "payments.paid_twice"), ("failed", "payments.refund_failed")]
)
def test_what_goes_back_twice_is_said_at_once_and_again_when_it_has(
    end: str, left: str, house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid_by_bank(house, stripe_sandbox, outbox)
    refund_id = refunded(payment_id, 1000)
    stripe_sandbox.return_debit(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    assert (refund_state(refund_id), open_work()) == (RefundState.PENDING, ["payments.paid_twice"])
    if end == "succeeded":
        twice = sa.select(WorkItem.id).where(WorkItem.kind == "payments.paid_twice")
        close_work_item(db.session().scalars(twice).one(), "Seen.", BEA)
    stripe_sandbox.end_refund(stripe_refund(refund_id), end)
    hear(stripe_sandbox, outbox)
    assert open_work() == [left]
    books_hold()


def test_the_loss_can_be_accepted(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id, _ = disputed(house, stripe_sandbox, outbox)
    found = the_dispute(payment_id)
    accept_dispute(found.id, "A stolen card.", BEA)
    assert the_dispute(payment_id).state is DisputeState.LOST
    for again in (accept_dispute, lambda *args: answer_dispute(args[0], {}, *args[1:])):
        with pytest.raises(DisputeOver):
            again(found.id, "Once more", BEA)
    assert [call.state for call in queries.calls_under(f"dispute:{found.id}:")] == [CallState.ANSWERED]
    hear(stripe_sandbox, outbox)
    books_hold()


def test_an_answer_without_an_answer_is_repeated_as_it_was(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id, stripe_id = disputed(house, stripe_sandbox, outbox)
    found = the_dispute(payment_id)
    stripe_sandbox.fault("cut", count=2, method="POST", path="/v1/disputes")
    with pytest.raises(StripeUnavailable):
        answer_dispute(found.id, {"uncategorized_text": "First words"}, "We know them.", BEA)
    answer_dispute(found.id, {"uncategorized_text": "Second words"}, "We know them.", BEA)
    sent = stripe_sandbox.get(stripe_id)
    assert sent["evidence"]["uncategorized_text"] == "First words"
    assert sent["evidence_details"]["submission_count"] == 1
    assert [call.state for call in queries.calls_under(f"dispute:{found.id}:")] == [CallState.ANSWERED]


def test_stripe_may_refuse_an_answer(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id, _ = disputed(house, stripe_sandbox, outbox)
    found = the_dispute(payment_id)
    with pytest.raises(StripeRefused, match="limited to"):
        answer_dispute(found.id, {"uncategorized_text": "x" * 150_001}, "Much to say.", BEA)
    assert the_dispute(payment_id).state is DisputeState.NEEDS_RESPONSE
    answer_dispute(found.id, {"uncategorized_text": "x"}, "Less to say.", BEA)
    states = [call.state for call in queries.calls_under(f"dispute:{found.id}:")]
    assert states == [CallState.REFUSED, CallState.ANSWERED]


def test_the_deadline_is_told_three_days_before(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    payment_id, _ = disputed(house, stripe_sandbox, outbox)
    later(days=5)
    watch_disputes()
    assert open_work() == ["payments.dispute"]
    later(days=1, hours=1)
    watch_disputes()
    watch_disputes()
    assert open_work() == ["payments.dispute", "payments.dispute_due"]
    accept_dispute(the_dispute(payment_id).id, "A stolen card.", BEA)
    assert open_work() == []


def test_lost_events_are_made_up_for(house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later) -> None:
    payment_id, stripe_id = disputed(house, stripe_sandbox, outbox)
    stripe_sandbox.win_dispute(stripe_id)
    later(hours=7)
    check_open_payments()
    assert the_dispute(payment_id).state is DisputeState.WON
    books_hold()


def test_an_early_fraud_warning_is_work_until_the_money_is_back(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    stripe_sandbox.warn(charge_of(payment_id), "made_with_stolen_card")
    hear(stripe_sandbox, outbox)
    (found,) = queries.warnings_of(payment_id)
    assert (found.fraud_type, found.actionable) == ("made_with_stolen_card", True)
    assert open_work() == ["payments.fraud_warning"]
    refunded(payment_id)
    hear(stripe_sandbox, outbox)
    assert queries.open_warnings() == []
    assert open_work() == []


def test_an_old_warning_does_not_come_back(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    stripe_sandbox.warn(charge_of(payment_id))
    stripe_sandbox.dispute(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    assert open_work() == ["payments.dispute"]
    for event in stripe_sandbox.events:
        if event["type"].startswith("radar"):
            stripe_sandbox.resend(event["id"])
    hear(stripe_sandbox, outbox)
    assert open_work() == ["payments.dispute"]


def test_money_of_others_in_the_same_account_is_not_ours(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    client = stripe.StripeClient(stripe_sandbox.api_key, base_addresses={"api": stripe_sandbox.url})
    theirs = client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "return_url": "http://x",
        }
    )
    stripe_sandbox.dispute(theirs.id)
    hear(stripe_sandbox, outbox)  # its payment may be about to settle
    assert queries.disputes() == []
    later(minutes=11)
    outbox()
    assert queries.disputes() == []
    assert open_work() == []


def test_disputes_are_counted_as_the_networks_do(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    for each in range(4):
        payment_id = paid(house, stripe_sandbox, outbox)
        if each < 3:
            stripe_sandbox.dispute(charge_of(payment_id))
        else:
            stripe_sandbox.inquire(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    assert queries.dispute_count(clock.now() - timedelta(days=30)) == (3, 4)  # an inquiry is none
    assert "payments.dispute_rate" not in open_work()
    watch_disputes()
    assert "payments.dispute_rate" in open_work()


def test_a_movement_is_never_changed(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    disputed(house, stripe_sandbox, outbox)
    for change in (sa.update(DisputeMovement).values(amount_cents=1), sa.delete(DisputeMovement)):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(change)
