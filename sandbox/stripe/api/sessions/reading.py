"""Reading and expiring Checkout Sessions: docs.stripe.com/api/checkout/sessions."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, listing, paged, route
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj, page
from sandbox.stripe.flows import finishing


@route("get /v1/checkout/sessions/{session}")
def retrieve(call: Call) -> Obj:
    return call.load("checkout.session", "session")


@route(
    "get /v1/checkout/sessions",
    "limit starting_after ending_before created status customer payment_intent subscription",
)
def list_(call: Call) -> Obj:
    return listing(call, "checkout.session", "status", "customer", "payment_intent", "subscription")


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
