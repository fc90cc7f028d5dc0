"""Saved methods: set-up sessions, defaults, mandates, cards the network renews, invoices a donor comes to pay."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.stripe.testing import Handle
from tests.contracts.sandbox_parts import Gifts
from tests.contracts.test_sandbox_page import GOOD, fetch

ASKS = "4000002760003184"


@pytest.fixture
def v1(stripe_client: stripe.StripeClient) -> Any:
    return stripe_client.v1


def types(handle: Handle) -> list[str]:
    return [event["type"] for event in handle.events]


def monthly(handle: Handle, gifts: Gifts, card: str = "4242424242424242") -> Any:
    session = gifts.monthly()
    assert handle.pay(session.id, card) is None
    return gifts.look(session, "subscription").subscription


@pytest.mark.parametrize("ui_mode", ["elements", "hosted_page"])
def test_a_new_card_for_a_subscription(stripe_sandbox: Handle, gifts: Gifts, v1: Any, ui_mode: str) -> None:
    subscription = monthly(stripe_sandbox, gifts)
    more = {"customer": subscription.customer, "setup_intent_data": {"metadata": {"for": subscription.id}}}
    session = gifts.saving(ui_mode, **more)
    assert stripe_sandbox.pay(session.id, "5555555555554444") is None
    done = gifts.look(session, "setup_intent.payment_method")
    method = done.setup_intent.payment_method
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert (method.customer, done.setup_intent.metadata["for"]) == (subscription.customer, subscription.id)
    assert types(stripe_sandbox)[-1] == "checkout.session.completed"
    chosen = {"default_payment_method": method.id}
    customer = v1.customers.update(subscription.customer, {"invoice_settings": chosen})
    assert customer.invoice_settings.default_payment_method == method.id
    assert v1.subscriptions.update(subscription.id, chosen).default_payment_method == method.id
    invoice = v1.invoices.retrieve(stripe_sandbox.renew(subscription.id), {"expand": ["payments"]})
    intent = v1.payment_intents.retrieve(invoice.payments.data[0].payment.payment_intent)
    assert intent.payment_method == method.id


def test_a_default_must_be_ones_own(stripe_sandbox: Handle, gifts: Gifts, v1: Any) -> None:
    subscription = monthly(stripe_sandbox, gifts)
    stranger = v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    for wrong in (stranger.id, "pm_none"):
        given = {"default_payment_method": wrong}
        with pytest.raises(stripe.InvalidRequestError):
            v1.customers.update(subscription.customer, {"invoice_settings": given})
        with pytest.raises(stripe.InvalidRequestError):
            v1.subscriptions.update(subscription.id, given)


def test_a_returned_debit_ends_the_mandate(stripe_sandbox: Handle, gifts: Gifts, v1: Any) -> None:
    session = gifts.in_page(1500, monthly=True)
    stripe_sandbox.pay_by_bank(session.id)
    stripe_sandbox.settle_debits()
    subscription = gifts.look(session, "subscription").subscription
    charge = v1.charges.list({"customer": subscription.customer}).data[0]
    mandate = v1.mandates.retrieve(charge.payment_method_details.us_bank_account.mandate)
    assert (mandate.status, mandate.payment_method) == ("active", subscription.default_payment_method)
    stripe_sandbox.return_debit(charge.id, "insufficient_funds")
    assert v1.mandates.retrieve(mandate.id).status == "active"
    invoice = str(stripe_sandbox.renew(subscription.id))
    stripe_sandbox.settle_debits(sent_back="debit_not_authorized")
    assert v1.mandates.retrieve(mandate.id).status == "inactive"
    assert types(stripe_sandbox).count("mandate.updated") == 1
    with pytest.raises(stripe.CardError) as caught:
        v1.invoices.pay(invoice)
    assert caught.value.code == "payment_intent_mandate_invalid"


def test_a_donor_takes_a_mandate_back(stripe_sandbox: Handle, gifts: Gifts) -> None:
    session = gifts.saving()
    stripe_sandbox.pay_by_bank(session.id)
    intent = gifts.look(session, "setup_intent").setup_intent
    assert stripe_sandbox.revoke_mandate(intent.payment_method)["status"] == "inactive"
    seen = len(stripe_sandbox.events)
    stripe_sandbox.revoke_mandate(intent.payment_method)
    assert len(stripe_sandbox.events) == seen


def test_the_network_renews_a_card(stripe_sandbox: Handle, gifts: Gifts, v1: Any) -> None:
    subscription = monthly(stripe_sandbox, gifts)
    method = v1.payment_methods.retrieve(subscription.default_payment_method)
    stripe_sandbox.update_card(method.id, exp_year=2045)
    assert v1.payment_methods.retrieve(method.id).card.exp_year == 2045
    event = stripe_sandbox.events[-1]
    assert event["type"] == "payment_method.automatically_updated"
    assert event["data"]["previous_attributes"]["card"]["exp_year"] == method.card.exp_year
    stripe_sandbox.update_card(method.id, number="5555555555554444")
    assert v1.payment_methods.retrieve(method.id).card.last4 == "4444"
    with pytest.raises(ValueError, match="not a test card"):
        stripe_sandbox.update_card(method.id, number="1234")


def test_a_donor_confirms_a_renewal_on_the_invoice_page(stripe_sandbox: Handle, gifts: Gifts, v1: Any) -> None:
    subscription = monthly(stripe_sandbox, gifts, ASKS)
    invoice = v1.invoices.retrieve(stripe_sandbox.renew(subscription.id))
    assert "Confirm your payment" in fetch(invoice.hosted_invoice_url).text
    failed = fetch(invoice.hosted_invoice_url, {"answer": "fail"})
    assert (failed.status, "unable to authenticate" in failed.text) == (402, True)
    assert v1.invoices.retrieve(invoice.id).status == "open"
    assert "Pay $15.00" in fetch(invoice.hosted_invoice_url).text
    assert fetch(invoice.hosted_invoice_url, {**GOOD, "number": ASKS}).status == 303
    assert "Confirm your payment" in fetch(invoice.hosted_invoice_url).text
    assert fetch(invoice.hosted_invoice_url, {"answer": "complete"}).status == 303
    assert v1.invoices.retrieve(invoice.id).status == "paid"
    assert v1.subscriptions.retrieve(subscription.id).status == "active"
    assert "This invoice is paid" in fetch(invoice.hosted_invoice_url).text
    assert fetch(invoice.hosted_invoice_url, {"answer": "complete"}).status == 303


def test_the_invoice_page_takes_another_method(stripe_sandbox: Handle, gifts: Gifts, v1: Any) -> None:
    subscription = monthly(stripe_sandbox, gifts)
    stripe_sandbox.decline_next(subscription.id)
    invoice = v1.invoices.retrieve(stripe_sandbox.renew(subscription.id))
    assert fetch(invoice.hosted_invoice_url, {**GOOD, "number": "12"}).status == 422
    assert fetch(invoice.hosted_invoice_url, {**GOOD, "number": "4000000000000002"}).status == 402
    bank = {"name": "Ada", "email": "a@example.org", "routing": "110000000", "account": "000123456789"}
    assert fetch(f"{invoice.hosted_invoice_url}?with=us_bank_account", bank).status == 303
    stripe_sandbox.settle_debits()
    assert v1.invoices.retrieve(invoice.id).status == "paid"
    assert fetch(f"{stripe_sandbox.url}/i/in_none").status == 404
    v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    void = v1.invoices.retrieve(stripe_sandbox.renew(subscription.id))
    assert "cancelled" in fetch(void.hosted_invoice_url).text


def test_a_line_for_each_of_these_scenes(stripe_sandbox: Handle, gifts: Gifts, v1: Any) -> None:
    subscription = monthly(stripe_sandbox, gifts, ASKS)
    invoice = str(stripe_sandbox.renew(subscription.id))
    assert str(stripe_sandbox.confirm_invoice(invoice, passed=False)).startswith("We are unable")
    with pytest.raises(ValueError, match="not waiting"):
        stripe_sandbox.confirm_invoice(invoice)
    assert stripe_sandbox.pay_invoice(invoice, "4000000000000002") == "Your card was declined."
    assert stripe_sandbox.pay_invoice(invoice, ASKS) is None
    with pytest.raises(ValueError, match="invoice is paid"):
        stripe_sandbox.pay_invoice(invoice)
    with pytest.raises(ValueError, match="not a test card"):
        stripe_sandbox.pay_invoice(invoice, "1")
    again = str(stripe_sandbox.renew(subscription.id))
    assert stripe_sandbox.confirm_invoice(again) is None
    assert v1.invoices.retrieve(again).status == "paid"


def test_intents_made_over_the_api_are_confirmed_by_the_donor(stripe_sandbox: Handle, v1: Any) -> None:
    card = "pm_card_authenticationRequired"
    paid = v1.payment_intents.create({"amount": 900, "currency": "usd", "confirm": True, "payment_method": card})
    assert stripe_sandbox.authenticate(paid.id) is None
    assert v1.payment_intents.retrieve(paid.id).status == "succeeded"
    saved = v1.setup_intents.create({"confirm": True, "payment_method": card})
    assert stripe_sandbox.authenticate(saved.id, passed=False)
    assert v1.setup_intents.retrieve(saved.id).status == "requires_payment_method"
    v1.setup_intents.confirm(saved.id, {"payment_method": card})
    assert stripe_sandbox.authenticate(saved.id) is None
    assert v1.setup_intents.retrieve(saved.id).status == "succeeded"
    with pytest.raises(ValueError, match="nothing waits"):
        stripe_sandbox.authenticate(saved.id)
