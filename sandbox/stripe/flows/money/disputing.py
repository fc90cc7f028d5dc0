"""A donor's bank takes a charge back: docs.stripe.com/disputes/how-disputes-work.

An inquiry (`warning_…`) moves no money. A dispute withdraws the amount and a fee at once, and gives the amount back
when it is won. The return of a bank debit is a dispute that is lost from the start
(docs.stripe.com/payments/ach-direct-debit#disputed-payments).
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import debits, paying
from sandbox.stripe.flows.money import movements, warning

FEE = 1500  # stripe.com/pricing: 15 dollars for each dispute received
ANSWER_WITHIN = 9 * DAY  # docs.stripe.com/disputes/responding: usually 7 to 21 days, as the network says
INQUIRY_LASTS = 120 * DAY  # docs.stripe.com/disputes/how-disputes-work#inquiries
OPEN = ("needs_response", "warning_needs_response")
UNDER_REVIEW = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
CLOSED = ("won", "lost", "warning_closed")
REASONS = (
    "bank_cannot_process",
    "check_returned",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "noncompliant",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
)


def open_for(sandbox: Sandbox, charge: Obj) -> Obj:
    """The dispute that the charge's test card stands for."""
    known = paying.card_of(sandbox, sandbox.get("payment_method", charge["payment_method"]))
    assert known is not None
    return begin(sandbox, charge, "fraudulent", inquiry=known.dispute == "warning_needs_response")


def begin(sandbox: Sandbox, charge: Obj, reason: str, *, inquiry: bool = False, amount: int | None = None) -> Obj:
    """A dispute over a card charge, or an inquiry; `amount` in cents is a part of it (the whole without)."""
    dispute = _new(sandbox, charge, reason, amount or charge["amount_captured"] - charge["amount_refunded"])
    brand = charge["payment_method_details"]["card"]["brand"]
    dispute.update(
        status="warning_needs_response" if inquiry else "needs_response",
        is_charge_refundable=inquiry,
        payment_method_details=_details(brand, "inquiry" if inquiry else "chargeback"),
    )
    dispute["evidence_details"]["due_by"] = sandbox.now() + ANSWER_WITHIN
    sandbox.due_at("past_due", dispute["id"], dispute["evidence_details"]["due_by"])
    _mark(sandbox, charge)
    if not inquiry:
        _withdraw(sandbox, dispute)
    _say(sandbox, dispute, "created", *([] if inquiry else ["funds_withdrawn"]))
    return dispute


def bank_return(sandbox: Sandbox, charge: Obj, reason: str) -> Obj:
    """A paid debit comes back: no evidence can be given, and the money is gone for good."""
    dispute = _new(sandbox, charge, reason, charge["amount_captured"])
    dispute.update(status="lost", is_charge_refundable=False, payment_method_details=None)
    _mark(sandbox, charge)
    _withdraw(sandbox, dispute)
    _say(sandbox, dispute, "created", "funds_withdrawn", "closed")
    debits.revoke(sandbox, charge, reason)
    return dispute


def _new(sandbox: Sandbox, charge: Obj, reason: str, amount: int) -> Obj:
    if reason not in REASONS:
        raise ValueError(f"a dispute's reason is one of: {', '.join(REASONS)}")
    if not charge["paid"] or of_charge(sandbox, charge):
        raise ValueError("only a paid charge can be disputed, and only once")
    dispute = make(
        "dispute",
        sandbox.now(),
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=reason,
    )
    dispute["evidence_details"]["submission_method"] = "not_submitted"
    dispute["evidence"].update(
        customer_email_address=charge["billing_details"]["email"], customer_name=charge["billing_details"]["name"]
    )
    return dispute


def _mark(sandbox: Sandbox, charge: Obj) -> None:
    charge["disputed"] = True
    sandbox.store.save(charge)
    warning.settle(sandbox, charge)


def _details(brand: str, case: str) -> Obj:
    card = {"brand": brand, "case_type": case, "network": brand, "network_reason_code": "10.4"}
    return {"card": card, "type": "card"}


def _withdraw(sandbox: Sandbox, dispute: Obj) -> None:
    moved = movements.record(
        sandbox,
        "adjustment",
        -dispute["amount"],
        dispute,
        category="dispute",
        fee=FEE,
        fee_text="Dispute fee",
        description=f"Chargeback withdrawal for {dispute['charge']}",
    )
    dispute["balance_transactions"] = [*dispute["balance_transactions"], moved]


def _say(sandbox: Sandbox, dispute: Obj, *kinds: str, before: Obj | None = None) -> None:
    sandbox.store.save(dispute)
    for kind in kinds:
        sandbox.emit(f"charge.dispute.{kind}", dispute, before if kind == "updated" else None)


def of_charge(sandbox: Sandbox, charge: Obj) -> list[Obj]:
    return [row for row in sandbox.store.all("dispute") if row["charge"] == charge["id"]]


def blocks_refund(sandbox: Sandbox, charge: Obj) -> bool:
    """docs.stripe.com/disputes/responding: an inquiry may be answered by a refund, a chargeback may not."""
    return any(not row["is_charge_refundable"] and row["status"] != "won" for row in of_charge(sandbox, charge))


def answer(sandbox: Sandbox, dispute: Obj, evidence: dict[str, Any], *, submit: bool, **values: Any) -> Obj:
    """Evidence is staged, or sent to the bank with `submit`; texts of docs.stripe.com/testing#disputes decide."""
    before = {name: dispute[name] for name in ("status", "evidence", "metadata", "evidence_details")}
    details = dict(dispute["evidence_details"])
    dispute.update(evidence={**dispute["evidence"], **{k: v or None for k, v in evidence.items()}}, **values)
    details["has_evidence"] = details["has_evidence"] or any(evidence.values())
    if submit:
        dispute["status"] = UNDER_REVIEW[dispute["status"]]
        details.update(submission_count=details["submission_count"] + 1, submission_method="manual")
        sandbox.due_at("past_due", dispute["id"], None)
    dispute["evidence_details"] = details
    changed = {name: value for name, value in before.items() if dispute[name] != value}
    _say(sandbox, dispute, "updated", before=changed)
    if submit:
        _decided(sandbox, dispute)
    return dispute


def _decided(sandbox: Sandbox, dispute: Obj) -> None:
    text = dispute["evidence"]["uncategorized_text"]
    if text == "winning_evidence":
        win(sandbox, dispute)
    elif text == "losing_evidence":
        lose(sandbox, dispute)
    elif text == "escalate_inquiry_evidence" and dispute["status"].startswith("warning_"):
        escalate(sandbox, dispute)


def win(sandbox: Sandbox, dispute: Obj, *, fee_returned: bool = False) -> Obj:
    """The bank decides for us: the amount comes back, the fee stays paid (stripe.com/pricing) unless returned."""
    if dispute["status"].startswith("warning_"):
        return _close(sandbox, dispute, "warning_closed")
    moved = movements.record(
        sandbox,
        "adjustment",
        dispute["amount"],
        dispute,
        category="dispute_reversal",
        fee=-FEE if fee_returned else 0,
        fee_text="Dispute fee refund",
        description=f"Chargeback reversal for {dispute['charge']}",
    )
    dispute["balance_transactions"] = [*dispute["balance_transactions"], moved]
    return _close(sandbox, dispute, "won", "funds_reinstated")


def lose(sandbox: Sandbox, dispute: Obj) -> Obj:
    """The bank decides for the donor; the money was withdrawn when the dispute began."""
    return _close(sandbox, dispute, "warning_closed" if dispute["status"].startswith("warning_") else "lost")


def _close(sandbox: Sandbox, dispute: Obj, status: str, *more: str) -> Obj:
    if dispute["status"] in CLOSED:
        raise ValueError(f"the dispute is {dispute['status']} already")
    dispute["status"] = status
    sandbox.due_at("past_due", dispute["id"], None)
    _say(sandbox, dispute, "closed", *more)
    return dispute


def escalate(sandbox: Sandbox, dispute: Obj) -> Obj:
    """An inquiry becomes a dispute, and the money is withdrawn."""
    if not dispute["status"].startswith("warning_") or dispute["status"] in CLOSED:
        raise ValueError("only an open inquiry can be escalated")
    before = {"status": dispute["status"]}
    dispute.update(status="needs_response", is_charge_refundable=False)
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["evidence_details"]["due_by"] = sandbox.now() + ANSWER_WITHIN
    sandbox.due_at("past_due", dispute["id"], dispute["evidence_details"]["due_by"])
    _withdraw(sandbox, dispute)
    _say(sandbox, dispute, "updated", "funds_withdrawn", before=before)
    return dispute


def past_due(sandbox: Sandbox, dispute: Obj) -> None:
    """Nobody answered in time: a dispute is lost; an inquiry is over when it has not been escalated for long."""
    if dispute["status"] not in OPEN:
        return
    dispute["evidence_details"]["past_due"] = True
    if dispute["status"] == "needs_response" or sandbox.now() >= dispute["created"] + INQUIRY_LASTS:
        lose(sandbox, dispute)
        return
    sandbox.due_at("past_due", dispute["id"], dispute["created"] + INQUIRY_LASTS)
    _say(sandbox, dispute, "updated", before={"evidence_details": {"past_due": False}})


def refunded(sandbox: Sandbox, charge: Obj) -> None:
    """A full refund settles an inquiry."""
    for dispute in of_charge(sandbox, charge):
        if dispute["status"].startswith("warning_") and dispute["status"] not in CLOSED:
            _close(sandbox, dispute, "warning_closed")
