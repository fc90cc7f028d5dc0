"""What sweeps and the moving in read: the account, events that never arrived, lists; and keys that may not."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.stripe.core.permissions import permission
from sandbox.stripe.testing import Handle
from tests.contracts.sandbox_parts import Gifts, Receiver

DAY = 86_400
PAID: dict[str, Any] = {"amount": 2000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}


@pytest.fixture
def v1(stripe_client: stripe.StripeClient) -> Any:
    return stripe_client.v1


def test_the_account_says_who_it_is(stripe_sandbox: Handle, v1: Any) -> None:
    assert v1.accounts.retrieve_current().id.startswith("acct_")
    stripe_sandbox.set_account("acct_1Other")
    account = v1.accounts.retrieve_current()
    assert (account.id, account.charges_enabled, account.country) == ("acct_1Other", True, "US")
    with pytest.raises(ValueError, match="acct_"):
        stripe_sandbox.set_account("cus_1")


def test_a_key_that_may_not_refund(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create(PAID)
    stripe_sandbox.refuse_permission("refund_write")
    with pytest.raises(stripe.PermissionError, match="rak_refund_write"):
        v1.refunds.create({"payment_intent": intent.id})
    assert v1.refunds.list().data == []
    stripe_sandbox.refuse_permission("charge_read")
    with pytest.raises(stripe.PermissionError):
        v1.charges.retrieve(intent.latest_charge)
    stripe_sandbox.allow_all()
    assert v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"
    with pytest.raises(ValueError, match="named like"):
        stripe_sandbox.refuse_permission("everything")


@pytest.mark.parametrize(
    ("request_line", "name"),
    [
        ("GET /v1/charges/ch_1", "charge_read"),
        ("POST /v1/checkout/sessions/cs_1/expire", "checkout_session_write"),
        ("DELETE /v1/subscriptions/sub_1", "subscription_write"),
        ("GET /v1/radar/early_fraud_warnings", "radar_early_fraud_warning_read"),
        ("GET /v1/account", "account_read"),
    ],
)
def test_permissions_are_named_after_paths(request_line: str, name: str) -> None:
    assert permission(*request_line.split(" ")) == name


def test_events_that_never_arrived(stripe_sandbox: Handle, v1: Any) -> None:
    receiver = Receiver()
    try:
        stripe_sandbox.set_webhook(receiver.url)
        stripe_sandbox.fault("webhook_drop", type="charge.succeeded")
        intent = v1.payment_intents.create(PAID)
        stripe_sandbox.deliver_now()
        lost = v1.events.list({"delivery_success": False})
        assert [(event.type, event.pending_webhooks) for event in lost.data] == [("charge.succeeded", 1)]
        assert lost.data[0].data.object.payment_intent == intent.id
        assert "charge.succeeded" not in {e.type for e in v1.events.list({"delivery_success": True}).data}
        stripe_sandbox.resend(lost.data[0].id)
        stripe_sandbox.deliver_now()
        assert v1.events.list({"delivery_success": False}).data == []
        both = {"types": ["charge.succeeded", "payment_intent.succeeded"]}
        assert len(v1.events.list(both).data) == 2
        assert len(v1.events.list({"created": {"gt": stripe_sandbox.now() + 60}}).data) == 0
        page = v1.events.list({"limit": 2})
        rest = v1.events.list({"limit": 100, "starting_after": page.data[-1].id})
        assert (page.has_more, len(page.data) + len(rest.data)) == (True, len(stripe_sandbox.events))
    finally:
        receiver.close()


def test_what_a_moving_in_reads(stripe_sandbox: Handle, gifts: Gifts, v1: Any) -> None:
    for n, cents in enumerate((1000, 1500, 2500)):
        session = gifts.monthly(cents, customer_email=f"donor{n}@example.org")
        stripe_sandbox.pay(session.id)
        stripe_sandbox.advance(DAY)
    customers = v1.customers.list({"limit": 2})
    assert (customers.has_more, [row.email for row in customers.data]) == (
        True,
        ["donor2@example.org", "donor1@example.org"],
    )
    assert len([*customers.auto_paging_iter()]) == 3
    assert [row.email for row in v1.customers.list({"email": "donor0@example.org"}).data] == ["donor0@example.org"]
    first, *_, last = v1.subscriptions.list().data
    price = first["items"].data[0].price.id
    assert [row.id for row in v1.subscriptions.list({"price": price}).data] == [first.id]
    assert [row.id for row in v1.subscriptions.list({"customer": last.customer}).data] == [last.id]
    end = last["items"].data[0].current_period_end
    assert [row.id for row in v1.subscriptions.list({"current_period_end": {"lte": end}}).data] == [last.id]
    since = {"created": {"gte": first.created}}
    for resource in (v1.charges, v1.payment_intents, v1.customers, v1.invoices, v1.subscriptions):
        assert len(resource.list(since).data) == 1
    customer = {"customer": last.customer}
    assert len(v1.charges.list(customer).data) == len(v1.payment_intents.list(customer).data) == 1
    v1.subscriptions.cancel(last.id)
    assert len(v1.subscriptions.list().data) == 2
    assert len(v1.subscriptions.list({"status": "all"}).data) == 3
