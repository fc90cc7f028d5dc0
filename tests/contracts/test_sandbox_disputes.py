"""Disputes won and lost, inquiries, returned bank debits, early fraud warnings."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import stripe

from sandbox.stripe.testing import Handle

DAY = 86_400
PAID: dict[str, Any] = {"amount": 2000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}


@pytest.fixture
def v1(stripe_client: stripe.StripeClient) -> Any:
    return stripe_client.v1


@pytest.fixture
def charge(v1: Any) -> str:
    return str(v1.payment_intents.create(PAID).latest_charge)


def about(handle: Handle, word: str) -> list[str]:
    return [event["type"] for event in handle.events if word in event["type"]]


def test_evidence_is_staged_then_sent_and_wins(stripe_sandbox: Handle, v1: Any, charge: str) -> None:
    dispute = stripe_sandbox.dispute(charge, "product_not_received")
    details = dispute["evidence_details"]
    assert (details["has_evidence"], details["past_due"], details["due_by"] > stripe_sandbox.now()) == (
        False,
        False,
        True,
    )
    staged = v1.disputes.update(dispute["id"], {"evidence": {"product_description": "A gift"}, "submit": False})
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    sent = v1.disputes.update(dispute["id"], {"submit": True, "metadata": {"case": "7"}})
    assert (sent.status, sent.evidence.product_description) == ("under_review", "A gift")
    assert (sent.evidence_details.submission_count, sent.metadata["case"]) == (1, "7")
    with pytest.raises(stripe.InvalidRequestError, match="no longer"):
        v1.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": "more"}})
    stripe_sandbox.win_dispute(dispute["id"], fee_returned=True)
    won = v1.disputes.retrieve(dispute["id"])
    assert (won.status, [m.net for m in won.balance_transactions]) == ("won", [-3500, 3500])
    assert about(stripe_sandbox, "dispute") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]
    with pytest.raises(ValueError, match="won already"):
        stripe_sandbox.lose_dispute(dispute["id"])


@pytest.mark.parametrize(("text", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_the_texts_of_the_documentation_decide(v1: Any, text: str, status: str) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_card_createDispute"})
    dispute = v1.disputes.list({"payment_intent": intent.id}).data[0]
    v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}})
    assert v1.disputes.retrieve(dispute.id).status == status


def test_a_dispute_nobody_answers_is_lost(stripe_sandbox: Handle, v1: Any, charge: str) -> None:
    dispute = stripe_sandbox.dispute(charge)
    stripe_sandbox.advance(10 * DAY)
    lost = v1.disputes.retrieve(dispute["id"])
    assert (lost.status, lost.evidence_details.past_due) == ("lost", True)
    assert len(lost.balance_transactions) == 1
    with pytest.raises(stripe.InvalidRequestError):
        v1.disputes.update(lost.id, {"evidence": {"uncategorized_text": "too late"}})


def test_an_inquiry_ends_by_itself_by_refund_or_in_a_dispute(stripe_sandbox: Handle, v1: Any) -> None:
    charges = [v1.payment_intents.create(PAID).latest_charge for _ in range(3)]
    waits, refunded, grows = (stripe_sandbox.inquire(each)["id"] for each in charges)
    v1.refunds.create({"charge": charges[1]})
    assert v1.disputes.retrieve(refunded).status == "warning_closed"
    v1.disputes.update(grows, {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}})
    grown = v1.disputes.retrieve(grows)
    assert (grown.status, grown.balance_transactions[0].fee) == ("needs_response", 1500)
    stripe_sandbox.advance(10 * DAY)
    seen = v1.disputes.retrieve(waits)
    assert (seen.status, seen.evidence_details.past_due) == ("warning_needs_response", True)
    stripe_sandbox.advance(120 * DAY)
    assert v1.disputes.retrieve(waits).status == "warning_closed"
    assert v1.disputes.retrieve(waits).balance_transactions == []


def test_a_part_of_a_charge_is_disputed(stripe_sandbox: Handle, v1: Any, charge: str) -> None:
    assert stripe_sandbox.dispute(charge, amount=500)["balance_transactions"][0]["amount"] == -500
    with pytest.raises(ValueError, match="only once"):
        stripe_sandbox.dispute(charge)
    with pytest.raises(ValueError, match="reason is one of"):
        stripe_sandbox.dispute(v1.payment_intents.create(PAID).id, "boredom")


def test_a_returned_debit_is_lost_from_the_start(stripe_sandbox: Handle, v1: Any, gifts: Any, charge: str) -> None:
    session = gifts.once(2500)
    stripe_sandbox.pay_by_bank(session.id)
    stripe_sandbox.settle_debits()
    intent = gifts.look(session).payment_intent
    dispute = stripe_sandbox.return_debit(intent, "debit_not_authorized")
    seen = v1.disputes.retrieve(dispute["id"], {"expand": ["charge"]})
    assert (seen.status, seen.reason, seen.charge.disputed) == ("lost", "debit_not_authorized", True)
    assert [(m.amount, m.fee) for m in seen.balance_transactions] == [(-2500, 1500)]
    assert about(stripe_sandbox, "dispute") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]
    with pytest.raises(stripe.InvalidRequestError):
        v1.disputes.update(seen.id, {"evidence": {"uncategorized_text": "no"}})
    with pytest.raises(ValueError, match="only a bank debit"):
        stripe_sandbox.return_debit(charge)


def test_a_test_account_whose_debits_come_back(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_usBankAccount_dispute"})
    assert stripe_sandbox.settle_debits() == 1
    dispute = v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.reason) == ("lost", "debit_not_authorized")
    assert v1.payment_intents.retrieve(intent.id).status == "succeeded"


PDF = b"%PDF-1.7\nA packet of evidence"


def test_a_file_is_evidence(stripe_sandbox: Handle, v1: Any, charge: str) -> None:
    files = stripe.StripeClient(
        stripe_sandbox.api_key, base_addresses={"api": stripe_sandbox.url, "files": stripe_sandbox.url}
    ).v1.files
    for wrong, message in ((b"<html>", "PDF, JPEG or PNG"), (PDF + bytes(5_000_000), "at most 5 MB")):
        with pytest.raises(stripe.InvalidRequestError, match=message):
            files.create({"purpose": "dispute_evidence", "file": BytesIO(wrong)})
    with pytest.raises(stripe.InvalidRequestError, match="evidence of disputes only"):
        files.create({"purpose": "business_logo", "file": BytesIO(PDF)})
    packet = BytesIO(PDF)
    packet.name = "packet.pdf"
    made = files.create({"purpose": "dispute_evidence", "file": packet})
    assert (made.filename, made.size, made.type) == ("packet.pdf", len(PDF), "pdf")
    assert stripe_sandbox.uploaded(made.id) == PDF
    assert [row.id for row in v1.files.list({"purpose": "dispute_evidence"}).data] == [made.id]
    dispute = stripe_sandbox.dispute(charge)
    with pytest.raises(stripe.InvalidRequestError, match="No such file"):
        v1.disputes.update(dispute["id"], {"evidence": {"uncategorized_file": "file_none"}})
    given = {"evidence": {"uncategorized_file": made.id}, "expand": ["evidence.uncategorized_file"]}
    assert v1.disputes.update(dispute["id"], given).evidence.uncategorized_file.filename == "packet.pdf"
    assert v1.files.retrieve(made.id).purpose == "dispute_evidence"


def test_a_fraud_warning_is_answered_by_a_refund(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_card_createIssuerFraudRecord"})
    warning = v1.radar.early_fraud_warnings.list({"payment_intent": intent.id}).data[0]
    assert (warning.actionable, warning.charge, warning.fraud_type) == (True, intent.latest_charge, "misc")
    v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    assert v1.radar.early_fraud_warnings.retrieve(warning.id).actionable
    v1.refunds.create({"payment_intent": intent.id})
    assert not v1.radar.early_fraud_warnings.retrieve(warning.id).actionable
    other = v1.payment_intents.create(PAID)
    made = stripe_sandbox.warn(other.id, "card_never_received")
    stripe_sandbox.dispute(other.id)
    assert not v1.radar.early_fraud_warnings.retrieve(made["id"]).actionable
    assert (
        about(stripe_sandbox, "radar")
        == ["radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"] * 2
    )
