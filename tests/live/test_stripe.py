"""A smoke test of what Station asks of Stripe: it is accepted, and the answers have what the gateway reads."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.stripe.contract import check_object
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.payments import gateway
from station.payments.gateway import PAYMENT_PREFIX, CheckoutOrder, HostedPage, InPage, Ours, StripeRefused
from station.payments.models import Interval
from tests.live.conftest import SECRET, Account

NAME = "Smoke test of Station"
IN_PAGE = InPage(NAME, "https://example.org/thanks")
HOSTED = HostedPage(NAME, "donor@example.org", "https://example.org/thanks", "https://example.org/give")
CARD: dict[str, Any] = {
    "amount": 2500,
    "currency": "usd",
    "confirm": True,
    "payment_method": "pm_card_visa",
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
}

pytestmark = pytest.mark.timeout(180)


def order(page: HostedPage | InPage, monthly: bool = False) -> CheckoutOrder:
    every = Interval.MONTH if monthly else None
    return CheckoutOrder(new_id(), new_id() if monthly else None, Money(2500), page, every)


def opened(given: CheckoutOrder) -> gateway.Session:
    return gateway.create_checkout(gateway.params_of(given), f"smoke:{given.payment_id}")


def fits(account: Account, session_id: str) -> None:
    """Nothing in Stripe's answer is unknown to the library's types, and nothing is missing."""
    raw = account.client.v1.checkout.sessions.retrieve(session_id, {"expand": ["line_items"]}).to_dict()
    assert [str(problem) for problem in check_object(raw, closed=False)] == []


@pytest.mark.parametrize("monthly", [False, True], ids=["once", "monthly"])
def test_a_checkout_in_our_page(account: Account, monthly: bool) -> None:
    given = order(IN_PAGE, monthly)
    made = opened(given)
    assert made.id.startswith("cs_test_")
    assert made.client_secret.startswith(made.id)
    assert (made.url, made.status, made.paid, made.livemode) == ("", "open", False, False)
    assert (made.amount_cents, made.currency, made.ours) == (
        2500,
        "usd",
        Ours(given.payment_id, given.subscription_id),
    )
    lines = gateway.line_items(Money(4200), NAME, given.interval)
    assert gateway.update_checkout(made.id, {"line_items": lines}, f"smoke:{given.payment_id}:2").amount_cents == 4200
    seen = gateway.fetch_session(made.id)
    assert (seen.amount_cents, seen.status, seen.paying) == (4200, "open", None)
    fits(account, made.id)
    gateway.expire_checkout(made.id)
    assert gateway.fetch_session(made.id).status == "expired"


@pytest.mark.parametrize("monthly", [False, True], ids=["once", "monthly"])
def test_a_checkout_on_stripes_page(account: Account, monthly: bool) -> None:
    given = order(HOSTED, monthly)
    made = opened(given)
    assert made.url.startswith("http")
    assert (made.client_secret, made.status, made.amount_cents) == ("", "open", 2500)
    since = datetime.now(UTC) - timedelta(minutes=5)
    assert gateway.find_session(public_id(PAYMENT_PREFIX, given.payment_id), since) == made.id
    fits(account, made.id)
    gateway.expire_checkout(made.id)
    with pytest.raises(StripeRefused):
        gateway.expire_checkout(made.id)


def test_a_repeated_call_is_one_call(account: Account) -> None:
    given = order(HOSTED)
    first, again = opened(given), opened(given)
    assert first == again
    with pytest.raises(StripeRefused):
        opened(replace(given, amount=Money(2600)))
    gateway.expire_checkout(first.id)


def test_money_has_the_fields_that_are_read(account: Account) -> None:
    intent = account.client.v1.payment_intents.create(CARD)  # type: ignore[arg-type]
    charged = None
    for _ in range(20):  # the balance transaction comes a little later
        charged = gateway.fetch_charge(str(intent.latest_charge))
        if charged is not None and charged.fee_cents is not None:
            break
        time.sleep(1)
    assert charged is not None
    assert (charged.amount_cents, charged.currency, charged.livemode) == (2500, "usd", False)
    assert (charged.payment_intent, charged.method_label) == (intent.id, "Visa ending 4242")
    assert charged.balance_transaction
    assert charged.fee_cents


def test_a_subscription_has_the_fields_that_are_read(account: Account) -> None:
    v1 = account.client.v1
    card = {"default_payment_method": "pm_card_visa"}
    customer = v1.customers.create({"name": NAME, "payment_method": "pm_card_visa", "invoice_settings": card})
    product = v1.products.create({"name": NAME})
    price = {"currency": "usd", "unit_amount": 1500, "product": product.id, "recurring": {"interval": "month"}}
    made = v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price_data": price}]}  # type: ignore[typeddict-item]
    )
    seen = gateway.fetch_subscription(made.id)
    assert (seen.status, seen.customer, seen.failure, seen.ours) == ("active", customer.id, "", Ours())
    assert seen.period_end is not None
    assert 27 <= (seen.period_end - datetime.now(UTC)).days <= 31
    (bill,) = gateway.invoices_of(made.id)
    invoice = gateway.fetch_invoice(bill)
    assert (invoice.status, invoice.first, invoice.amount_cents) == ("paid", True, 1500)
    assert invoice.order is not None
    assert invoice.order.id == made.id
    assert invoice.paying is not None
    assert invoice.paying.charged is not None
    v1.customers.delete(customer.id)
    ended = gateway.fetch_subscription(made.id)
    assert (ended.status, bool(ended.end_reason)) == ("canceled", True)


def test_an_event_goes_through_the_signature(account: Account) -> None:
    """An event as Stripe keeps it, signed as Stripe signs it: its own body is believed, an altered one is not."""
    made = account.client.v1.customers.create({"name": NAME})
    raw = b""
    for _ in range(20):
        found = account.client.v1.events.list({"type": "customer.created", "limit": 20})
        mine = [each for each in found.data if each.data.object["id"] == made.id]
        if mine:
            raw = str(mine[0]).encode()
            break
        time.sleep(1)
    at = int(time.time())
    signed = hmac.new(SECRET.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    event = gateway.verify(raw, f"t={at},v1={signed}")
    assert (event.type, event.object_id, event.livemode) == ("customer.created", made.id, False)
    assert event.api_version
    with pytest.raises(gateway.BadSignature):
        gateway.verify(raw.replace(b"customer.created", b"customer.updated"), f"t={at},v1={signed}")
    account.client.v1.customers.delete(made.id)
