"""Saving a card without a payment: docs.stripe.com/api/setup_intents."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, check_metadata, listing, merged_metadata, route
from sandbox.stripe.core.errors import ApiError, invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows import setting_up
from sandbox.stripe.flows.direct import confirming

KEPT = ("description", "metadata")


@route("post /v1/setup_intents", "customer description metadata usage payment_method confirm")
def create(call: Call) -> Obj:
    given = call.params
    check_metadata(given.get("metadata") or {})
    customer = call.linked("customer", "customer")
    intent = setting_up.create_intent(
        call.sandbox, customer["id"] if customer else None, ["card"], {name: given.get(name) for name in KEPT}
    )
    intent["usage"] = given.get("usage", intent["usage"])
    _choose(call, intent)
    return _confirm(call, intent) if given.get("confirm") else call.sandbox.store.save(intent)


def _choose(call: Call, intent: Obj) -> None:
    if "payment_method" in call.params:
        method = confirming.resolve(call.sandbox, call.params["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")


def _confirm(call: Call, intent: Obj) -> Obj:
    if intent["payment_method"] is None:
        text = "You cannot confirm this SetupIntent because it's missing a payment method."
        raise _unexpected(text)
    method = call.sandbox.get("payment_method", intent["payment_method"])
    return confirming.confirm_setup(call.sandbox, intent, method)


def _unexpected(text: str) -> ApiError:
    return invalid(text, code="setup_intent_unexpected_state")


@route("post /v1/setup_intents/{intent}/confirm", "payment_method")
def confirm(call: Call) -> Obj:
    intent = call.load("setup_intent", "intent")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise _unexpected(f"You cannot confirm this SetupIntent because it has a status of {intent['status']}.")
    _choose(call, intent)
    return _confirm(call, intent)


@route("post /v1/setup_intents/{intent}/cancel", "cancellation_reason")
def cancel(call: Call) -> Obj:
    intent = call.load("setup_intent", "intent")
    if intent["status"] in ("succeeded", "canceled"):
        raise _unexpected(f"You cannot cancel this SetupIntent because it has a status of {intent['status']}.")
    intent.update(status="canceled", cancellation_reason=call.params.get("cancellation_reason"), payment_method=None)
    call.sandbox.emit("setup_intent.canceled", call.sandbox.store.save(intent))
    return intent


@route("get /v1/setup_intents/{intent}", "client_secret")
def retrieve(call: Call) -> Obj:
    return call.load("setup_intent", "intent")


@route("get /v1/setup_intents", "limit starting_after ending_before created customer payment_method")
def list_(call: Call) -> Obj:
    return listing(call, "setup_intent", "customer", "payment_method")


@route("post /v1/setup_intents/{intent}", "metadata description")
def update(call: Call) -> Obj:
    intent = call.load("setup_intent", "intent")
    intent["metadata"] = merged_metadata(intent["metadata"], call.params.get("metadata", {}))
    intent["description"] = call.params.get("description", intent["description"]) or None
    return call.sandbox.store.save(intent)
