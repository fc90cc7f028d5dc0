"""What the body of a verified event tells by itself. It is how an object was when the event was made, no later.

So nothing is booked from it: it tells of a refused card, and it spares a question to Stripe whose answer is known or
comes with another event (`services.hints`). A body of another API version than ours spares none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from station.payments.gateway.client import API_VERSION
from station.payments.gateway.objects import parent_of
from station.payments.gateway.parts import Ours, id_of, instant, ours_of
from station.payments.gateway.standing import StandingOrder, order_of


@dataclass(frozen=True)
class Attempt:
    """A try to pay that was refused. `decline_code` is the issuer's word, else Stripe's; "" for what is not told.

    `unmarked`: its intent carries no metadata at all, as that of a monthly first payment and of a renewal.
    """

    intent: str
    ours: Ours
    unmarked: bool
    customer: str
    payer_email: str
    amount_cents: int
    currency: str
    decline_code: str
    fingerprint: str
    livemode: bool
    at: datetime


@dataclass(frozen=True)
class FirstBill:
    """The first invoice of a subscription: the one that Checkout collects."""

    order_id: str
    ours: Ours
    livemode: bool


@dataclass(frozen=True)
class Snapshot:
    """A subscription as it was when its event was made, and the id of its newest invoice then."""

    order: StandingOrder
    latest_invoice: str


def attempt_of(raw: str) -> Attempt:
    """The refused try in the body of a `payment_intent.payment_failed`. Raises ValueError for another.

    The intent of a monthly first payment carries none of our ids: Checkout takes no metadata for it in subscription
    mode (docs.stripe.com/api/checkout/sessions/create#create_checkout_session-payment_intent_data).
    """
    event = json.loads(raw)
    intent = event["data"]["object"]
    if intent.get("object") != "payment_intent":
        raise ValueError("not an event about a payment intent")
    error = intent.get("last_payment_error") or {}
    method = error.get("payment_method") or {}
    details = method.get(method.get("type") or "") or {}
    return Attempt(
        intent=intent["id"],
        ours=ours_of(intent.get("metadata")),
        unmarked=not intent.get("metadata"),
        customer=id_of(intent.get("customer")) or "",
        payer_email=(method.get("billing_details") or {}).get("email") or "",
        amount_cents=intent.get("amount") or 0,
        currency=intent.get("currency") or "",
        decline_code=(error.get("decline_code") or error.get("code") or "")[:60],
        fingerprint=(details.get("fingerprint") or "")[:60],
        livemode=event["livemode"],
        at=instant(event["created"]),
    )


def first_bill_of(raw: str) -> FirstBill | None:
    """The first invoice that a body is about; None for anything else."""
    found = _object(raw, "invoice")
    if found.get("billing_reason") != "subscription_create":
        return None
    parent = parent_of(found)
    order_id = id_of(parent.get("subscription"))
    return FirstBill(order_id, ours_of(parent.get("metadata")), found["livemode"]) if order_id else None


def snapshot_of(raw: str) -> Snapshot | None:
    """The subscription that a body is about; None for anything else."""
    found = _object(raw, "subscription")
    return Snapshot(order_of(found), id_of(found["latest_invoice"]) or "") if found else None


def _object(raw: str, kind: str) -> dict[str, Any]:
    """The object in a body, when it is of this kind and of our API version; else nothing."""
    event = json.loads(raw)
    found = event["data"]["object"] if event.get("api_version") == API_VERSION else {}
    return cast("dict[str, Any]", found) if found.get("object") == kind else {}
