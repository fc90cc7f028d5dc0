"""A donor's bank takes a charge back: docs.stripe.com/disputes/how-disputes-work.

An inquiry (`warning_…`) moves no money; a dispute withdraws the amount and a fee at once.
"""

from __future__ import annotations

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import paying

FEE = 1500  # stripe.com/pricing: 15 dollars for each dispute received
ANSWER_WITHIN = 9 * DAY  # docs.stripe.com/disputes/responding: usually 7 to 21 days, as the network says
OPEN = ("needs_response", "warning_needs_response")


def open_for(sandbox: Sandbox, charge: Obj) -> Obj:
    """The dispute that the charge's test card stands for."""
    known = paying.card_of(sandbox, sandbox.get("payment_method", charge["payment_method"]))
    assert known is not None
    inquiry = known.dispute == "warning_needs_response"
    dispute = make(
        "dispute",
        sandbox.now(),
        amount=charge["amount"],
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason="fraudulent",
        status=known.dispute,
        is_charge_refundable=inquiry,
        payment_method_details=_details(known.brand, "inquiry" if inquiry else "chargeback"),
    )
    dispute["evidence_details"]["due_by"] = sandbox.now() + ANSWER_WITHIN
    charge["disputed"] = True
    sandbox.store.save(charge)
    if not inquiry:
        _withdraw(sandbox, dispute)
    sandbox.store.save(dispute)
    sandbox.emit("charge.dispute.created", dispute)
    if not inquiry:
        sandbox.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _details(brand: str, case: str) -> Obj:
    card = {"brand": brand, "case_type": case, "network": brand, "network_reason_code": "10.4"}
    return {"card": card, "type": "card"}


def _withdraw(sandbox: Sandbox, dispute: Obj) -> None:
    detail = {
        "amount": FEE,
        "application": None,
        "currency": dispute["currency"],
        "description": "Dispute fee",
        "type": "stripe_fee",
    }
    moved = paying.record(sandbox, dispute, -dispute["amount"], "adjustment", fee=FEE, fee_details=[detail])
    moved["reporting_category"] = "dispute"
    sandbox.store.save(moved)
    dispute["balance_transactions"] = [moved]


def close(sandbox: Sandbox, dispute: Obj) -> Obj:
    """docs.stripe.com/api/disputes/close: the charge back is accepted, for good."""
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_closed" if inquiry else "lost"
    sandbox.store.save(dispute)
    sandbox.emit("charge.dispute.closed", dispute)
    return dispute
