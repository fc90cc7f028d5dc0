"""What we ask of Stripe: the parameters of a hosted Checkout Session, and our ids in its metadata.

Metadata is no database (50 keys, strings, shown to anyone with the dashboard): only our namespace and opaque ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from station.core.ids import public_id
from station.core.money import Money

NAMESPACE = "station"
PAYMENT_PREFIX = "pay"
SUBSCRIPTION_PREFIX = "sustainer"


@dataclass(frozen=True)
class CheckoutOrder:
    """One checkout: `subscription_id` makes it a monthly one. Addresses are absolute."""

    payment_id: UUID
    subscription_id: UUID | None
    amount: Money
    description: str
    email: str
    success_url: str
    cancel_url: str


def params_of(order: CheckoutOrder) -> dict[str, Any]:
    """The parameters of docs.stripe.com/api/checkout/sessions/create, as plain JSON that is stored beside the key.

    Prices are inline, because a donor's amount is any amount (custom_unit_amount does not cover subscriptions).
    """
    ours = {"namespace": NAMESPACE, "payment": public_id(PAYMENT_PREFIX, order.payment_id)}
    price: dict[str, Any] = {
        "currency": order.amount.currency,
        "unit_amount": order.amount.cents,
        "product_data": {"name": order.description},
    }
    params: dict[str, Any] = {
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "client_reference_id": ours["payment"],
        "customer_email": order.email,
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    if order.subscription_id is None:
        more = {"mode": "payment", "payment_intent_data": {"metadata": ours, "description": order.description}}
    else:
        ours = {**ours, "subscription": public_id(SUBSCRIPTION_PREFIX, order.subscription_id)}
        price["recurring"] = {"interval": "month"}
        more = {"mode": "subscription", "subscription_data": {"metadata": ours, "description": order.description}}
    return {**params, **more, "metadata": ours}
