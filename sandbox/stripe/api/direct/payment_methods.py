"""Cards from tokens and US bank accounts, attached and detached: docs.stripe.com/api/payment_methods."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.stripe.api.registry import Call, check_metadata, merged_metadata, route
from sandbox.stripe.core.errors import invalid, missing
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows import banks, debits
from sandbox.stripe.flows.direct import confirming, test_ids


@route("post /v1/payment_methods", "type card us_bank_account billing_details metadata allow_redisplay")
def create(call: Call) -> Obj:
    given = call.params
    check_metadata(given.get("metadata") or {})
    kind = given.get("type")
    if kind is None:
        raise missing("type")
    if kind not in MAKERS:
        text = "The sandbox makes PaymentMethods of cards and US bank accounts only."
        raise invalid(text, "type", "sandbox_not_implemented")
    if not given.get(kind):
        raise missing(kind)
    method = MAKERS[kind](call, given[kind])
    method["billing_details"] = confirming.whole_details(given.get("billing_details") or {})
    method["metadata"] = given.get("metadata") or {}
    method["allow_redisplay"] = given.get("allow_redisplay", "unspecified")
    return call.sandbox.store.save(method)


def _card(call: Call, card: Obj) -> Obj:
    if "number" in card:
        text = "Sending credit card numbers directly to the Stripe API is generally unsafe. Use test tokens instead."
        raise invalid(text, "card[number]")
    if "token" not in card:
        raise missing("card[token]")
    return confirming.new_method(call.sandbox, test_ids.token_card(card["token"], "card[token]"))


def _account(call: Call, given: Obj) -> Obj:
    for name in ("account_number", "routing_number", "account_holder_type"):
        if name not in given:
            raise missing(f"us_bank_account[{name}]")
    if not banks.routing_is_valid(given["routing_number"]):
        raise invalid("Invalid routing number.", "us_bank_account[routing_number]", "routing_number_invalid")
    known = banks.ACCOUNTS.get(given["account_number"])
    if known is None:
        text = "You must use a test bank account number in test mode."
        raise invalid(text, "us_bank_account[account_number]", "account_number_invalid")
    entered = banks.BankEntered(known, name="", email="", holder=given["account_holder_type"])
    return debits.create_method(call.sandbox, entered)


MAKERS: dict[str, Callable[[Call, Obj], Obj]] = {"card": _card, "us_bank_account": _account}


@route("post /v1/payment_methods/{payment_method}/attach", "customer")
def attach(call: Call) -> Obj:
    method = confirming.resolve(call.sandbox, call.args["payment_method"], "id")
    customer = call.linked("customer", "customer")
    if customer is None:
        raise missing("customer")
    return confirming.attach(call.sandbox, method, customer["id"])


@route("post /v1/payment_methods/{payment_method}/detach")
def detach(call: Call) -> Obj:
    """docs.stripe.com/api/payment_methods/detach: for good; nothing is charged with it any more."""
    method = call.load("payment_method", "payment_method")
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    before = {"customer": method["customer"]}
    method["customer"] = None
    call.sandbox.emit("payment_method.detached", call.sandbox.store.save(method), before)
    return method


@route("post /v1/payment_methods/{payment_method}", "metadata billing_details allow_redisplay")
def update(call: Call) -> Obj:
    method = call.load("payment_method", "payment_method")
    names = [name for name in ("metadata", "billing_details", "allow_redisplay") if name in call.params]
    before: Obj = {name: method[name] for name in names}
    method["metadata"] = merged_metadata(method["metadata"], call.params.get("metadata", {}))
    method["billing_details"] = confirming.whole_details(
        {**method["billing_details"], **call.params.get("billing_details", {})}
    )
    method["allow_redisplay"] = call.params.get("allow_redisplay", method["allow_redisplay"])
    call.sandbox.emit("payment_method.updated", call.sandbox.store.save(method), before)
    return method
