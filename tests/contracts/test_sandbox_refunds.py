"""Refunds in full and in part, at once and later, that fail after all, and those that are refused."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.stripe.testing import Handle

PAID: dict[str, Any] = {"amount": 2000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}


@pytest.fixture
def v1(stripe_client: stripe.StripeClient) -> Any:
    return stripe_client.v1


def about_refunds(handle: Handle) -> list[str]:
    return [event["type"] for event in handle.events if "refund" in event["type"]]


def test_two_equal_parts_are_two_refunds(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create(PAID)
    first, second = (v1.refunds.create({"payment_intent": intent.id, "amount": 700}) for _ in range(2))
    assert first.id != second.id
    charge = v1.charges.retrieve(intent.latest_charge, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded, len(charge.refunds.data)) == (1400, False, 2)
    v1.refunds.create({"payment_intent": intent.id})
    assert v1.charges.retrieve(intent.latest_charge).refunded
    assert about_refunds(stripe_sandbox) == ["refund.created", "charge.refunded"] * 3


def test_a_refund_that_waits_arrives(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_card_pendingRefund"})
    refund = v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    stripe_sandbox.advance(3601)
    assert v1.refunds.retrieve(refund.id).status == "succeeded"
    assert about_refunds(stripe_sandbox)[2:] == ["refund.updated", "charge.refund.updated"]


def test_a_refund_that_succeeded_fails_later(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_card_refundFail"})
    refund = v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, v1.charges.retrieve(intent.latest_charge).refunded) == ("succeeded", True)
    stripe_sandbox.advance(3601)
    failed = v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert failed.failure_balance_transaction.amount == 2000
    charge = v1.charges.retrieve(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (False, 0)
    assert about_refunds(stripe_sandbox)[2:] == ["refund.updated", "charge.refund.updated", "refund.failed"]
    assert v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_tests_choose_how_a_refund_ends(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create(PAID)
    stripe_sandbox.next_refund("pending", "failed", after=60)
    stripe_sandbox.next_refund("pending")
    first = v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    second = v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    third = v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    assert [each.status for each in (first, second, third)] == ["pending", "pending", "succeeded"]
    stripe_sandbox.advance(61)
    assert v1.refunds.retrieve(first.id).status == "failed"
    assert stripe_sandbox.end_refund(second.id)["status"] == "succeeded"
    seen = len(stripe_sandbox.events)
    stripe_sandbox.end_refund(second.id)
    assert len(stripe_sandbox.events) == seen
    with pytest.raises(ValueError, match="status"):
        stripe_sandbox.end_refund(second.id, "lost")
    with pytest.raises(ValueError, match="starts"):
        stripe_sandbox.next_refund("failed")


def test_a_refund_that_waits_for_the_donor(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create(PAID)
    stripe_sandbox.next_refund("requires_action")
    refund = v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.next_action.type, refund.balance_transaction) == (
        "requires_action",
        "display_details",
        None,
    )
    assert not v1.charges.retrieve(intent.latest_charge).refunded
    assert v1.refunds.cancel(refund.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be canceled"):
        v1.refunds.cancel(refund.id)
    stripe_sandbox.next_refund("requires_action", "succeeded", after=60)
    later = v1.refunds.create({"payment_intent": intent.id})
    stripe_sandbox.advance(61)
    assert v1.refunds.retrieve(later.id).status == "succeeded"
    assert v1.charges.retrieve(intent.latest_charge).refunded


def test_refunds_that_are_refused(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create(PAID)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        v1.refunds.create({"payment_intent": intent.id, "amount": 2001})
    v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as again:
        v1.refunds.create({"payment_intent": intent.id})
    assert again.value.code == "charge_already_refunded"
    disputed = v1.payment_intents.create(PAID)
    dispute = stripe_sandbox.dispute(disputed.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": disputed.id})
    assert refused.value.code == "charge_disputed"
    stripe_sandbox.win_dispute(dispute["id"])
    assert v1.refunds.create({"payment_intent": disputed.id}).status == "succeeded"
    held = v1.payment_intents.create({**PAID, "capture_method": "manual"})
    v1.payment_intents.capture(held.id, {"amount_to_capture": 1500})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        v1.refunds.create({"payment_intent": held.id, "amount": 1501})
