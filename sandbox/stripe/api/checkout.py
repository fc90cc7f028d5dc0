"""Checkout Sessions: docs.stripe.com/api/checkout/sessions. Hosted page only, for now."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api import session_rules
from sandbox.stripe.api.catalogue import make_price
from sandbox.stripe.api.registry import Call, listing, merged_metadata, paged, route
from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.errors import invalid, no_such
from sandbox.stripe.core.shapes import Obj, make, page
from sandbox.stripe.flows import finishing

USES = (
    "mode ui_mode line_items success_url cancel_url customer customer_email customer_creation metadata "
    "payment_intent_data subscription_data submit_type expires_at client_reference_id currency locale"
)


@route("post /v1/checkout/sessions", USES)
def create(call: Call) -> Obj:
    given = call.params
    session_rules.check(call)
    items = [_line(call, line, f"line_items[{n}]") for n, line in enumerate(given["line_items"])]
    session_rules.check_prices(given["mode"], items)
    session = _session(call, items)
    private = {
        "id": session["id"],
        "line_items": items,
        "intent": None,
        "payment_intent_data": given.get("payment_intent_data") or {},
        "subscription_data": given.get("subscription_data") or {},
    }
    call.sandbox.store.put("_session", private)
    call.sandbox.store.save(session)
    call.sandbox.due_at("expire", session["id"], session["expires_at"])
    return session


def _line(call: Call, given: dict[str, Any], where: str) -> Obj:
    if given.get("price"):
        price = call.sandbox.store.get("price", given["price"])
        if price is None:
            raise no_such("price", given["price"], f"{where}[price]")
    else:
        price = make_price(call.sandbox, given["price_data"], f"{where}[price_data]", active=False)
    product = call.sandbox.get("product", price["product"])
    amount = int(price["unit_amount"]) * int(given["quantity"])
    return make(
        "item",
        price=price,
        quantity=given["quantity"],
        currency=price["currency"],
        description=product["name"],
        amount_subtotal=amount,
        amount_total=amount,
        metadata={},
    )


def _session(call: Call, items: list[Obj]) -> Obj:
    given, now = call.params, call.sandbox.now()
    total = sum(int(item["amount_total"]) for item in items)
    recurring = given["mode"] == "subscription"
    session = make(
        "checkout.session",
        now,
        mode=given["mode"],
        ui_mode="hosted_page",
        status="open",
        amount_subtotal=total,
        amount_total=total,
        currency=items[0]["currency"],
        customer=given.get("customer"),
        customer_email=given.get("customer_email"),
        metadata=given.get("metadata") or {},
        payment_status="unpaid",
        success_url=given["success_url"],
        cancel_url=given.get("cancel_url"),
        submit_type=given.get("submit_type"),
        client_reference_id=given.get("client_reference_id"),
        locale=given.get("locale"),
        expires_at=given.get("expires_at", now + DAY),
        payment_method_types=["card"],
        payment_method_collection="always" if recurring else "if_required",
        customer_creation=None if recurring else given.get("customer_creation", "if_required"),
        **_constants(),
    )
    if given.get("customer"):
        session["customer_creation"] = None
    session["url"] = f"{call.sandbox.settings.public_url}/c/pay/{session['id']}"
    session["customer_details"] = _details(call)
    return session


def _constants() -> Obj:
    """Features the sandbox does not offer, as Stripe shows them when they are off."""
    texts = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {
        "adaptive_pricing": {"enabled": False},
        "custom_text": dict.fromkeys(texts),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "phone_number_collection": {"enabled": False},
        "managed_payments": {"enabled": False},
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def _details(call: Call) -> Obj | None:
    customer = call.linked("customer", "customer")
    email = customer["email"] if customer else call.params.get("customer_email")
    if email is None:
        return None
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


@route("get /v1/checkout/sessions/{session}")
def retrieve(call: Call) -> Obj:
    return call.load("checkout.session", "session")


@route(
    "get /v1/checkout/sessions",
    "limit starting_after ending_before created status customer payment_intent subscription",
)
def list_(call: Call) -> Obj:
    return listing(call, "checkout.session", "status", "customer", "payment_intent", "subscription")


@route("post /v1/checkout/sessions/{session}", "metadata")
def update(call: Call) -> Obj:
    session = call.load("checkout.session", "session")
    session["metadata"] = merged_metadata(session["metadata"], call.params.get("metadata", {}))
    return call.sandbox.store.save(session)


@route("post /v1/checkout/sessions/{session}/expire")
def expire(call: Call) -> Obj:
    session = call.load("checkout.session", "session")
    if session["status"] != "open":
        text = 'Only Checkout Sessions with a status in ["open"] can be expired.'
        raise invalid(f"{text} This Checkout Session has a status of `{session['status']}`.")
    return finishing.expire(call.sandbox, session)


@route("get /v1/checkout/sessions/{session}/line_items", "limit starting_after ending_before")
def list_line_items(call: Call) -> Obj:
    session = call.load("checkout.session", "session")
    items = call.sandbox.get("_session", session["id"])["line_items"]
    return page([], call.path) if not items else paged(call, items)
