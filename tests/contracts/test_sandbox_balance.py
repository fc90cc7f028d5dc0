"""The balance: every movement has a balance transaction that says what it is, and a payout is the sum of its own."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.stripe.testing import Handle

DAY = 86_400
PAID: dict[str, Any] = {"amount": 2000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
BANK: dict[str, Any] = {
    "type": "us_bank_account",
    "us_bank_account": {
        "account_holder_type": "individual",
        "account_number": "000123456789",
        "routing_number": "110000000",
    },
    "billing_details": {"name": "Ada"},
}


@pytest.fixture
def v1(stripe_client: stripe.StripeClient) -> Any:
    return stripe_client.v1


def kinds(handle: Handle) -> list[str]:
    return [event["type"] for event in handle.events]


def line(moved: Any) -> tuple[Any, ...]:
    assert moved.net == moved.amount - moved.fee
    assert sum(detail.amount for detail in moved.fee_details) == moved.fee
    return (moved.type, moved.reporting_category, moved.amount, moved.fee, moved.source)


def test_each_movement_says_what_it_is(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create(PAID)
    charge = intent.latest_charge
    refund = v1.refunds.create({"charge": charge, "amount": 500})
    stripe_sandbox.end_refund(refund.id, "failed")
    dispute = stripe_sandbox.dispute(intent.id)
    stripe_sandbox.win_dispute(dispute["id"])
    stripe_sandbox.charge_fee(120)
    payout = stripe_sandbox.payout()
    stripe_sandbox.fail_payout(payout["id"])
    lines = [line(moved) for moved in v1.balance_transactions.list().data[::-1]]
    left = 2000 - 88 - 1500 - 120
    assert lines == [
        ("charge", "charge", 2000, 88, charge),
        ("refund", "refund", -500, 0, refund.id),
        ("refund_failure", "refund_failure", 500, 0, refund.id),
        ("adjustment", "dispute", -2000, 1500, dispute["id"]),
        ("adjustment", "dispute_reversal", 2000, 0, dispute["id"]),
        ("stripe_fee", "fee", -120, 0, None),
        ("payout", "payout", -left, 0, payout["id"]),
        ("payout_failure", "payout_reversal", left, 0, payout["id"]),
    ]
    assert v1.balance.retrieve().available[0].amount == left


def test_money_of_a_bank_account_has_its_own_names(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": v1.payment_methods.create(BANK).id})
    stripe_sandbox.settle_debits()
    refund = v1.refunds.create({"payment_intent": intent.id, "amount": 700})
    lines = [line(moved)[:4] for moved in v1.balance_transactions.list().data[::-1]]
    assert lines == [("payment", "charge", 2000, 16), ("payment_refund", "refund", -700, 0)]
    assert (refund.status, refund.destination_details.type) == ("pending", "us_bank_transfer")
    stripe_sandbox.advance(4 * DAY)
    assert v1.refunds.retrieve(refund.id).status == "succeeded"


def test_movements_are_found_by_source_type_and_time(stripe_sandbox: Handle, v1: Any) -> None:
    first = v1.payment_intents.create(PAID)
    stripe_sandbox.advance(DAY)
    v1.payment_intents.create(PAID)
    refund = v1.refunds.create({"payment_intent": first.id})
    listed = v1.balance_transactions.list
    assert [m.source for m in listed({"type": "refund"}).data] == [refund.id]
    assert [m.amount for m in listed({"source": first.latest_charge}).data] == [2000]
    since = stripe_sandbox.now() - 3600
    assert len(listed({"created": {"gte": since}}).data) == 2
    page = listed({"limit": 1, "expand": ["data.source"]})
    assert (page.has_more, page.data[0].source.object) == (True, "refund")
    rest = listed({"limit": 5, "starting_after": page.data[0].id})
    assert (len(rest.data), rest.has_more) == (2, False)


def test_an_automatic_payout_is_the_sum_of_its_movements(stripe_sandbox: Handle, v1: Any) -> None:
    first = v1.payment_intents.create(PAID)
    v1.payment_intents.create({**PAID, "amount": 4000})
    v1.refunds.create({"payment_intent": first.id, "amount": 300})
    early = v1.payouts.list().data
    stripe_sandbox.advance(3 * DAY)
    payout = stripe_sandbox.payout("created", release=False)
    assert (early, payout["automatic"], payout["reconciliation_status"]) == ([], True, "in_progress")
    v1.payment_intents.create(PAID)
    inside = v1.balance_transactions.list({"payout": payout["id"]}).data
    assert sorted(m.type for m in inside) == ["charge", "charge", "payout", "refund"]
    assert sum(m.net for m in inside) == 0
    assert sum(m.net for m in inside if m.type != "payout") == payout["amount"] == 2000 - 88 + 4000 - 146 - 300
    stripe_sandbox.advance(2 * DAY + 1)
    done = v1.payouts.retrieve(payout["id"])
    assert (done.status, done.reconciliation_status) == ("paid", "completed")
    wanted = ["payout.created", "payout.reconciliation_completed", "payout.paid"]
    assert [kind for kind in kinds(stripe_sandbox) if kind.startswith("payout")] == wanted


def test_a_payout_that_comes_back_is_in_the_next_one(stripe_sandbox: Handle, v1: Any) -> None:
    v1.payment_intents.create(PAID)
    first = stripe_sandbox.payout()
    failed = stripe_sandbox.fail_payout(first["id"], "could_not_process")
    assert (failed["status"], failed["failure_code"]) == ("failed", "could_not_process")
    moved = v1.payouts.retrieve(first["id"], {"expand": ["failure_balance_transaction"]}).failure_balance_transaction
    assert (moved.type, moved.amount) == ("payout_failure", first["amount"])
    second = stripe_sandbox.payout()
    inside = v1.balance_transactions.list({"payout": second["id"]}).data
    assert {m.type: m.amount for m in inside} == {"payout_failure": 1912, "payout": -1912}
    assert kinds(stripe_sandbox)[-4:] == [
        "payout.failed",
        "payout.created",
        "payout.reconciliation_completed",
        "payout.paid",
    ]
    with pytest.raises(ValueError, match="failed already"):
        stripe_sandbox.fail_payout(first["id"])


def test_a_payout_by_hand_ties_nothing_and_can_be_cancelled(stripe_sandbox: Handle, v1: Any) -> None:
    v1.payment_intents.create(PAID)
    stripe_sandbox.release()
    payout = v1.payouts.create({"amount": 1000, "currency": "usd"})
    assert (payout.automatic, payout.reconciliation_status) == (False, "not_applicable")
    assert [m.source for m in v1.balance_transactions.list({"payout": payout.id}).data] == [payout.id]
    assert v1.payouts.cancel(payout.id).status == "canceled"
    assert v1.balance.retrieve().available[0].amount == 1912
    for wrong in (payout.id, stripe_sandbox.payout("created")["id"]):
        with pytest.raises(stripe.InvalidRequestError, match="made by hand"):
            v1.payouts.cancel(wrong)
    assert len(v1.payouts.list({"arrival_date": {"gt": stripe_sandbox.now()}}).data) == 2


def test_there_is_no_payout_of_nothing(stripe_sandbox: Handle, v1: Any) -> None:
    with pytest.raises(ValueError, match="nothing to pay out"):
        stripe_sandbox.payout()
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        v1.balance_transactions.list({"payout": "po_none"})
