"""Payments without a page: docs.stripe.com/api/payment_intents/create, /confirm, /capture."""

from __future__ import annotations

from sandbox.stripe.api.catalogue import LARGEST
from sandbox.stripe.api.registry import Call, check_metadata, route
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows import paying
from sandbox.stripe.flows.direct import confirming

SMALLEST = 50  # docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, US dollars
COPIED = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


@route(
    "post /v1/payment_intents",
    "amount currency customer metadata shipping capture_method confirmation_method payment_method confirm "
    f"off_session {' '.join(COPIED)}",
)
def create(call: Call) -> Obj:
    given = call.params
    _check_amount(given["amount"])
    check_metadata(given.get("metadata") or {})
    customer = call.linked("customer", "customer")
    values = {name: given.get(name) or None for name in COPIED}
    intent = paying.create_intent(
        call.sandbox,
        given["amount"],
        given["currency"].lower(),
        customer=customer["id"] if customer else None,
        metadata=given.get("metadata") or {},
        shipping=_shipping(given.get("shipping")),
        **values,
    )
    _choose(call, intent)
    if given.get("confirm"):
        return _confirm(call, intent)
    return call.sandbox.store.save(intent)


def _check_amount(amount: int) -> None:
    if amount < SMALLEST:
        raise invalid("Amount must be at least $0.50 usd", "amount", "amount_too_small")
    if amount > LARGEST:
        raise invalid("Amount must be no more than $999,999.99", "amount", "amount_too_large")


def _shipping(given: Obj | None) -> Obj | None:
    if not given:
        return None
    blank = dict.fromkeys(("address", "carrier", "name", "phone", "tracking_number"))
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {**blank, **given, "address": {**address, **given["address"]}}


def _choose(call: Call, intent: Obj) -> None:
    """How it is captured and confirmed, and with which card."""
    for name in ("capture_method", "confirmation_method"):
        intent[name] = call.params.get(name, intent[name])
    if "payment_method" in call.params:
        method = confirming.resolve(call.sandbox, call.params["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")


def _confirm(call: Call, intent: Obj) -> Obj:
    if intent["payment_method"] is None:
        text = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise invalid(text, code="payment_intent_unexpected_state")
    method = call.sandbox.get("payment_method", intent["payment_method"])
    off_session = bool(call.params.get("off_session"))
    return confirming.confirm_payment(call.sandbox, intent, method, off_session=off_session)


@route("post /v1/payment_intents/{intent}/confirm", "payment_method off_session receipt_email setup_future_usage")
def confirm(call: Call) -> Obj:
    intent = call.load("payment_intent", "intent")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        text = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}."
        raise invalid(text, code="payment_intent_unexpected_state")
    for name in ("receipt_email", "setup_future_usage"):
        intent[name] = call.params.get(name, intent[name]) or None
    _choose(call, intent)
    return _confirm(call, intent)


@route("post /v1/payment_intents/{intent}/capture", "amount_to_capture")
def capture(call: Call) -> Obj:
    intent = call.load("payment_intent", "intent")
    if intent["status"] != "requires_capture":
        text = f"This PaymentIntent could not be captured because it has a status of {intent['status']}."
        raise invalid(text, code="payment_intent_unexpected_state")
    held: int = intent["amount_capturable"]
    amount: int = call.params.get("amount_to_capture", held)
    if not 1 <= amount <= held:
        raise invalid("The amount to capture must be positive and at most what is capturable.", "amount_to_capture")
    return paying.capture(call.sandbox, intent, amount)
