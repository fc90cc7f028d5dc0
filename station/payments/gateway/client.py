"""The calls. Each returns our own frozen types; StripeObjects end here.

The API version is pinned: an upgrade of the library that brings another one is a decision, not a surprise (a test
compares). Each call is tried twice at most, within the seconds that a waiting person waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, cast

import stripe

from station.core import fingerprint
from station.core.runtime import settings
from station.payments.gateway.errors import StripeRefused, StripeUnavailable, translated
from station.payments.gateway.objects import (
    Charged,
    Invoice,
    Paying,
    Session,
    charged_of,
    invoice_of,
    parent_of,
    paying_of,
    payment_of,
    session_of,
    unpaid_of,
)
from station.payments.gateway.parts import id_of
from station.payments.gateway.standing import StandingOrder, order_of, stuck_of

API_VERSION = "2026-10-28.endive"
RETRIES = 1
# docs.stripe.com/expand: four levels at most, so that the money of an invoice is a question of its own
MONEY = "latest_charge.balance_transaction"
OWN, COMMON = "default_payment_method", "customer.invoice_settings.default_payment_method"
OF_ORDER = ["latest_invoice.payments", OWN, COMMON]
OF_SESSION = [f"payment_intent.{MONEY}", f"subscription.{OWN}", "invoice.payments", "setup_intent.payment_method"]
OF_INVOICE = ["payments", f"parent.subscription_details.subscription.{OWN}", COMMON]
NOT_PAID = ("past_due", "unpaid")
LOOK_THROUGH = 2000  # sessions, when one is searched by our id


@lru_cache(maxsize=4)
def _client(api_key: str, base: str, timeout: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else {},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=timeout / (RETRIES + 1)),
    )


def _v1() -> Any:
    """The library's v1 services. Untyped on purpose: its parameter types are huge; contract tests check the calls.

    Raises StripeUnavailable in an environment that the database does not belong to: nothing is asked of Stripe, and
    the same call is good once it belongs. Raises as `account` does.
    """
    account()
    if reason := fingerprint.foreign():
        raise StripeUnavailable(reason)
    return _services()


def _services() -> Any:
    return _client(settings().stripe_api_key, settings().stripe_api_base, settings().stripe_timeout).v1


def account() -> str:
    """The id of the account that the configured key is of: one question a process.

    Raises StripeUnavailable, or StripeRefused for a key that is wrong, or may not read its own account.
    """
    try:
        return _account_of(settings().stripe_api_key)
    except StripeRefused as error:
        raise StripeRefused(f"Stripe does not say whose key this is (GET /v1/account). {error}") from error


@lru_cache(maxsize=4)
def _account_of(_api_key: str) -> str:
    """docs.stripe.com/api/accounts/retrieve; a key stays with its account, so that the answer holds."""
    with translated():
        return str(_services().accounts.retrieve_current().id)


def known_account() -> str:
    """The same; "" while Stripe does not say."""
    try:
        return account()
    except (StripeUnavailable, StripeRefused):
        return ""


def _plain(thing: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", thing.to_dict())


def create_checkout(params: Mapping[str, Any], key: str) -> Session:
    """Open a Checkout Session under our idempotency key. Raises StripeUnavailable (unknown: repeat the same) or
    StripeRefused (nothing was done)."""
    with translated():
        made = _v1().checkout.sessions.create(dict(params), {"idempotency_key": key})
    return session_of(_plain(made), None, None)


def update_checkout(session_id: str, params: Mapping[str, Any], key: str) -> Session:
    """Change an open Checkout Session that stands in a page of ours, under our idempotency key.

    docs.stripe.com/api/checkout/sessions/update. Raises like `create_checkout`.
    """
    with translated():
        changed = _v1().checkout.sessions.update(session_id, dict(params), {"idempotency_key": key})
    return session_of(_plain(changed), None, None)


def expire_checkout(session_id: str) -> None:
    """Close an open Checkout Session, so that nobody can pay on it. Raises StripeRefused when it is not open."""
    with translated():
        _v1().checkout.sessions.expire(session_id)


def fetch_session(session_id: str) -> Session:
    """A Checkout Session as it is now, with its money (one read), or with invoice, subscription and money (two)."""
    with translated():
        found = _plain(_v1().checkout.sessions.retrieve(session_id, {"expand": OF_SESSION}))
        bill, subscription = found.get("invoice"), found.get("subscription")
        paying = _paying(bill) if bill else None
        order = _order(subscription, bill or {}, paying) if subscription else None
    return session_of(found, invoice_of(bill, order, paying) if bill else None, order)


def find_session(reference: str, since: datetime) -> str | None:
    """The id of the Checkout Session that carries our reference, if Stripe made one since then."""
    with translated():
        found = _v1().checkout.sessions.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
        for session in islice(found.auto_paging_iter(), LOOK_THROUGH):
            if session.client_reference_id == reference:
                return str(session.id)
    return None


def fetch_invoice(invoice_id: str) -> Invoice:
    """An invoice as it is now, with its subscription and its money: two reads."""
    with translated():
        found = _plain(_v1().invoices.retrieve(invoice_id, {"expand": OF_INVOICE}))
        subscription, paying = parent_of(found).get("subscription"), _paying(found)
        order = _order(subscription, found, paying) if subscription else None
    return invoice_of(found, order, paying)


def _order(subscription: dict[str, Any], bill: Mapping[str, Any], paying: Paying | None) -> StandingOrder:
    """A subscription that came with a bill, its customer too: why its newest charge failed is known when it is that
    bill's."""
    subscription["customer"] = bill.get("customer") or subscription["customer"]
    if subscription["status"] not in NOT_PAID:
        return order_of(subscription)
    if id_of(subscription["latest_invoice"]) != bill.get("id"):
        return fetch_subscription(subscription["id"])
    return _unpaid(subscription, bill, paying)


def _unpaid(subscription: dict[str, Any], bill: Mapping[str, Any], paying: Paying | None) -> StandingOrder:
    """A subscription whose newest bill is not paid."""
    stuck = stuck_of(bill, asks=paying is not None and paying.asks)
    failure = paying.failure if paying and subscription["status"] in NOT_PAID else ""
    return order_of(subscription, failure, stuck, unpaid_of(bill, paying))


def _paying(invoice: Mapping[str, Any]) -> Paying | None:
    """How the payment of an invoice stands: through a PaymentIntent, or through a bare charge."""
    payment = payment_of(invoice) or {}
    if payment.get("payment_intent"):
        return paying_of(_intent(payment["payment_intent"]))
    if payment.get("charge"):
        return Paying(charged_of(_charge(payment["charge"])))
    return None


def invoices_of(subscription_id: str, limit: int = 6) -> list[str]:
    """Ids of the newest invoices of a subscription, newest first."""
    with translated():
        found = _v1().invoices.list({"subscription": subscription_id, "limit": limit})
        return [str(invoice.id) for invoice in found.data]


def fetch_subscription(subscription_id: str) -> StandingOrder:
    """A subscription as it is now, with the reason why its newest charge failed, if it did."""
    with translated():
        found = _plain(_v1().subscriptions.retrieve(subscription_id, {"expand": OF_ORDER}))
        latest = found.get("latest_invoice")
        if isinstance(latest, Mapping) and latest["status"] == "open":
            return _unpaid(found, latest, _paying(latest))
    return order_of(found)


def update_subscription(subscription_id: str, params: Mapping[str, Any], key: str) -> None:
    """Change a subscription under our idempotency key (docs.stripe.com/api/subscriptions/update).

    Raises like `create_checkout`. The answer may be one that Stripe kept: look again for what is true now.
    """
    with translated():
        _v1().subscriptions.update(subscription_id, dict(params), {"idempotency_key": key})


def cancel_subscription(subscription_id: str, params: Mapping[str, Any], key: str) -> None:
    """End a subscription at once, under our idempotency key (docs.stripe.com/api/subscriptions/cancel)."""
    with translated():
        _v1().subscriptions.cancel(subscription_id, dict(params), {"idempotency_key": key})


def fetch_charge(charge_id: str) -> Charged | None:
    """A charge as it is now; None unless money was taken."""
    with translated():
        return charged_of(_charge(charge_id))


@dataclass(frozen=True)
class Endpoint:
    """Where Stripe posts events. `secret` signs them; it is told once, when the endpoint is made, and "" afterwards.

    `others` are the ids of endpoints at the same address that speak another version of the API.
    """

    id: str
    secret: str
    others: tuple[str, ...]


def register_webhook(url: str, events: Sequence[str]) -> Endpoint:
    """Have Stripe post these types, and no other, to an address, in our version of the API.

    The endpoint that is there already is brought to it; one of another version stays as it is, because Stripe lets
    nobody change that (docs.stripe.com/api/webhook_endpoints/update). Raises StripeUnavailable or StripeRefused.
    """
    endpoints = _v1().webhook_endpoints
    with translated():
        there = [each for each in endpoints.list({"limit": 100}).auto_paging_iter() if each.url == url]
        same = [each.id for each in there if each.api_version == API_VERSION]
        others = tuple(each.id for each in there if each.api_version != API_VERSION)
        if same:
            endpoints.update(same[0], {"enabled_events": list(events), "disabled": False})
            return Endpoint(same[0], "", others)
        made = endpoints.create({"url": url, "enabled_events": list(events), "api_version": API_VERSION})
        return Endpoint(made.id, made.secret, others)


def _intent(found: Any) -> dict[str, Any]:
    intent_id = found["id"] if isinstance(found, Mapping) else found
    return _plain(_v1().payment_intents.retrieve(intent_id, {"expand": [MONEY]}))


def _charge(found: Any) -> dict[str, Any]:
    charge_id = found["id"] if isinstance(found, Mapping) else found
    return _plain(_v1().charges.retrieve(charge_id, {"expand": ["balance_transaction"]}))
