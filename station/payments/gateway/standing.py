"""Subscriptions: how they stand at Stripe, and what we ask of one that runs.

docs.stripe.com/api/subscriptions/object. Another amount is a new inline price on the same item, without proration;
another day is a `trial_end` without proration, which moves the billing cycle's anchor and charges nothing before
(docs.stripe.com/billing/subscriptions/billing-cycle); a pause voids what falls due meanwhile, so that nothing is
caught up afterwards (docs.stripe.com/billing/subscriptions/pause-payment).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from station.core.money import Money
from station.payments.gateway.collecting.saved import Saved, saved_of
from station.payments.gateway.orders import RECURRING
from station.payments.gateway.parts import Ours, Plain, id_of, instant, ours_of
from station.payments.models import EndReason, Interval

FEEDBACK = {  # Stripe's own list; the donor's words stay with us
    EndReason.MONEY: "too_expensive",
    EndReason.LESS_USE: "unused",
    EndReason.UNHAPPY: "low_quality",
    EndReason.ELSEWHERE: "switched_service",
    EndReason.TROUBLE: "customer_service",
}


@dataclass(frozen=True)
class Unpaid:
    """An invoice that was not paid at once: how often it was tried, and when Stripe tries again.

    `next_attempt` is None when no further try comes by itself (docs.stripe.com/api/invoices/object). `page_url` is
    Stripe's own page, where the donor can pay or confirm.
    """

    id: str
    due_cents: int
    currency: str
    billed_at: datetime
    attempts: int
    next_attempt: datetime | None
    page_url: str
    processing: bool
    asks: bool
    failure: str
    failure_code: str
    kind: str


@dataclass(frozen=True)
class StandingOrder:
    """A subscription: `status` is Stripe's word; `failure` says why the newest charge was declined, if it was.

    `stuck`: its newest bill is unpaid and no further try comes by itself; None where that bill was not looked at.
    `paused`: collection rests, until `resumes_at` where that is said. `ends_at`: it is cancelled, and runs until
    then. `method` is what it charges, "" for its customer's default (docs.stripe.com/api/subscriptions/object
    #subscription_object-default_payment_method); `own` is the same and `common` that default, where they were looked
    at. `unpaid` is its newest bill, where that is open and was looked at. `item`, `product` and `amount_cents` are
    those of its one item; empty and None where it has not exactly one.
    """

    id: str
    ours: Ours
    status: str
    customer: str
    period_end: datetime | None
    livemode: bool
    failure: str = ""
    end_reason: str = ""
    stuck: bool | None = None
    paused: bool = False
    resumes_at: datetime | None = None
    ends_at: datetime | None = None
    item: str = ""
    product: str = ""
    amount_cents: int | None = None
    interval: Interval | None = None
    method: str = ""
    own: Saved | None = None
    common: Saved | None = None
    unpaid: Unpaid | None = None

    @property
    def gave_up(self) -> bool:
        """Whether Stripe cancelled it over failed charges."""
        return self.end_reason == "payment failed"


def order_of(
    subscription: Plain, failure: str = "", stuck: bool | None = None, unpaid: Unpaid | None = None
) -> StandingOrder:
    """A subscription; its period is the earliest of its items'."""
    items = subscription["items"]["data"]
    ends = [item["current_period_end"] for item in items]
    why = (subscription.get("cancellation_details") or {}).get("reason") or ""
    pause = subscription.get("pause_collection") or {}
    only = items[0] if len(items) == 1 else {}
    price = only.get("price") or {}
    return StandingOrder(
        id=subscription["id"],
        ours=ours_of(subscription.get("metadata")),
        status=subscription["status"],
        customer=id_of(subscription["customer"]) or "",
        period_end=instant(min(ends)) if ends else None,
        livemode=subscription["livemode"],
        failure=failure,
        end_reason=why.replace("_", " "),
        stuck=stuck,
        paused=bool(pause),
        resumes_at=instant(pause["resumes_at"]) if pause.get("resumes_at") else None,
        ends_at=instant(subscription["cancel_at"]) if subscription.get("cancel_at") else None,
        item=only.get("id") or "",
        product=id_of(price.get("product")) or "",
        amount_cents=price["unit_amount"] * only.get("quantity", 1) if price.get("unit_amount") else None,
        interval=_interval(price.get("recurring") or {}),
        method=id_of(subscription.get("default_payment_method")) or "",
        own=saved_of(subscription.get("default_payment_method")),
        common=default_of(subscription["customer"]),
        unpaid=unpaid,
    )


def default_of(customer: Any) -> Saved | None:
    """What a customer's orders charge that name nothing themselves; None where it has none, or was not looked at."""
    settings = customer.get("invoice_settings") if isinstance(customer, Mapping) else None
    return saved_of((settings or {}).get("default_payment_method"))


def _interval(recurring: Plain) -> Interval | None:
    """Our interval for Stripe's; None for one that we do not offer."""
    months = recurring.get("interval_count", 1) * {"month": 1, "year": 12}.get(recurring.get("interval", ""), 0)
    return {1: Interval.MONTH, 3: Interval.QUARTER, 12: Interval.YEAR}.get(months)


def stuck_of(bill: Plain, *, asks: bool) -> bool:
    """Whether an unpaid bill is not tried again by itself: no next attempt, or it waits for the donor (`asks`)."""
    return bill["status"] == "open" and (asks or not bill.get("next_payment_attempt"))


# What is asked of a subscription: parameters of docs.stripe.com/api/subscriptions/update ----------------------------


def amount_params(order: StandingOrder, amount: Money, interval: Interval) -> dict[str, Any]:
    """Another amount from the next charge on. Raises ValueError for an order that has not exactly one item."""
    if not order.item or not order.product:
        raise ValueError(f"{order.id} has not exactly one item")
    price = {
        "currency": amount.currency,
        "product": order.product,
        "recurring": dict(RECURRING[interval]),
        "unit_amount": amount.cents,
    }
    return {"items": [{"id": order.item, "price_data": price}], "proration_behavior": "none"}


def date_params(next_at: datetime) -> dict[str, Any]:
    """The next charge at another instant, and the following ones counted from there."""
    return {"trial_end": int(next_at.timestamp()), "proration_behavior": "none"}


def pause_params(until: datetime) -> dict[str, Any]:
    """No charge until an instant; what falls due before it is void."""
    return {"pause_collection": {"behavior": "void", "resumes_at": int(until.timestamp())}}


def resume_params() -> dict[str, Any]:
    """The end of a pause."""
    return {"pause_collection": ""}


def end_params(reason: EndReason, *, later: bool) -> dict[str, Any]:
    """A cancellation at the end of the period (`later`), or at once."""
    details = {"cancellation_details": {"feedback": FEEDBACK.get(reason, "other")}}
    return {"cancel_at_period_end": True, **details} if later else details


def stay_params() -> dict[str, Any]:
    """A cancellation at the end of the period is taken back."""
    return {"cancel_at_period_end": False}
