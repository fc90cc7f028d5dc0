"""Updates of Checkout Sessions: docs.stripe.com/api/checkout/sessions/update.

What is charged may change while a session with elements is open
(docs.stripe.com/payments/checkout/dynamically-update-line-items); Stripe's own page takes metadata only.
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.registry import Call, check_metadata, merged_metadata, route
from sandbox.stripe.api.sessions import rules
from sandbox.stripe.api.sessions.lines import due_now, updated
from sandbox.stripe.core.errors import ApiError, invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows import finishing
from sandbox.stripe.flows.billing.periods import beginning

WHILE_OPEN = ("collected_information", "line_items", "payment_intent_data", "shipping_options")


@route("post /v1/checkout/sessions/{session}", "metadata line_items payment_intent_data collected_information")
def update(call: Call) -> Obj:
    session = call.load("checkout.session", "session")
    given = call.params
    _refuse(session, given)
    session["metadata"] = merged_metadata(session["metadata"], given.get("metadata", {}))
    private = call.sandbox.get("_session", session["id"])
    if "line_items" in given:
        _lines(call, session, private)
    if "payment_intent_data" in given:
        private["payment_intent_data"] = _merged(private["payment_intent_data"], given["payment_intent_data"])
    if "collected_information" in given:
        session["collected_information"].update(_collected(given["collected_information"]))
    call.sandbox.store.put("_session", private)
    call.sandbox.store.save(session)
    if private["intent"]:
        _follow(call, session, private)
    return session


def _refuse(session: Obj, given: dict[str, Any]) -> None:
    asked = [name for name in WHILE_OPEN if name in given]
    if not asked:
        return
    if session["ui_mode"] != "elements":
        raise invalid(f"You can only update `{asked[0]}` when `ui_mode` is `elements`.", asked[0])
    if session["status"] != "open":
        text = 'Only Checkout Sessions with a status in ["open"] can be updated.'
        raise invalid(f"{text} This Checkout Session has a status of `{session['status']}`.", asked[0])
    if "shipping_options" in asked:
        text = "The sandbox has no shipping."
        raise ApiError(400, "invalid_request_error", text, code="sandbox_not_implemented", param="shipping_options")
    if "payment_intent_data" in asked and session["mode"] != "payment":
        raise invalid(f"You can not pass `payment_intent_data` in `{session['mode']}` mode.", "payment_intent_data")
    if "line_items" in asked and session["mode"] == "setup":
        raise invalid("You can not pass `line_items` in `setup` mode.", "line_items")


def _lines(call: Call, session: Obj, private: Obj) -> None:
    given = call.params["line_items"]
    rules.check_count(given)
    items = updated(call, private["line_items"], given)
    rules.check_prices(session["mode"], items)
    if items[0]["currency"] != session["currency"]:
        raise invalid("The currency of a Checkout Session cannot be changed.", "line_items")
    private["line_items"] = items
    now = call.sandbox.now()
    amount = due_now(items, beginning(private["subscription_data"], now, "subscription_data"), now)
    session.update(amount_subtotal=amount, amount_total=amount)


def _merged(before: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """An empty text takes a value away; metadata are merged by key."""
    done = {**before, **given}
    if "metadata" in given:
        done["metadata"] = merged_metadata(before.get("metadata"), given["metadata"])
        check_metadata(done["metadata"], "payment_intent_data[metadata]")
    return {name: value for name, value in done.items() if value != ""}


def _collected(given: dict[str, Any]) -> Obj:
    details = given.get("shipping_details")
    if details is None:
        return {}
    parts = ("city", "country", "line1", "line2", "postal_code", "state")
    address = {name: details["address"].get(name) for name in parts}
    return {"shipping_details": {"address": address, "name": details["name"]}}


def _follow(call: Call, session: Obj, private: Obj) -> None:
    """The PaymentIntent of an earlier attempt takes the new terms; an attempt under way is given up."""
    intent = call.sandbox.get("payment_intent", private["intent"])
    if intent["status"] == "requires_action":
        intent.update(status="requires_payment_method", next_action=None, payment_method=None)
    intent["amount"] = session["amount_total"]
    if session["mode"] == "payment":
        intent.update(finishing.terms(session, private))
    call.sandbox.store.save(intent)
