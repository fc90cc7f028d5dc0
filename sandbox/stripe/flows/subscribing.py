"""The life of a subscription: docs.stripe.com/billing/subscriptions/overview.

Periods live on the items since 2025-03-31.basil (docs.stripe.com/api/subscription_items/object); billing mode
is `flexible` by default (docs.stripe.com/billing/subscriptions/billing-mode).
"""

from __future__ import annotations

import copy
from typing import Any

from sandbox.stripe.core.clock import next_period_end
from sandbox.stripe.core.shapes import Obj, make, page
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import invoicing
from sandbox.stripe.flows.cards import Decline


def create(sandbox: Sandbox, customer: Obj, prices: list[tuple[Obj, int]], **values: Any) -> Obj:
    """An active subscription for a customer whose first payment has just succeeded; not announced yet."""
    now = sandbox.now()
    subscription = make(
        "subscription",
        now,
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
        billing_cycle_anchor=now,
        billing_mode={"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        cancellation_details={"comment": None, "feedback": None, "feedback_option": None, "reason": None},
        collection_method="charge_automatically",
        currency=prices[0][0]["currency"],
        customer=customer["id"],
        default_tax_rates=[],
        start_date=now,
        status="active",
        invoice_settings={
            "account_tax_ids": None,
            "issuer": {"type": "self"},
            "custom_fields": None,
            "description": None,
            "footer": None,
        },
        payment_settings={
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
        **values,
    )
    items = [_item(subscription, price, quantity) for price, quantity in prices]
    subscription["items"] = page(items, f"/v1/subscription_items?subscription={subscription['id']}")
    keep(sandbox, subscription)
    sandbox.due_at("renew", subscription["id"], period_end(subscription))
    return subscription


def _item(subscription: Obj, price: Obj, quantity: int) -> Obj:
    start = subscription["billing_cycle_anchor"]
    recurring = price["recurring"]
    end = next_period_end(start, start, recurring["interval"], recurring["interval_count"])
    return make(
        "subscription_item",
        start,
        subscription=subscription["id"],
        price=price,
        plan=plan(price),
        quantity=quantity,
        tax_rates=[],
        current_period_start=start,
        current_period_end=end,
    )


def plan(price: Obj) -> Obj:
    """The legacy plan an item still carries: docs.stripe.com/api/plans/object"""
    recurring = price["recurring"]
    return make(
        "plan",
        price["created"],
        id=price["id"],
        active=price["active"],
        amount=price["unit_amount"],
        amount_decimal=price["unit_amount_decimal"],
        billing_scheme="per_unit",
        currency=price["currency"],
        interval=recurring["interval"],
        interval_count=recurring["interval_count"],
        usage_type="licensed",
        product=price["product"],
    )


def keep(sandbox: Sandbox, subscription: Obj) -> Obj:
    for item in subscription["items"]["data"]:
        sandbox.store.save(item)
    return sandbox.store.save(subscription)


def period_end(subscription: Obj) -> int:
    return min(int(item["current_period_end"]) for item in subscription["items"]["data"])


def change(sandbox: Sandbox, subscription: Obj, **values: Any) -> Obj:
    """Set fields and announce them with what they were: docs.stripe.com/api/events/types, *.updated."""
    before = {name: copy.deepcopy(subscription[name]) for name in values if subscription[name] != values[name]}
    subscription.update(values)
    keep(sandbox, subscription)
    if before:
        sandbox.emit("customer.subscription.updated", subscription, before)
    return subscription


def renew(sandbox: Sandbox, subscription: Obj, *, at_once: bool = False) -> Obj | None:
    """The period is over: the next one starts and its invoice is drafted (and collected, when `at_once`)."""
    if subscription["status"] not in ("active", "past_due"):
        return None
    if subscription["cancel_at_period_end"]:
        cancel(sandbox, subscription, "cancellation_requested")
        return None
    items = copy.deepcopy(subscription["items"])
    for item in items["data"]:
        start, recurring = item["current_period_end"], item["price"]["recurring"]
        turn = next_period_end(
            subscription["billing_cycle_anchor"], start, recurring["interval"], recurring["interval_count"]
        )
        item.update(current_period_start=start, current_period_end=turn)
    shadow = {**subscription, "items": items}
    invoice = invoicing.draft(sandbox, shadow, "subscription_cycle")
    change(sandbox, subscription, items=items, latest_invoice=invoice["id"])
    sandbox.due_at("renew", subscription["id"], period_end(subscription))
    if subscription["pause_collection"] is not None:
        return _paused(sandbox, subscription, invoice)
    return finalize_and_collect(sandbox, invoice) if at_once else invoice


def _paused(sandbox: Sandbox, subscription: Obj, invoice: Obj) -> Obj:
    """docs.stripe.com/billing/subscriptions/pause-payment"""
    sandbox.due_at("finalize", invoice["id"], None)
    behavior = subscription["pause_collection"]["behavior"]
    if behavior == "void":
        invoicing.finalize(sandbox, invoice)
        return invoicing.void(sandbox, invoice)
    invoice["auto_advance"] = False
    return sandbox.store.save(invoice)


def finalize_and_collect(sandbox: Sandbox, invoice: Obj, chosen: str | None = None) -> Obj:
    if invoice["status"] == "draft":
        invoicing.finalize(sandbox, invoice)
    return collect(sandbox, invoice, chosen)


def collect(sandbox: Sandbox, invoice: Obj, chosen: str | None = None) -> Obj:
    """Charge an open invoice and let the subscription follow: past_due, active again, or given up."""
    decline = invoicing.collect(sandbox, invoice, chosen)
    subscription = sandbox.store.get("subscription", str(invoicing.subscription_of(invoice)))
    if subscription is not None and subscription["status"] != "canceled":
        follow(sandbox, subscription, invoice, decline)
    return invoice


def follow(sandbox: Sandbox, subscription: Obj, invoice: Obj, decline: Decline | None) -> None:
    """After an attempt to collect: active, past_due while it is tried again, else given up."""
    if decline is None:
        change(sandbox, subscription, status="active")
    elif subscription["status"] == "incomplete":
        return
    elif invoice["next_payment_attempt"] is None:
        cancel(sandbox, subscription, "payment_failed")
    else:
        change(sandbox, subscription, status="past_due")


def cancel(sandbox: Sandbox, subscription: Obj, reason: str) -> Obj:
    """docs.stripe.com/billing/subscriptions/cancel: at once, for good; open invoices are no longer tried."""
    now = sandbox.now()
    details = {**subscription["cancellation_details"], "reason": reason}
    subscription.update(
        status="canceled", ended_at=now, cancellation_details=details, canceled_at=subscription["canceled_at"] or now
    )
    keep(sandbox, subscription)
    sandbox.due_at("renew", subscription["id"], None)
    sandbox.due_at("cancel", subscription["id"], None)
    for invoice in sandbox.store.all("invoice"):
        if invoicing.subscription_of(invoice) == subscription["id"] and invoice["status"] in ("draft", "open"):
            invoice.update(auto_advance=False, next_payment_attempt=None)
            sandbox.store.save(invoice)
            sandbox.due_at("collect", invoice["id"], None)
            sandbox.due_at("finalize", invoice["id"], None)
    sandbox.emit("customer.subscription.deleted", subscription)
    return subscription
