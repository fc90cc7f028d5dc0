"""Subscriptions: docs.stripe.com/api/subscriptions. Checkout makes them; here they are read and changed."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.stripe.api.catalogue import make_price
from sandbox.stripe.api.registry import Call, in_range, listing, merged_metadata, route
from sandbox.stripe.core.errors import ApiError, invalid, no_such
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.billing import changing, periods, subscribing

ID = "subscription_exposed_id"


@route("get /v1/subscriptions/{subscription_exposed_id}")
def retrieve(call: Call) -> Obj:
    return call.load("subscription", ID)


@route(
    "get /v1/subscriptions",
    "limit starting_after ending_before created customer status price collection_method "
    "current_period_start current_period_end",
)
def list_(call: Call) -> Obj:
    """Cancelled ones are left out unless asked for: docs.stripe.com/api/subscriptions/list."""
    status = call.params.get("status")

    def keep(row: Obj) -> bool:
        if not _items_fit(call.params, row):
            return False
        if status == "all":
            return True
        if status == "ended":
            return bool(row["status"] in ("canceled", "incomplete_expired"))
        return bool(row["status"] == status if status else row["status"] != "canceled")

    return listing(call, "subscription", "customer", "collection_method", keep=keep)


def _items_fit(given: dict[str, Any], subscription: Obj) -> bool:
    """Price and period are facts of the items."""
    items = subscription["items"]["data"]
    periods_ = [name for name in ("current_period_start", "current_period_end") if name in given]
    if not all(any(in_range(int(item[name]), given[name]) for item in items) for name in periods_):
        return False
    return "price" not in given or any(item["price"]["id"] == given["price"] for item in items)


@route("get /v1/subscription_items", "limit starting_after ending_before subscription")
def list_items(call: Call) -> Obj:
    return listing(call, "subscription_item", "subscription")


@route("get /v1/subscription_items/{item}")
def retrieve_item(call: Call) -> Obj:
    return call.load("subscription_item", "item")


@route(
    "post /v1/subscriptions/{subscription_exposed_id}",
    "metadata description cancel_at_period_end cancel_at default_payment_method pause_collection items "
    "proration_behavior cancellation_details trial_end billing_cycle_anchor",
)
def update(call: Call) -> Obj:
    subscription = call.load("subscription", ID)
    if subscription["status"] == "canceled":
        text = "A canceled subscription can only update its cancellation_details and metadata."
        if call.params.keys() - {"metadata", "cancellation_details", "expand"}:
            raise invalid(text)
    values = _plain_changes(call, subscription)
    values.update(_ending(call, subscription))
    if "items" in call.params:
        values["items"] = _items(call, subscription)
    return _dated(call, subscription, values)


def _dated(call: Call, subscription: Obj, values: dict[str, Any]) -> Obj:
    """The rest of an update, when it moves the dates: to a later day, or to now (which charges at once)."""
    sandbox, given = call.sandbox, call.params
    until, interval = given.get("trial_end"), _interval(subscription["items"])
    now = until == "now" or (given.get("billing_cycle_anchor") or {}).get("type") == "now"
    if isinstance(until, int) or now:
        _no_proration(call)
    if isinstance(until, int):
        periods.check_future(until, sandbox.now(), "trial_end")
        return changing.begin_trial(sandbox, subscription, until, **values)
    if now or ("items" in values and _interval(values["items"]) != interval):
        return changing.restart(sandbox, subscription, **values)
    return subscribing.change(sandbox, subscription, **values)


def _interval(items: Obj) -> list[tuple[str, int]]:
    rows = [item["price"]["recurring"] for item in items["data"]]
    return [(row["interval"], row["interval_count"]) for row in rows]


def _no_proration(call: Call) -> None:
    if call.params.get("proration_behavior") != "none":
        text = "The sandbox only knows proration_behavior=none for changes of items and dates."
        raise ApiError(400, "invalid_request_error", text, param="proration_behavior", code="sandbox_not_implemented")


def _plain_changes(call: Call, subscription: Obj) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "metadata" in call.params:
        values["metadata"] = merged_metadata(subscription["metadata"], call.params["metadata"])
    if "description" in call.params:
        values["description"] = call.params["description"] or None
    method = call.linked("payment_method", "default_payment_method")
    if method is not None:
        if method["customer"] != subscription["customer"]:
            text = "The customer does not have a payment method with the ID"
            raise invalid(f"{text} {method['id']}.", "default_payment_method")
        values["default_payment_method"] = method["id"]
    if "pause_collection" in call.params:
        given = call.params["pause_collection"] or None
        values["pause_collection"] = _pausing(call, subscription, given)
    if "cancellation_details" in call.params:
        given = call.params["cancellation_details"] or {}
        values["cancellation_details"] = {**subscription["cancellation_details"], **given}
    return values


def _pausing(call: Call, subscription: Obj, given: dict[str, Any] | None) -> Obj | None:
    """docs.stripe.com/billing/subscriptions/pause-payment: until `resumes_at`, or until it is taken back."""
    at = (given or {}).get("resumes_at")
    if at is not None:
        periods.check_future(at, call.sandbox.now(), "pause_collection[resumes_at]")
    call.sandbox.due_at("resume", subscription["id"], at)
    return given and {"behavior": given["behavior"], "resumes_at": at}


def _ending(call: Call, subscription: Obj) -> dict[str, Any]:
    """docs.stripe.com/billing/subscriptions/cancel: `cancel_at_period_end` or `cancel_at`, never both."""
    given = call.params
    if "cancel_at_period_end" in given and given.get("cancel_at"):
        raise invalid("You may only specify one of these parameters: cancel_at, cancel_at_period_end.", "cancel_at")
    details = copy.deepcopy(subscription["cancellation_details"])
    now, end = call.sandbox.now(), subscribing.period_end(subscription)
    if given.get("cancel_at_period_end"):
        details["reason"] = "cancellation_requested"
        return {"cancel_at_period_end": True, "cancel_at": end, "canceled_at": now, "cancellation_details": details}
    if given.get("cancel_at"):
        at = given["cancel_at"] if isinstance(given["cancel_at"], int) else end
        if at <= now:
            raise invalid("The cancel_at timestamp must be in the future.", "cancel_at")
        call.sandbox.due_at("cancel", subscription["id"], at)
        details["reason"] = "cancellation_requested"
        return {"cancel_at": at, "canceled_at": now, "cancellation_details": details}
    if "cancel_at_period_end" in given or "cancel_at" in given:
        call.sandbox.due_at("cancel", subscription["id"], None)
        details["reason"] = None
        return {
            "cancel_at_period_end": False,
            "cancel_at": None,
            "canceled_at": None,
            "cancellation_details": details,
        }
    return {}


def _items(call: Call, subscription: Obj) -> Obj:
    """Another amount in place: docs.stripe.com/billing/subscriptions/change-price (no proration only)."""
    _no_proration(call)
    items: Obj = copy.deepcopy(subscription["items"])
    for n, given in enumerate(call.params["items"]):
        item = next((i for i in items["data"] if i["id"] == given.get("id")), None)
        if item is None:
            raise no_such("subscription_item", str(given.get("id")), f"items[{n}][id]")
        _reprice(call, item, given, f"items[{n}]")
    return items


def _reprice(call: Call, item: Obj, given: dict[str, Any], where: str) -> None:
    price = None
    if "price_data" in given:
        price = make_price(call.sandbox, given["price_data"], f"{where}[price_data]", active=False)
    elif "price" in given:
        price = call.sandbox.store.get("price", given["price"])
        if price is None:
            raise no_such("price", given["price"], f"{where}[price]")
    if price is not None:
        if price["recurring"] is None:
            raise invalid("The price specified is set to `type=one_time`; it must be recurring.", f"{where}[price]")
        item.update(price=price, plan=subscribing.plan(price))
    item["quantity"] = given.get("quantity", item["quantity"])


@route("delete /v1/subscriptions/{subscription_exposed_id}", "cancellation_details")
def cancel(call: Call) -> Obj:
    subscription = call.load("subscription", ID)
    if subscription["status"] == "canceled":
        raise no_such("subscription", subscription["id"])
    given = call.params.get("cancellation_details") or {}
    subscription["cancellation_details"].update(given)
    return subscribing.cancel(call.sandbox, subscription, "cancellation_requested")


@route("post /v1/subscriptions/{subscription}/pause", "type")
def pause(call: Call) -> Obj:
    """docs.stripe.com/api/subscriptions/pause: the subscription stands still; nothing is billed for what was."""
    subscription = call.load("subscription", "subscription")
    if subscription["status"] not in ("active", "trialing", "past_due"):
        raise invalid(f"This subscription cannot be paused; its status is {subscription['status']}.")
    return changing.pause(call.sandbox, subscription)


@route("post /v1/subscriptions/{subscription}/resume", "proration_behavior")
def resume(call: Call) -> Obj:
    subscription = call.load("subscription", "subscription")
    if subscription["status"] != "paused":
        raise invalid(f"Only a paused subscription can be resumed; its status is {subscription['status']}.")
    return changing.resume(call.sandbox, subscription)
