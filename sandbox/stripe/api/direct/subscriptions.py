"""A subscription made over the API, without Checkout: docs.stripe.com/api/subscriptions/create."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.catalogue import make_price
from sandbox.stripe.api.registry import Call, check_metadata, route
from sandbox.stripe.core.clock import HOUR
from sandbox.stripe.core.errors import invalid, missing, no_such
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.billing import changing, collecting, periods, subscribing
from sandbox.stripe.flows.direct import confirming

FIRST_PAYMENT_WITHIN = 23 * HOUR  # docs.stripe.com/billing/subscriptions/overview#subscription-statuses
NOT_HERE = ("trial_period_days", "add_invoice_items", "backdate_start_date")


@route(
    "post /v1/subscriptions",
    "customer items metadata description default_payment_method off_session trial_end billing_cycle_anchor "
    "billing_cycle_anchor_config proration_behavior",
)
def create(call: Call) -> Obj:
    """The first invoice is charged at once; when the card is declined the subscription is `incomplete`."""
    given = call.params
    for name in NOT_HERE:
        if name in given:
            raise invalid(f"The sandbox does not have `{name}` here.", name, "sandbox_not_implemented")
    check_metadata(given.get("metadata") or {})
    customer = call.linked("customer", "customer")
    if customer is None:
        raise missing("customer")
    prices = [_price(call, item, f"items[{n}]") for n, item in enumerate(given.get("items") or [])]
    if not prices:
        raise missing("items")
    begins = periods.beginning(given, call.sandbox.now())
    subscription = subscribing.create(
        call.sandbox,
        customer,
        prices,
        begins,
        metadata=given.get("metadata") or {},
        description=given.get("description") or None,
        default_payment_method=_method(call, customer),
    )
    return _first_payment(call, subscription, begins)


def _price(call: Call, given: dict[str, Any], where: str) -> tuple[Obj, int]:
    price: Obj | None = None
    if "price" in given:
        price = call.sandbox.store.get("price", given["price"])
        if price is None:
            raise no_such("price", given["price"], f"{where}[price]")
    elif "price_data" in given:
        price = make_price(call.sandbox, given["price_data"], f"{where}[price_data]", active=False)
    if price is None:
        raise missing(f"{where}[price]")
    if price["recurring"] is None:
        raise invalid("The price specified is set to `type=one_time`; it must be recurring.", f"{where}[price]")
    return price, int(given.get("quantity", 1))


def _method(call: Call, customer: Obj) -> str | None:
    if "default_payment_method" not in call.params:
        return None
    method = confirming.resolve(call.sandbox, call.params["default_payment_method"], "default_payment_method")
    if method["customer"] != customer["id"]:
        text = f"The customer does not have a payment method with the ID {method['id']}."
        raise invalid(text, "default_payment_method", "resource_missing")
    return str(method["id"])


def _first_payment(call: Call, subscription: Obj, begins: periods.Beginning) -> Obj:
    sandbox = call.sandbox
    invoice = subscribing.first_invoice(sandbox, subscription, begins)
    if invoice["status"] == "open" and collecting.collect(sandbox, invoice) is not None:
        subscription["status"] = "incomplete"
        sandbox.due_at("renew", subscription["id"], None)
        sandbox.due_at("give_up", subscription["id"], sandbox.now() + FIRST_PAYMENT_WITHIN)
    subscribing.keep(sandbox, subscription)
    sandbox.emit("customer.subscription.created", subscription)
    if begins.trial:
        changing.plan_trial(sandbox, subscription)
    return subscription
