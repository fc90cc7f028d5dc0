"""Makes Checkout Sessions: docs.stripe.com/api/checkout/sessions/create."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.registry import Call, route
from sandbox.stripe.api.sessions import methods, rules
from sandbox.stripe.api.sessions.lines import due_now, make_line
from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.shapes import Obj, make, new_id
from sandbox.stripe.flows import setting_up
from sandbox.stripe.flows.billing.periods import beginning

USES = (
    "mode ui_mode line_items success_url cancel_url return_url customer customer_email customer_creation metadata "
    "payment_intent_data subscription_data setup_intent_data submit_type expires_at client_reference_id currency "
    "locale saved_payment_method_options payment_method_options allowed_payment_method_types "
    "excluded_payment_method_types payment_method_collection billing_address_collection"
)
PRIVATE = ("payment_intent_data", "subscription_data", "setup_intent_data")


@route("post /v1/checkout/sessions", USES)
def create(call: Call) -> Obj:
    given = call.params
    rules.check(call)
    items = [make_line(call, line, f"line_items[{n}]") for n, line in enumerate(given.get("line_items") or [])]
    if given["mode"] != "setup":
        rules.check_prices(given["mode"], items)
    session = _session(call, items)
    private = {"id": session["id"], "line_items": items, "intent": None}
    private.update({name: given.get(name) or {} for name in PRIVATE})
    if given["mode"] == "setup":
        intent = setting_up.create_intent(
            call.sandbox, session["customer"], list(session["payment_method_types"]), private["setup_intent_data"]
        )
        session["setup_intent"] = intent["id"]
    call.sandbox.store.put("_session", private)
    call.sandbox.store.save(session)
    call.sandbox.due_at("expire", session["id"], session["expires_at"])
    return session


def _session(call: Call, items: list[Obj]) -> Obj:
    given, now = call.params, call.sandbox.now()
    mode = given["mode"]
    begins = beginning(given.get("subscription_data") or {}, now, "subscription_data")
    amount = None if mode == "setup" else due_now(items, begins, now)
    currency = items[0]["currency"] if items else given.get("currency")
    session = make(
        "checkout.session",
        now,
        mode=mode,
        status="open",
        amount_subtotal=amount,
        amount_total=amount,
        currency=currency,
        customer=given.get("customer"),
        customer_email=given.get("customer_email"),
        metadata=given.get("metadata") or {},
        payment_status="unpaid" if amount else "no_payment_required",
        success_url=given.get("success_url"),
        cancel_url=given.get("cancel_url"),
        submit_type=given.get("submit_type"),
        client_reference_id=given.get("client_reference_id"),
        locale=given.get("locale"),
        expires_at=given.get("expires_at", now + DAY),
        billing_address_collection=given.get("billing_address_collection"),
        **_constants(),
        **methods.chosen(given, currency),
    )
    _who(session, given)
    _where(session, given, call.sandbox.settings.public_url)
    session["customer_details"] = _details(call)
    return session


def _who(session: Obj, given: dict[str, Any]) -> None:
    recurring = session["mode"] == "subscription"
    session["payment_method_collection"] = given.get(
        "payment_method_collection", "always" if recurring else "if_required"
    )
    if not recurring and not session["customer"]:
        session["customer_creation"] = given.get("customer_creation", "if_required")


def _where(session: Obj, given: dict[str, Any], public_url: str) -> None:
    """A page of Stripe's has an address, elements in the merchant's page a secret for the browser."""
    session["ui_mode"] = given.get("ui_mode", "hosted_page")
    if session["ui_mode"] == "elements":
        session["client_secret"] = new_id(f"{session['id']}_secret_", 56)
        session["return_url"] = given["return_url"]
    else:
        session["url"] = f"{public_url}/c/pay/{session['id']}"


def _constants() -> Obj:
    """Features the sandbox does not offer, as Stripe shows them when they are off."""
    texts = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {
        "adaptive_pricing": {"enabled": False},
        "custom_text": dict.fromkeys(texts),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
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
