"""Refunds: docs.stripe.com/refunds. Stripe keeps its fee; a refund may wait, and may fail later.

docs.stripe.com/refunds#failed-refunds: the money comes back to the balance (`failure_balance_transaction`) and the
charge is no longer refunded by that much. docs.stripe.com/testing#refunds names the cards.
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.clock import DAY, HOUR
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import paying
from sandbox.stripe.flows.money import disputing, movements, warning

PLAN = {"id": "next_refunds"}
ANSWER_AFTER = HOUR
BANK_AFTER = 3 * DAY  # a refund to a bank account is a credit of its own: docs.stripe.com/payments/ach-direct-debit
EXPIRES_AFTER = 30 * DAY
OVER = ("succeeded", "failed", "canceled")
FAILURES = (
    "expired_or_canceled_card",
    "lost_or_stolen_card",
    "declined",
    "insufficient_funds",
    "merchant_request",
    "unknown",
)


def plan_next(sandbox: Sandbox, starts: str, ends: str | None, after: int) -> None:
    """How the next refund begins and ends, whatever the card; several plans are used up in order."""
    rows = _plans(sandbox)
    with sandbox.store.transaction():
        sandbox.store.put("_meta", {**PLAN, "rows": [*rows, {"starts": starts, "ends": ends, "after": after}]})


def _plans(sandbox: Sandbox) -> list[Obj]:
    return list((sandbox.store.get("_meta", PLAN["id"]) or {}).get("rows", []))


def _plan(sandbox: Sandbox, charge: Obj) -> Obj:
    rows = _plans(sandbox)
    if rows:
        sandbox.store.put("_meta", {**PLAN, "rows": rows[1:]})
        return rows[0]
    if movements.by_bank(charge):
        return {"starts": "pending", "ends": "succeeded", "after": BANK_AFTER}
    card = paying.card_of(sandbox, sandbox.get("payment_method", charge["payment_method"]))
    starts, ends = (card.refund if card else None) or ("succeeded", None)
    return {"starts": starts, "ends": ends, "after": ANSWER_AFTER}


def create(sandbox: Sandbox, charge: Obj, amount: int, **values: Any) -> Obj:
    """Give a part of a charge back, or all that is left; the caller has checked that it may be."""
    plan = _plan(sandbox, charge)
    refund = make(
        "refund",
        sandbox.now(),
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        status=plan["starts"],
        destination_details=_destination(charge),
        **values,
    )
    if plan["starts"] == "pending":
        refund["pending_reason"] = "processing"
    if plan["starts"] == "requires_action":
        _ask(sandbox, refund)
    else:
        _pay_back(sandbox, refund, charge)
    sandbox.store.save(refund)
    if plan["ends"]:
        sandbox.store.put("_refund", {"id": refund["id"], "ends": plan["ends"]})
        sandbox.due_at("refund", refund["id"], sandbox.now() + plan["after"])
    sandbox.emit("refund.created", refund)
    if plan["starts"] != "requires_action":
        _announce(sandbox, charge, amount)
    return refund


def _destination(charge: Obj) -> Obj:
    if movements.by_bank(charge):
        return {"type": "us_bank_transfer", "us_bank_transfer": {"reference": None, "reference_status": "pending"}}
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return {"card": card, "type": "card"}


def _ask(sandbox: Sandbox, refund: Obj) -> None:
    """docs.stripe.com/refunds#refund-requires-action: the donor is asked by mail where the money shall go."""
    charge = sandbox.get("charge", refund["charge"])
    address = charge["billing_details"]["email"] or "donor@example.org"
    mail = {"email_sent_at": sandbox.now(), "email_sent_to": address}
    shown = {"email_sent": mail, "expires_at": sandbox.now() + EXPIRES_AFTER}
    refund.update(instructions_email=address, next_action={"type": "display_details", "display_details": shown})


def _pay_back(sandbox: Sandbox, refund: Obj, charge: Obj) -> None:
    kind = "payment_refund" if movements.by_bank(charge) else "refund"
    text = f"REFUND FOR CHARGE ({charge['description']})" if charge["description"] else "REFUND FOR CHARGE"
    moved = movements.record(sandbox, kind, -refund["amount"], refund, description=text)
    refund["balance_transaction"] = moved["id"]
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    sandbox.store.save(charge)


def _announce(sandbox: Sandbox, charge: Obj, amount: int) -> None:
    sandbox.emit("charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    if charge["refunded"]:
        warning.settle(sandbox, charge)
        disputing.refunded(sandbox, charge)


def ended(sandbox: Sandbox, refund: Obj) -> None:
    """What was foretold when it was made."""
    row = sandbox.store.get("_refund", refund["id"])
    if row is not None:
        end(sandbox, refund, row["ends"])


def end(sandbox: Sandbox, refund: Obj, status: str, reason: str = "unknown") -> Obj:
    """It arrived, failed (`reason` as in FAILURES), or was cancelled; nothing happens the second time.

    A refund that had succeeded can still fail: docs.stripe.com/testing#refunds.
    """
    if refund["status"] == status or refund["status"] in ("failed", "canceled"):
        return refund
    before = {"status": refund["status"]}
    charge = sandbox.get("charge", refund["charge"])
    if status == "succeeded" and refund["balance_transaction"] is None:
        _pay_back(sandbox, refund, charge)
        _announce(sandbox, charge, refund["amount"])
    refund.update(status=status)
    for name in ("pending_reason", "next_action"):
        refund.pop(name, None)
    if status != "succeeded":
        _take_back(sandbox, refund, charge, reason)
    sandbox.store.save(refund)
    sandbox.due_at("refund", refund["id"], None)
    for kind in ("refund.updated", "charge.refund.updated", *(["refund.failed"] if status == "failed" else [])):
        sandbox.emit(kind, refund, None if kind == "refund.failed" else before)
    return refund


def _take_back(sandbox: Sandbox, refund: Obj, charge: Obj, reason: str) -> None:
    refund["failure_reason"] = "merchant_request" if refund["status"] == "canceled" else reason
    if refund["balance_transaction"] is None:
        return
    moved = movements.record(sandbox, "refund_failure", refund["amount"], refund, description="REFUND FAILURE")
    refund["failure_balance_transaction"] = moved["id"]
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    sandbox.store.save(charge)
