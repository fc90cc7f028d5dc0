"""What is done over the API without a page: payments, holds, set-ups, disputes, payouts, invoices, subscriptions."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.stripe.testing import Handle

DAY = 86_400
PAID: dict[str, Any] = {"amount": 2000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}


@pytest.fixture
def v1(stripe_client: stripe.StripeClient) -> Any:
    return stripe_client.v1


def types(handle: Handle) -> list[str]:
    return [event["type"] for event in handle.events]


def test_a_payment_in_two_steps(v1: Any) -> None:
    intent = v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    assert intent.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        v1.payment_intents.confirm(intent.id)
    done = v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "expand": ["latest_charge"]})
    assert (done.status, done.amount_received, done.latest_charge.paid) == ("succeeded", 2000, True)
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        v1.payment_intents.confirm(intent.id)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_a_declined_card_is_kept_and_can_be_replaced(v1: Any, card: str, code: str, decline_code: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        v1.payment_intents.create({**PAID, "payment_method": card})
    refusal = caught.value.error
    assert refusal is not None
    assert (refusal.code, refusal.decline_code) == (code, decline_code)
    intent = v1.payment_intents.retrieve(refusal.payment_intent.id)
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)
    assert v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


@pytest.mark.parametrize(("cents", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")])
def test_amounts_have_limits_here_too(v1: Any, cents: int, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.payment_intents.create({**PAID, "amount": cents})
    assert caught.value.code == code


def test_a_hold_is_captured_once_and_in_part(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "capture_method": "manual"})
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 2000, 0)
    assert v1.charges.retrieve(intent.latest_charge).balance_transaction is None
    with pytest.raises(stripe.InvalidRequestError, match="at most what is capturable"):
        v1.payment_intents.capture(intent.id, {"amount_to_capture": 2001})
    done = v1.payment_intents.capture(intent.id, {"amount_to_capture": 1500})
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 1500, 0)
    charge = v1.charges.retrieve(intent.latest_charge, {"expand": ["balance_transaction"]})
    assert (charge.amount_captured, charge.balance_transaction.amount) == (1500, 1500)
    with pytest.raises(stripe.InvalidRequestError, match="could not be captured"):
        v1.payment_intents.capture(intent.id)
    assert types(stripe_sandbox).count("charge.captured") == 1


def test_a_bank_that_wants_to_see_its_customer(v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_card_authenticationRequired"})
    assert (intent.status, intent.next_action.type, intent.latest_charge) == (
        "requires_action",
        "use_stripe_sdk",
        None,
    )
    with pytest.raises(stripe.CardError) as caught:
        v1.payment_intents.create({**PAID, "payment_method": "pm_card_authenticationRequired", "off_session": True})
    assert caught.value.code == "authentication_required"


def test_cards_belong_to_one_customer(v1: Any) -> None:
    ada, bo = v1.customers.create({"name": "Ada"}), v1.customers.create({"name": "Bo"})
    card = v1.payment_methods.create({"type": "card", "card": {"token": "tok_mastercard"}})
    assert (card.card.brand, card.customer) == ("mastercard", None)
    with pytest.raises(stripe.InvalidRequestError, match="impossible"):
        v1.payment_methods.detach(card.id)
    assert v1.payment_methods.attach(card.id, {"customer": ada.id}).customer == ada.id
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        v1.payment_methods.attach(card.id, {"customer": bo.id})
    with pytest.raises(stripe.InvalidRequestError, match="belongs to a customer"):
        v1.payment_intents.create({**PAID, "payment_method": card.id, "customer": bo.id})
    assert v1.payment_intents.create({**PAID, "payment_method": card.id, "customer": ada.id}).status == "succeeded"
    assert v1.payment_methods.detach(card.id).customer is None
    assert v1.customers.payment_methods.list(ada.id).data == []


def test_what_a_payment_method_may_not_be_made_of(v1: Any) -> None:
    for card, message in (({"number": "4242424242424242"}, "unsafe"), ({"token": "tok_none"}, "No such token")):
        with pytest.raises(stripe.InvalidRequestError, match=message):
            v1.payment_methods.create({"type": "card", "card": card})
    with pytest.raises(stripe.CardError):
        v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": v1.customers.create({}).id})
    with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod"):
        v1.payment_intents.create({**PAID, "payment_method": "pm_card_invented"})


def test_saving_a_card(v1: Any) -> None:
    ada = v1.customers.create({"name": "Ada"})
    intent = v1.setup_intents.create({"customer": ada.id})
    with pytest.raises(stripe.CardError):
        v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})
    seen = v1.setup_intents.retrieve(intent.id)
    assert (seen.status, seen.last_setup_error.code) == ("requires_payment_method", "card_declined")
    done = v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_chargeCustomerFail"})
    assert (done.status, done.last_setup_error) == ("succeeded", None)
    assert v1.payment_methods.retrieve(done.payment_method).customer == ada.id
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        v1.setup_intents.cancel(intent.id)


def test_a_dispute_takes_the_money_and_a_fee(stripe_sandbox: Handle, v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_card_createDispute"})
    dispute = v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.amount, dispute.is_charge_refundable) == ("needs_response", 2000, False)
    assert (dispute.balance_transactions[0].net, dispute.balance_transactions[0].fee) == (-3500, 1500)
    assert v1.charges.retrieve(intent.latest_charge).disputed
    assert v1.disputes.close(dispute.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        v1.disputes.close(dispute.id)
    assert types(stripe_sandbox)[-3:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_an_inquiry_moves_no_money(v1: Any) -> None:
    intent = v1.payment_intents.create({**PAID, "payment_method": "pm_card_createDisputeInquiry"})
    dispute = v1.disputes.list({"charge": intent.latest_charge}).data[0]
    assert (dispute.status, dispute.balance_transactions) == ("warning_needs_response", [])
    assert v1.disputes.close(dispute.id).status == "warning_closed"


def test_a_payout_takes_what_is_there_and_arrives(stripe_sandbox: Handle, v1: Any) -> None:
    v1.payment_intents.create(PAID)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.payouts.create({"amount": 100, "currency": "usd"})
    assert caught.value.code == "balance_insufficient"
    v1.payment_intents.create({**PAID, "payment_method": "pm_card_bypassPending"})
    payout = v1.payouts.create({"amount": 1100, "currency": "usd"})
    assert v1.balance.retrieve().available[0].amount == 2000 - 88 - 1100
    assert payout.status == "pending"
    stripe_sandbox.advance(2 * DAY + 1)
    assert v1.payouts.retrieve(payout.id).status == "paid"
    assert types(stripe_sandbox).count("payout.paid") == 1


@pytest.fixture
def monthly(v1: Any) -> Any:
    product = v1.products.create({"name": "A monthly gift"})
    recurring = {"interval": "month"}
    return v1.prices.create({"product": product.id, "currency": "usd", "unit_amount": 1500, "recurring": recurring})


def with_card(v1: Any, card: str) -> Any:
    settings = {"default_payment_method": card}
    return v1.customers.create({"name": "Ada", "payment_method": card, "invoice_settings": settings})


def test_a_subscription_starts_paid_and_renews(stripe_sandbox: Handle, v1: Any, monthly: Any) -> None:
    ada = with_card(v1, "pm_card_visa")
    started = v1.subscriptions.create({"customer": ada.id, "items": [{"price": monthly.id}]})
    assert started.status == "active"
    stripe_sandbox.advance(32 * DAY)
    paid = v1.invoices.list({"subscription": started.id, "status": "paid"}).data
    assert [each.billing_reason for each in paid] == ["subscription_cycle", "subscription_create"]


def test_a_first_payment_that_fails_is_tried_no_more_and_runs_out(
    stripe_sandbox: Handle, v1: Any, monthly: Any
) -> None:
    ada = with_card(v1, "pm_card_chargeCustomerFail")
    started = v1.subscriptions.create({"customer": ada.id, "items": [{"price": monthly.id}]})
    invoice = v1.invoices.retrieve(started.latest_invoice)
    assert (started.status, invoice.status, invoice.next_payment_attempt) == ("incomplete", "open", None)
    with pytest.raises(stripe.CardError):
        v1.invoices.pay(invoice.id)
    stripe_sandbox.advance(DAY)
    assert v1.subscriptions.retrieve(started.id).status == "incomplete_expired"
    assert types(stripe_sandbox).count("invoice.payment_failed") == 2


def test_a_first_payment_that_is_made_good(stripe_sandbox: Handle, v1: Any, monthly: Any) -> None:
    ada = with_card(v1, "pm_card_chargeCustomerFail")
    started = v1.subscriptions.create({"customer": ada.id, "items": [{"price": monthly.id}]})
    better = v1.payment_methods.attach("pm_card_visa", {"customer": ada.id})
    v1.invoices.pay(started.latest_invoice, {"payment_method": better.id})
    stripe_sandbox.advance(DAY)
    assert v1.subscriptions.retrieve(started.id).status == "active"


def test_what_a_subscription_needs(v1: Any, monthly: Any) -> None:
    bare = v1.customers.create({"name": "Bo"})
    once = v1.prices.create({"product": monthly.product, "currency": "usd", "unit_amount": 500})
    refused: list[tuple[dict[str, Any], str]] = [
        ({"items": [{"price": monthly.id}]}, "customer"),
        ({"customer": bare.id}, "items"),
        ({"customer": bare.id, "items": [{"price": once.id}]}, "recurring"),
        ({"customer": bare.id, "items": [{"price": monthly.id}]}, "no active card"),
        ({"customer": bare.id, "items": [{"price": monthly.id}], "trial_period_days": 7}, "trial_period_days"),
    ]
    for params, message in refused:
        with pytest.raises(stripe.InvalidRequestError, match=message):
            v1.subscriptions.create(params)
    assert v1.subscriptions.list({"status": "all"}).data == []


def test_an_invoice_by_hand(stripe_sandbox: Handle, v1: Any) -> None:
    ada = with_card(v1, "pm_card_visa")
    v1.invoice_items.create({"customer": ada.id, "amount": 700, "currency": "usd", "description": "A mug"})
    v1.invoice_items.create({"customer": ada.id, "amount": 300, "currency": "usd"})
    draft = v1.invoices.create({"customer": ada.id, "pending_invoice_items_behavior": "include"})
    assert (draft.status, draft.total, len(draft.lines.data), draft.parent) == ("draft", 1000, 2, None)
    assert v1.invoices.create({"customer": ada.id}).total == 0
    v1.invoices.delete(draft.id)
    again = v1.invoices.create({"customer": ada.id, "pending_invoice_items_behavior": "include"})
    assert v1.invoices.pay(again.id).status == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="only delete draft"):
        v1.invoices.delete(again.id)
    stripe_sandbox.advance(90 * DAY)
    assert types(stripe_sandbox).count("invoice.paid") == 1


def test_a_deleted_customer_is_gone(v1: Any, monthly: Any) -> None:
    ada = with_card(v1, "pm_card_visa")
    started = v1.subscriptions.create({"customer": ada.id, "items": [{"price": monthly.id}]})
    assert v1.customers.delete(ada.id).deleted
    assert v1.customers.retrieve(ada.id).deleted
    assert v1.subscriptions.retrieve(started.id).status == "canceled"
    assert v1.customers.list().data == []
    for call in (
        lambda: v1.customers.update(ada.id, {"name": "B"}),
        lambda: v1.customers.delete(ada.id),
        lambda: v1.setup_intents.create({"customer": ada.id}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
            call()


def test_a_product_with_a_price_stays(v1: Any, monthly: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be deleted"):
        v1.products.delete(monthly.product)


BANK: dict[str, Any] = {
    "type": "us_bank_account",
    "us_bank_account": {
        "account_holder_type": "individual",
        "account_number": "000123456789",
        "routing_number": "110000000",
    },
    "billing_details": {"name": "Ada"},
}


def test_a_bank_debit_over_the_api(stripe_sandbox: Handle, v1: Any) -> None:
    account = v1.payment_methods.create(BANK)
    assert (account.us_bank_account.last4, account.billing_details.name) == ("6789", "Ada")
    intent = v1.payment_intents.create({**PAID, "payment_method": account.id})
    assert intent.status == "processing"
    stripe_sandbox.advance(5 * DAY)
    assert v1.payment_intents.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"account_number": "000000000001"}, "us_bank_account[account_number]"),
        ({"routing_number": "110000001"}, "us_bank_account[routing_number]"),
        ({"account_holder_type": None}, "us_bank_account[account_holder_type]"),
    ],
)
def test_bank_accounts_that_are_none(v1: Any, change: dict[str, Any], param: str) -> None:
    given = {name: value for name, value in {**BANK["us_bank_account"], **change}.items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.payment_methods.create({"type": "us_bank_account", "us_bank_account": given})
    assert caught.value.param == param
