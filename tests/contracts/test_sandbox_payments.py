"""One-time gifts through the hosted page, seen through the real SDK."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.stripe.flows.paying import fee
from sandbox.stripe.testing import Handle

PAID_ONCE = {
    "payment_intent.created",
    "payment_intent.succeeded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.completed",
}


def types(handle: Handle) -> list[str]:
    return [event["type"] for event in handle.events]


def test_a_gift_succeeds(stripe_sandbox: Handle, gifts: Any) -> None:
    session = gifts.once(
        2500,
        customer_email="ada@example.org",
        metadata={"gift": "17"},
        submit_type="donate",
        payment_intent_data={"metadata": {"gift": "17"}},
    )
    assert session.status == "open"
    assert session.payment_status == "unpaid"
    assert session.payment_intent is None
    assert session.url.startswith(stripe_sandbox.url + "/c/pay/cs_test_")
    assert stripe_sandbox.pay(session.id) is None

    done = gifts.look(session, "payment_intent.latest_charge.balance_transaction", "line_items")
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.customer is None
    assert done.customer_details.email == "ada@example.org"
    intent = done.payment_intent
    assert (intent.status, intent.amount_received, intent.metadata["gift"]) == ("succeeded", 2500, "17")
    charge = intent.latest_charge
    assert (charge.paid, charge.payment_method_details.card.last4) == (True, "4242")
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (103, 2397)
    assert done.line_items.data[0].amount_total == 2500
    assert set(types(stripe_sandbox)) == PAID_ONCE
    assert len(stripe_sandbox.events) == len(PAID_ONCE)


def test_the_balance_transaction_comes_after_the_charge(stripe_sandbox: Handle, gifts: Any) -> None:
    stripe_sandbox.pay(gifts.once().id)
    by_type = {event["type"]: event for event in stripe_sandbox.events}
    assert by_type["charge.succeeded"]["data"]["object"]["balance_transaction"] is None
    updated = by_type["charge.updated"]["data"]
    assert updated["object"]["balance_transaction"].startswith("txn_")
    assert updated["previous_attributes"] == {"balance_transaction": None}


@pytest.mark.parametrize(("amount", "cost"), [(100, 33), (1000, 59), (2500, 103), (5000, 175), (1017, 59)])
def test_fees_are_rounded_half_up(amount: int, cost: int) -> None:
    assert fee(amount) == cost


@pytest.mark.parametrize(
    ("card", "decline_code"), [("4000000000000002", "generic_decline"), ("4000000000009995", "insufficient_funds")]
)
def test_declined_then_paid(stripe_sandbox: Handle, gifts: Any, card: str, decline_code: str) -> None:
    session = gifts.once()
    message = stripe_sandbox.pay(session.id, card)
    assert message
    still = gifts.look(session, "payment_intent.latest_charge")
    assert (still.status, still.payment_intent.status) == ("open", "requires_payment_method")
    assert still.payment_intent.last_payment_error.decline_code == decline_code
    assert still.payment_intent.latest_charge.status == "failed"
    assert types(stripe_sandbox)[1:] == ["charge.failed", "payment_intent.payment_failed"]

    assert stripe_sandbox.pay(session.id) is None
    done = gifts.look(session, "payment_intent")
    assert done.payment_intent.id == still.payment_intent.id
    assert (done.payment_intent.status, done.payment_intent.last_payment_error) == ("succeeded", None)


def test_paying_twice_is_impossible(stripe_sandbox: Handle, gifts: Any) -> None:
    session = gifts.once()
    stripe_sandbox.pay(session.id)
    with pytest.raises(ValueError, match="complete"):
        stripe_sandbox.pay(session.id)
    assert types(stripe_sandbox).count("charge.succeeded") == 1


def test_expiry(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any) -> None:
    first, second = gifts.once(), gifts.once(expires_at=stripe_sandbox.now() + 1800)
    stripe_client.v1.checkout.sessions.expire(first.id)
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        stripe_client.v1.checkout.sessions.expire(first.id)
    stripe_sandbox.pay(second.id, "4000000000000002")
    stripe_sandbox.advance(1801)
    assert [gifts.look(s).status for s in (first, second)] == ["expired", "expired"]
    assert types(stripe_sandbox).count("checkout.session.expired") == 2
    assert types(stripe_sandbox).count("payment_intent.canceled") == 1
    with pytest.raises(ValueError, match="expired"):
        stripe_sandbox.pay(second.id)


def test_refunds(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any) -> None:
    session = gifts.once(5000)
    stripe_sandbox.pay(session.id)
    intent = gifts.look(session).payment_intent
    part = stripe_client.v1.refunds.create({"payment_intent": intent, "amount": 2000, "metadata": {"refund": "1"}})
    assert (part.status, part.amount) == ("succeeded", 2000)
    moved = stripe_client.v1.balance_transactions.retrieve(str(part.balance_transaction))
    assert (moved.amount, moved.fee, moved.type) == (-2000, 0, "refund")
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        stripe_client.v1.refunds.create({"payment_intent": intent, "amount": 3001})
    stripe_client.v1.refunds.create({"payment_intent": intent})
    charge = stripe_client.v1.charges.retrieve(str(part.charge), {"expand": ["refunds"]})
    assert (charge.refunded, charge.amount_refunded, len(charge.refunds.data)) == (True, 5000, 2)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.refunds.create({"payment_intent": intent})
    assert caught.value.code == "charge_already_refunded"
    assert types(stripe_sandbox).count("charge.refunded") == 2
    assert types(stripe_sandbox).count("refund.created") == 2


def test_money_becomes_available(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any) -> None:
    stripe_sandbox.pay(gifts.once(10_000).id)
    assert stripe_client.v1.balance.retrieve().pending[0].amount == 10_000 - 320
    stripe_sandbox.advance(3 * 86_400)
    balance = stripe_client.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (0, 9680)


def test_a_catalogue_price_and_a_known_customer(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any
) -> None:
    client = stripe_client.v1
    product = client.products.create({"name": "Day sponsor"})
    price = client.prices.create({"product": product.id, "currency": "usd", "unit_amount": 50_000})
    customer = client.customers.create({"email": "bo@example.org", "name": "Bo"})
    session = client.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"price": price.id, "quantity": 2}],
            "customer": customer.id,
            "success_url": "http://127.0.0.1:8400/thanks",
        }
    )
    stripe_sandbox.pay(session.id)
    done = gifts.look(session, "payment_intent", "customer")
    assert (done.amount_total, done.customer.email) == (100_000, "bo@example.org")
    assert done.payment_intent.customer == customer.id
    assert client.customers.list({"email": "bo@example.org"}).data[0].id == customer.id
