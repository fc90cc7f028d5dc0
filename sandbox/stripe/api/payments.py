"""Reading payments: docs.stripe.com/api/payment_intents, docs.stripe.com/api/charges.

Payments are made by the hosted page, by renewals and by direct/payment_intents.py.
"""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows import paying


@route("get /v1/payment_intents/{intent}", "client_secret")
def retrieve_intent(call: Call) -> Obj:
    return call.load("payment_intent", "intent")


@route("get /v1/payment_intents", "limit starting_after ending_before created customer")
def list_intents(call: Call) -> Obj:
    return listing(call, "payment_intent", "customer")


@route("post /v1/payment_intents/{intent}", "metadata description receipt_email")
def update_intent(call: Call) -> Obj:
    intent = call.load("payment_intent", "intent")
    intent["metadata"] = merged_metadata(intent["metadata"], call.params.get("metadata", {}))
    for name in ("description", "receipt_email"):
        if name in call.params:
            intent[name] = call.params[name] or None
    return call.sandbox.store.save(intent)


@route("post /v1/payment_intents/{intent}/cancel", "cancellation_reason")
def cancel_intent(call: Call) -> Obj:
    intent = call.load("payment_intent", "intent")
    if intent["status"] in ("succeeded", "canceled"):
        text = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
        raise invalid(text, code="payment_intent_unexpected_state")
    return paying.cancel_intent(
        call.sandbox, intent, call.params.get("cancellation_reason") or "requested_by_customer"
    )


@route("get /v1/charges/{charge}")
def retrieve_charge(call: Call) -> Obj:
    return call.load("charge", "charge")


@route("get /v1/charges", "limit starting_after ending_before created customer payment_intent")
def list_charges(call: Call) -> Obj:
    return listing(call, "charge", "customer", "payment_intent")


@route("post /v1/charges/{charge}", "metadata description receipt_email")
def update_charge(call: Call) -> Obj:
    charge = call.load("charge", "charge")
    charge["metadata"] = merged_metadata(charge["metadata"], call.params.get("metadata", {}))
    for name in ("description", "receipt_email"):
        if name in call.params:
            charge[name] = call.params[name] or None
    call.sandbox.emit("charge.updated", call.sandbox.store.save(charge), {})
    return charge
