"""Changes of a running subscription: another date, a skipped month, a pause, a new period at once.

docs.stripe.com/billing/subscriptions/billing-cycle#changing: the anchor moves to now, or to the end of a trial.
docs.stripe.com/billing/subscriptions/pause-payment, docs.stripe.com/billing/subscriptions/pause.
"""

from __future__ import annotations

import copy
from typing import Any

from sandbox.stripe.core.clock import DAY, next_period_end
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows.billing import invoicing, subscribing

WARNED_BEFORE = 3 * DAY  # docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end


def begin_trial(sandbox: Sandbox, subscription: Obj, until: int, **values: Any) -> Obj:
    """Nothing is charged until then, and from then on at that day; an invoice of zero says so."""
    now = sandbox.now()
    items = _with_period(values.pop("items", subscription["items"]), now, until)
    invoice = _invoice(sandbox, {**subscription, "items": items}, free=True)
    subscribing.change(
        sandbox,
        subscription,
        items=items,
        status="trialing",
        trial_start=now,
        trial_end=until,
        billing_cycle_anchor=until,
        billing_cycle_anchor_config=None,
        latest_invoice=invoice["id"],
        **values,
    )
    subscribing.plan_renewal(sandbox, subscription)
    plan_trial(sandbox, subscription)
    return subscription


def plan_trial(sandbox: Sandbox, subscription: Obj) -> None:
    warned = max(sandbox.now(), int(subscription["trial_end"]) - WARNED_BEFORE)
    sandbox.due_at("trial_ends", subscription["id"], warned)


def trial_ends(sandbox: Sandbox, subscription: Obj) -> None:
    if subscription["status"] == "trialing":
        sandbox.emit("customer.subscription.trial_will_end", subscription)


def restart(sandbox: Sandbox, subscription: Obj, **values: Any) -> Obj:
    """A new period begins now, and is charged now."""
    now = sandbox.now()
    items: Obj = copy.deepcopy(values.pop("items", subscription["items"]))
    for item in items["data"]:
        recurring = item["price"]["recurring"]
        turn = next_period_end(now, now, recurring["interval"], recurring["interval_count"])
        item.update(current_period_start=now, current_period_end=turn)
    if subscription["status"] == "trialing":
        values["trial_end"] = now
    status = "active" if subscription["status"] in ("trialing", "paused") else subscription["status"]
    invoice = _invoice(sandbox, {**subscription, "items": items}, free=False)
    subscribing.change(
        sandbox,
        subscription,
        items=items,
        status=status,
        billing_cycle_anchor=now,
        billing_cycle_anchor_config=None,
        latest_invoice=invoice["id"],
        **values,
    )
    subscribing.plan_renewal(sandbox, subscription)
    subscribing.finalize_and_collect(sandbox, invoice)
    return subscription


def _with_period(items: Obj, start: int, end: int) -> Obj:
    done: Obj = copy.deepcopy(items)
    for item in done["data"]:
        item.update(current_period_start=start, current_period_end=end)
    return done


def _invoice(sandbox: Sandbox, subscription: Obj, *, free: bool) -> Obj:
    invoice = invoicing.draft(
        sandbox, subscription, "subscription_update", (lambda item: 0) if free else invoicing.worth
    )
    return invoicing.finalize(sandbox, invoice) if free else invoice


def resume_collection(sandbox: Sandbox, subscription: Obj) -> None:
    """`resumes_at` has come: invoices are collected again."""
    if subscription["pause_collection"] is not None and subscription["status"] != "canceled":
        subscribing.change(sandbox, subscription, pause_collection=None)


def pause(sandbox: Sandbox, subscription: Obj, why: str = "pause_requested") -> Obj:
    """The subscription itself stands still: no periods, no invoices, until it is resumed."""
    paused = {"subscription": {"type": why}, "transitioned_at": sandbox.now(), "type": "subscription"}
    subscription["status_details"] = {"paused": paused}
    subscribing.change(sandbox, subscription, status="paused")
    for kind in ("renew", "upcoming"):
        sandbox.due_at(kind, subscription["id"], None)
    sandbox.emit("customer.subscription.paused", subscription)
    return subscription


def resume(sandbox: Sandbox, subscription: Obj) -> Obj:
    """docs.stripe.com/api/subscriptions/resume: a new period begins and is charged."""
    subscription.pop("status_details", None)
    restart(sandbox, subscription)
    sandbox.emit("customer.subscription.resumed", subscription)
    return subscription
