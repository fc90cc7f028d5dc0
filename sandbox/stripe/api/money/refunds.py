"""Refunds: docs.stripe.com/api/refunds, docs.stripe.com/refunds (Stripe keeps its fee)."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, check_metadata, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid, missing
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.money import disputing, refunding


@route("post /v1/refunds", "charge payment_intent amount reason metadata")
def create(call: Call) -> Obj:
    given, charge = call.params, _charge(call)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = given.get("amount", left)
    _refuse(charge, amount, left)
    if disputing.blocks_refund(call.sandbox, charge):
        text = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid(text, code="charge_disputed")
    check_metadata(given.get("metadata") or {})
    return refunding.create(
        call.sandbox, charge, amount, reason=given.get("reason"), metadata=given.get("metadata") or {}
    )


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


@route("post /v1/refunds/{refund}/cancel")
def cancel(call: Call) -> Obj:
    """docs.stripe.com/api/refunds/cancel: only one that waits for the donor."""
    refund = call.load("refund", "refund")
    if refund["status"] != "requires_action":
        text = f"A refund with a status of {refund['status']} cannot be canceled."
        raise invalid(text, code="refund_unexpected_state")
    return refunding.end(call.sandbox, refund, "canceled")
