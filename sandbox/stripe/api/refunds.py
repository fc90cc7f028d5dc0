"""Refunds: docs.stripe.com/api/refunds, docs.stripe.com/refunds (Stripe keeps its fee)."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.registry import Call, check_metadata, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid, missing
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.flows import paying


@route("post /v1/refunds", "charge payment_intent amount reason metadata")
def create(call: Call) -> Obj:
    charge = _charge(call)
    left = charge["amount"] - charge["amount_refunded"]
    amount = call.params.get("amount", left)
    _refuse(charge, amount, left)
    check_metadata(call.params.get("metadata") or {})
    refund = make(
        "refund",
        call.sandbox.now(),
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        payment_intent=charge["payment_intent"],
        status="succeeded",
        payment_method=charge["payment_method"],
        reason=call.params.get("reason"),
        metadata=call.params.get("metadata") or {},
        destination_details=_destination(),
    )
    moved = paying.record(call.sandbox, refund, -amount, "refund", fee=0, fee_details=[])
    refund["balance_transaction"] = moved["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.sandbox.store.save(refund)
    call.sandbox.store.save(charge)
    call.sandbox.emit("refund.created", refund)
    call.sandbox.emit("charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    return refund


def _charge(call: Call) -> Obj:
    charge = call.linked("charge", "charge")
    intent = call.linked("payment_intent", "payment_intent")
    if intent is not None:
        charge = call.sandbox.store.get("charge", str(intent["latest_charge"]))
    if charge is None and intent is not None:
        raise invalid(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", "payment_intent"
        )
    if charge is None:
        raise missing("payment_intent")
    return charge


def _refuse(charge: Obj, amount: int, left: int) -> None:
    if not charge["paid"]:
        raise invalid(f"Charge {charge['id']} is not paid and cannot be refunded.", "charge")
    if left == 0:
        text = f"Charge {charge['id']} has already been refunded."
        raise invalid(text, code="charge_already_refunded")
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        text = f"Refund amount (${amount / 100:,.2f}) is greater than unrefunded amount on charge"
        raise invalid(f"{text} (${left / 100:,.2f})", "amount")


def _destination() -> dict[str, Any]:
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return {"card": card, "type": "card"}


@route("get /v1/refunds/{refund}")
def retrieve(call: Call) -> Obj:
    return call.load("refund", "refund")


@route("get /v1/refunds", "limit starting_after ending_before created charge payment_intent")
def list_(call: Call) -> Obj:
    return listing(call, "refund", "charge", "payment_intent")


@route("post /v1/refunds/{refund}", "metadata")
def update(call: Call) -> Obj:
    refund = call.load("refund", "refund")
    before = {"metadata": refund["metadata"]}
    refund["metadata"] = merged_metadata(refund["metadata"], call.params.get("metadata", {}))
    call.sandbox.store.save(refund)
    for kind in ("refund.updated", "charge.refund.updated"):
        call.sandbox.emit(kind, refund, before)
    return refund
