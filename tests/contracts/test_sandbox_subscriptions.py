"""Monthly gifts: the first payment, renewals by the clock, failed renewals, changes and ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from sandbox.stripe.core.clock import next_period_end
from sandbox.stripe.testing import Handle

DAY = 86_400
FIRST = {
    "customer.created",
    "payment_method.attached",
    "payment_intent.created",
    "payment_intent.succeeded",
    "charge.succeeded",
    "charge.updated",
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "checkout.session.completed",
}


def since(handle: Handle, count: int) -> list[str]:
    return [event["type"] for event in handle.events[count:]]


@pytest.fixture
def sustainer(stripe_sandbox: Handle, gifts: Any) -> Any:
    session = gifts.monthly(1500, customer_email="ada@example.org", subscription_data={"metadata": {"promise": "9"}})
    stripe_sandbox.pay(session.id)
    return gifts.look(session, "subscription").subscription


def test_the_first_payment(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any) -> None:
    assert set(since(stripe_sandbox, 0)) == FIRST
    assert len(stripe_sandbox.events) == len(FIRST)
    assert (sustainer.status, sustainer.metadata["promise"]) == ("active", "9")
    item = sustainer["items"].data[0]
    assert 28 * DAY <= item.current_period_end - item.current_period_start <= 31 * DAY
    assert sustainer.billing_mode.type == "flexible"
    invoice = stripe_client.v1.invoices.retrieve(sustainer.latest_invoice, {"expand": ["payments"]})
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == ("paid", 1500, "subscription_create")
    assert invoice.parent.subscription_details.subscription == sustainer.id
    assert invoice.parent.subscription_details.metadata["promise"] == "9"
    payment = invoice.payments.data[0]
    assert (payment.status, payment.payment.type) == ("paid", "payment_intent")
    found = stripe_client.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": payment.payment.payment_intent}}
    )
    assert found.data[0].invoice == invoice.id


def test_a_declined_first_payment_makes_nothing(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any
) -> None:
    session = gifts.monthly()
    stripe_sandbox.pay(session.id, "4000000000000002")
    assert gifts.look(session).status == "open"
    assert since(stripe_sandbox, 0) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert stripe_client.v1.subscriptions.list({"status": "all"}).data == []
    assert stripe_client.v1.customers.list().data == []


def test_a_renewal_comes_with_the_clock(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any
) -> None:
    before = sustainer["items"].data[0]
    seen = len(stripe_sandbox.events)
    stripe_sandbox.advance(before.current_period_end - stripe_sandbox.now() + 60)
    assert since(stripe_sandbox, seen) == ["invoice.created", "customer.subscription.updated"]
    stripe_sandbox.advance(3600)
    assert set(since(stripe_sandbox, seen + 2)) == {
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "payment_intent.created",
        "payment_intent.succeeded",
        "charge.succeeded",
        "charge.updated",
    }
    now = stripe_client.v1.subscriptions.retrieve(sustainer.id, {"expand": ["latest_invoice"]})
    item, invoice = now["items"].data[0], now.latest_invoice
    assert item.current_period_start == before.current_period_end
    assert (invoice.billing_reason, invoice.status) == ("subscription_cycle", "paid")
    assert invoice.created == before.current_period_end
    assert invoice.lines.data[0].period.start == before.current_period_end


def test_a_year_of_renewals(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any) -> None:
    stripe_sandbox.advance(366 * DAY)
    paid = stripe_client.v1.invoices.list({"subscription": sustainer.id, "limit": 100}).data
    assert len(paid) == 13
    assert {invoice.status for invoice in paid} == {"paid"}
    assert len({invoice.number for invoice in paid}) == 13


def test_months_are_counted_from_the_anchor() -> None:
    anchor = int(datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp())
    days, start = [], anchor
    for _ in range(4):
        start = next_period_end(anchor, start, "month", 1)
        days.append(datetime.fromtimestamp(start, UTC).strftime("%m-%d"))
    assert days == ["02-28", "03-31", "04-30", "05-31"]


def test_a_failed_renewal_is_tried_again(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any
) -> None:
    stripe_sandbox.decline_next(sustainer.id)
    seen = len(stripe_sandbox.events)
    invoice_id = stripe_sandbox.renew(sustainer.id)
    assert invoice_id
    assert {"invoice.payment_failed", "payment_intent.payment_failed", "charge.failed"} <= set(
        since(stripe_sandbox, seen)
    )
    invoice = stripe_client.v1.invoices.retrieve(invoice_id)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt == pytest.approx(stripe_sandbox.now() + 3 * DAY, abs=5)
    assert stripe_client.v1.subscriptions.retrieve(sustainer.id).status == "past_due"
    stripe_sandbox.advance(3 * DAY + 60)
    assert stripe_client.v1.invoices.retrieve(invoice_id).status == "paid"
    assert stripe_client.v1.subscriptions.retrieve(sustainer.id).status == "active"


def test_retries_run_out(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any) -> None:
    stripe_sandbox.decline_next(sustainer.id, times=9)
    invoice_id = str(stripe_sandbox.renew(sustainer.id))
    stripe_sandbox.advance(20 * DAY)
    invoice = stripe_client.v1.invoices.retrieve(invoice_id)
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (4, None)
    ended = stripe_client.v1.subscriptions.retrieve(sustainer.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert since(stripe_sandbox, 0)[-1] == "customer.subscription.deleted"


def test_paying_an_open_invoice_by_hand(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any
) -> None:
    stripe_sandbox.decline_next(sustainer.id, times=2)
    invoice_id = str(stripe_sandbox.renew(sustainer.id))
    seen = len(stripe_sandbox.events)
    with pytest.raises(stripe.CardError) as caught:
        stripe_client.v1.invoices.pay(invoice_id)
    assert (caught.value.code, caught.value.http_status) == ("card_declined", 402)
    assert "invoice.payment_failed" in since(stripe_sandbox, seen), "the attempt was made and is told"
    assert stripe_client.v1.invoices.pay(invoice_id).status == "paid"


def test_another_amount_in_place(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any) -> None:
    item = sustainer["items"].data[0]
    price = {
        "currency": "usd",
        "product": item.price.product,
        "unit_amount": 2000,
        "recurring": {"interval": "month"},
    }
    changed = stripe_client.v1.subscriptions.update(
        sustainer.id, {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
    )
    assert changed["items"].data[0].price.unit_amount == 2000
    invoice = stripe_client.v1.invoices.retrieve(str(stripe_sandbox.renew(sustainer.id)))
    assert invoice.amount_paid == 2000


def test_ends(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any) -> None:
    update = stripe_client.v1.subscriptions.update
    assert update(sustainer.id, {"cancel_at_period_end": True}).cancel_at is not None
    assert update(sustainer.id, {"cancel_at_period_end": False}).cancel_at is None
    update(sustainer.id, {"cancel_at_period_end": True})
    stripe_sandbox.advance(32 * DAY)
    assert stripe_client.v1.subscriptions.retrieve(sustainer.id).status == "canceled"
    assert len(stripe_client.v1.invoices.list({"subscription": sustainer.id}).data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.subscriptions.cancel(sustainer.id)


def test_cancel_at_once(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, sustainer: Any) -> None:
    gone = stripe_client.v1.subscriptions.cancel(sustainer.id, {"cancellation_details": {"comment": "moving"}})
    assert (gone.status, gone.cancellation_details.comment) == ("canceled", "moving")
    stripe_sandbox.advance(40 * DAY)
    assert len(stripe_client.v1.invoices.list({"subscription": sustainer.id}).data) == 1
