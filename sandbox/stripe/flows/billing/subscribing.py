"""The life of a subscription: docs.stripe.com/billing/subscriptions/overview.

Periods live on the items since 2025-03-31.basil (docs.stripe.com/api/subscription_items/object); billing mode
is `flexible` by default (docs.stripe.com/billing/subscriptions/billing-mode).
"""

from __future__ import annotations

import copy
from typing import Any

from sandbox.stripe.core.clock import DAY, next_period_end
from sandbox.stripe.core.shapes import Obj, make, page
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows.billing import collecting, invoicing
from sandbox.stripe.flows.billing.periods import Beginning, day_of
from sandbox.stripe.flows.cards import Decline

AT_ONCE = Beginning()


def create(
    sandbox: Sandbox, customer: Obj, prices: list[tuple[Obj, int]], begins: Beginning = AT_ONCE, **values: Any
) -> Obj:
    """An active subscription for a customer whose first payment has just succeeded; not announced yet."""
    now = sandbox.now()
    subscription = make(
        "subscription",
        now,
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
        billing_mode={"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        cancellation_details={"comment": None, "feedback": None, "feedback_option": None, "reason": None},
        collection_method="charge_automatically",
        currency=prices[0][0]["currency"],
        customer=customer["id"],
        default_tax_rates=[],
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
        **_beginning(begins, now),
        **values,
    )
    items = [_item(subscription, price, quantity, begins) for price, quantity in prices]
    subscription["items"] = page(items, f"/v1/subscription_items?subscription={subscription['id']}")
    keep(sandbox, subscription)
    plan_renewal(sandbox, subscription)
    return subscription


def _beginning(begins: Beginning, now: int) -> Obj:
    """When it starts, and what its periods are counted from; during a trial nothing is charged until then."""
    return {
        "billing_cycle_anchor": begins.anchor or now,
        "billing_cycle_anchor_config": begins.config,
        "start_date": now,
        "status": "trialing" if begins.trial else "active",
        "trial_start": now if begins.trial else None,
        "trial_end": begins.anchor if begins.trial else None,
    }


def first_invoice(sandbox: Sandbox, subscription: Obj, begins: Beginning) -> Obj:
    """The finalized invoice of the first period: for all of it, a share, or nothing (then it is paid)."""
    now = subscription["start_date"]

    def due(item: Obj) -> int:
        return begins.share(invoicing.worth(item), item["price"]["recurring"], now)

    invoice = invoicing.draft(sandbox, subscription, "subscription_create", due)
    subscription["latest_invoice"] = invoice["id"]
    keep(sandbox, subscription)
    return invoicing.finalize(sandbox, invoice)


def plan_renewal(sandbox: Sandbox, subscription: Obj) -> None:
    """The next period begins when this one ends; its invoice is announced before, if the account says so."""
    end, days = period_end(subscription), announced_before(sandbox)
    sandbox.due_at("renew", subscription["id"], end)
    ahead = end - days * DAY if days else 0
    sandbox.due_at("upcoming", subscription["id"], ahead if ahead > sandbox.now() else None)


def announced_before(sandbox: Sandbox) -> int:
    """The account's setting for `invoice.upcoming`, in days; 0 is off."""
    return int((sandbox.store.get("_meta", "upcoming") or {}).get("days", 0))


def announce(sandbox: Sandbox, subscription: Obj) -> None:
    if subscription["status"] in ("active", "past_due", "trialing") and not subscription["cancel_at_period_end"]:
        invoicing.upcoming(sandbox, subscription)


def _item(subscription: Obj, price: Obj, quantity: int, begins: Beginning) -> Obj:
    start = subscription["start_date"]
    end = begins.end(start, price["recurring"])
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
    if subscription["status"] not in ("active", "past_due", "trialing", "unpaid"):
        return None
    if subscription["cancel_at_period_end"]:
        cancel(sandbox, subscription, "cancellation_requested")
        return None
    items = copy.deepcopy(subscription["items"])
    for item in items["data"]:
        start, recurring = item["current_period_end"], item["price"]["recurring"]
        turn = next_period_end(
            subscription["billing_cycle_anchor"],
            start,
            recurring["interval"],
            recurring["interval_count"],
            day_of(subscription["billing_cycle_anchor_config"]),
        )
        item.update(current_period_start=start, current_period_end=turn)
    shadow = {**subscription, "items": items}
    invoice = invoicing.draft(sandbox, shadow, "subscription_cycle")
    status = "active" if subscription["status"] == "trialing" else subscription["status"]
    change(sandbox, subscription, items=items, latest_invoice=invoice["id"], status=status)
    plan_renewal(sandbox, subscription)
    if subscription["pause_collection"] is not None:
        return _paused(sandbox, invoice, subscription["pause_collection"]["behavior"])
    if status == "unpaid":
        return _paused(sandbox, invoice, "keep_as_draft")
    return finalize_and_collect(sandbox, invoice) if at_once else invoice


def _paused(sandbox: Sandbox, invoice: Obj, behavior: str) -> Obj:
    """docs.stripe.com/billing/subscriptions/pause-payment"""
    sandbox.due_at("finalize", invoice["id"], None)
    if behavior == "void":
        invoicing.finalize(sandbox, invoice)
        return invoicing.void(sandbox, invoice)
    invoice["auto_advance"] = False
    return sandbox.store.save(invoice)


def finalize_and_collect(sandbox: Sandbox, invoice: Obj, chosen: str | None = None, *, by_hand: bool = False) -> Obj:
    if invoice["status"] == "draft":
        invoicing.finalize(sandbox, invoice)
    return collect(sandbox, invoice, chosen, by_hand=by_hand) if invoice["status"] == "open" else invoice


def collect(sandbox: Sandbox, invoice: Obj, chosen: str | None = None, *, by_hand: bool = False) -> Obj:
    """Charge an open invoice and let the subscription follow: past_due, active again, or given up."""
    decline = collecting.collect(sandbox, invoice, chosen, by_hand=by_hand)
    subscription = sandbox.store.get("subscription", str(invoicing.subscription_of(invoice)))
    if subscription is not None and subscription["status"] != "canceled" and not (by_hand and decline):
        follow(sandbox, subscription, invoice, decline)
    return invoice


def follow(sandbox: Sandbox, subscription: Obj, invoice: Obj, decline: Decline | None) -> None:
    """After an attempt to collect: active, past_due while it is tried again, else given up."""
    if decline is None:
        if subscription["status"] != "trialing":
            change(sandbox, subscription, status="active")
    elif subscription["status"] == "incomplete":
        return
    elif invoice["next_payment_attempt"] is not None or _stays_open(sandbox, invoice):
        change(sandbox, subscription, status="past_due")
    else:
        give_up(sandbox, subscription)


def _stays_open(sandbox: Sandbox, invoice: Obj) -> bool:
    """A renewal by bank debit is not tried again, and nothing is given up either: the donor may still pay."""
    return invoice["billing_reason"] != "subscription_create" and collecting.by_bank(sandbox, invoice)


def give_up(sandbox: Sandbox, subscription: Obj) -> None:
    """The attempts are used up: docs.stripe.com/billing/subscriptions/overview#unpaid, by the account's setting."""
    then = collecting.retries(sandbox)["then"]
    if then == "canceled":
        cancel(sandbox, subscription, "payment_failed")
    else:
        change(sandbox, subscription, status=then)


def voided(sandbox: Sandbox, invoice: Obj) -> None:
    """docs.stripe.com/invoicing/invoice-edits#void: without another open invoice the subscription is active again."""
    subscription = sandbox.store.get("subscription", str(invoicing.subscription_of(invoice)))
    if subscription is None or subscription["status"] not in ("past_due", "unpaid"):
        return
    rows = [row for row in sandbox.store.all("invoice") if invoicing.subscription_of(row) == subscription["id"]]
    if all(row["status"] != "open" for row in rows):
        change(sandbox, subscription, status="active")


def cancel(sandbox: Sandbox, subscription: Obj, reason: str) -> Obj:
    """docs.stripe.com/billing/subscriptions/cancel: at once, for good; open invoices are no longer tried."""
    now = sandbox.now()
    details = {**subscription["cancellation_details"], "reason": reason}
    subscription.update(
        status="canceled", ended_at=now, cancellation_details=details, canceled_at=subscription["canceled_at"] or now
    )
    keep(sandbox, subscription)
    for kind in ("renew", "cancel", "upcoming", "resume", "trial_ends"):
        sandbox.due_at(kind, subscription["id"], None)
    for invoice in sandbox.store.all("invoice"):
        if invoicing.subscription_of(invoice) == subscription["id"] and invoice["status"] in ("draft", "open"):
            invoice.update(auto_advance=False, next_payment_attempt=None)
            sandbox.store.save(invoice)
            sandbox.due_at("collect", invoice["id"], None)
            sandbox.due_at("finalize", invoice["id"], None)
    sandbox.emit("customer.subscription.deleted", subscription)
    return subscription
