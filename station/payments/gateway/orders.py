"""What we ask of Stripe: the parameters of a Checkout Session, on its page or in ours, and our ids in its metadata.

Metadata is no database (50 keys, strings, shown to anyone with the dashboard): only our namespace and opaque ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from station.core.ids import public_id
from station.core.money import Money
from station.payments.models import Interval

NAMESPACE = "station"
PAYMENT_PREFIX = "pay"
SUBSCRIPTION_PREFIX = "sustainer"
RECURRING: dict[Interval, dict[str, str | int]] = {  # docs.stripe.com/api/prices/object#price_object-recurring
    Interval.MONTH: {"interval": "month"},
    Interval.QUARTER: {"interval": "month", "interval_count": 3},
    Interval.YEAR: {"interval": "year"},
}


@dataclass(frozen=True)
class HostedPage:
    """Stripe's own page: what it says, and where it sends the donor afterwards. Addresses are absolute."""

    description: str
    email: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True)
class InPage:
    """Stripe's elements in a page of ours (`ui_mode=elements`): who pays is said when they confirm.

    `return_url` is where a bank sends back a donor whom it asked on a page of its own.
    """

    description: str
    return_url: str


@dataclass(frozen=True)
class CheckoutOrder:
    """One checkout: with `subscription_id` the first charge of a standing order, every `interval`."""

    payment_id: UUID
    subscription_id: UUID | None
    amount: Money
    page: HostedPage | InPage
    interval: Interval | None = None


def params_of(order: CheckoutOrder) -> dict[str, Any]:
    """The parameters of docs.stripe.com/api/checkout/sessions/create, as plain JSON that is stored beside the key."""
    ours = {"namespace": NAMESPACE, "payment": public_id(PAYMENT_PREFIX, order.payment_id)}
    named = {"metadata": ours, "description": order.page.description}
    if order.subscription_id is None:
        more: dict[str, Any] = {"mode": "payment", "payment_intent_data": named}
    else:
        ours["subscription"] = public_id(SUBSCRIPTION_PREFIX, order.subscription_id)
        more = {"mode": "subscription", "subscription_data": named}
    return {
        "client_reference_id": ours["payment"],
        "metadata": ours,
        "line_items": line_items(order.amount, order.page.description, order.interval),
        **more,
        **_page_params(order.page),
    }


def _page_params(page: HostedPage | InPage) -> dict[str, Any]:
    """What belongs to the one kind of page only; each refuses the other's (docstrings of SessionCreateParams)."""
    if isinstance(page, InPage):
        return {"ui_mode": "elements", "return_url": page.return_url}
    return {
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "customer_email": page.email,
        "success_url": page.success_url,
        "cancel_url": page.cancel_url,
    }


def line_items(amount: Money, description: str, interval: Interval | None) -> list[dict[str, Any]]:
    """The one line of a checkout, also as the whole list that an update sends again.

    The price is inline, because a donor's amount is any amount (custom_unit_amount does not cover subscriptions).
    """
    price: dict[str, Any] = {
        "currency": amount.currency,
        "unit_amount": amount.cents,
        "product_data": {"name": description},
    }
    if interval:
        price["recurring"] = dict(RECURRING[interval])
    return [{"quantity": 1, "price_data": price}]
