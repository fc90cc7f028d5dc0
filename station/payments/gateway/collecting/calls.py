"""The calls about what donors pay with, and about invoices that stayed open.

docs.stripe.com/payments/checkout/save-and-reuse (`mode=setup`), docs.stripe.com/api/invoices/pay. Calls that move or
change something take our idempotency key. All raise StripeUnavailable (unknown: the same again is safe) or
StripeRefused (nothing was done).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from station.core.ids import public_id
from station.payments.gateway.client import _plain, _v1
from station.payments.gateway.collecting.saved import Allowance, Saved, allowance_of, saved_of_method
from station.payments.gateway.errors import translated
from station.payments.gateway.objects import Session, session_of
from station.payments.gateway.orders import NAMESPACE, SUBSCRIPTION_PREFIX


def setup_params(subscription_id: UUID, customer: str, currency: str, back: str) -> dict[str, Any]:
    """The parameters of a checkout on Stripe's page that keeps a method for a subscription; `back` is absolute."""
    ours = {"namespace": NAMESPACE, "subscription": public_id(SUBSCRIPTION_PREFIX, subscription_id)}
    return {
        "mode": "setup",
        "ui_mode": "hosted_page",
        "customer": customer,
        "currency": currency,
        "metadata": ours,
        "setup_intent_data": {"metadata": ours},
        "success_url": back,
        "cancel_url": back,
    }


def open_setup(params: Mapping[str, Any], key: str) -> Session:
    """Open a checkout in setup mode."""
    with translated():
        made = _v1().checkout.sessions.create(dict(params), {"idempotency_key": key})
    return session_of(_plain(made), None, None)


def charge_from_now_on(subscription: str, method: str, key: str) -> None:
    """Have a subscription, and the retries of its open invoice, charge this method.

    Retries look at the subscription's own method first (docs.stripe.com/billing/revenue-recovery/smart-retries).
    """
    with translated():
        _v1().subscriptions.update(subscription, {"default_payment_method": method}, {"idempotency_key": key})


def pay_invoice(invoice: str, method: str, key: str) -> None:
    """Try to collect an open invoice now, from a donor who is here. Raises StripeRefused when the bank says no."""
    with translated():
        _v1().invoices.pay(invoice, {"payment_method": method, "off_session": False}, {"idempotency_key": key})


def void_invoice(invoice: str, key: str) -> None:
    """Let an open invoice be as if it had never been: nobody owes it (docs.stripe.com/api/invoices/void)."""
    with translated():
        _v1().invoices.void_invoice(invoice, {}, {"idempotency_key": key})


def fetch_method(method_id: str) -> Saved:
    """A payment method as it is now. StripeRefused with `missing` when Stripe knows none."""
    with translated():
        return saved_of_method(_plain(_v1().payment_methods.retrieve(method_id)))


def fetch_mandate(mandate_id: str) -> Allowance:
    """A mandate as it is now."""
    with translated():
        return allowance_of(_plain(_v1().mandates.retrieve(mandate_id)))
