"""Checkout Sessions for elements and in setup mode, and updates while a donor is still choosing."""

from __future__ import annotations

import re
from typing import Any

import pytest
import stripe

from sandbox.stripe.testing import Handle
from tests.contracts.sandbox_parts import Gifts

RETURN = "http://127.0.0.1:8400/thanks"


def line(cents: int, interval: str | None = None) -> dict[str, Any]:
    price: dict[str, Any] = {"currency": "usd", "unit_amount": cents, "product_data": {"name": "A gift"}}
    if interval:
        price["recurring"] = {"interval": interval}
    return {"quantity": 1, "price_data": price}


def test_a_session_for_elements_has_a_secret_and_no_page(gifts: Gifts) -> None:
    for session in (gifts.in_page(), gifts.in_page(monthly=True), gifts.saving()):
        assert session.url is None
        assert re.fullmatch(rf"{session.id}_secret_\w+", session.client_secret)
        assert gifts.look(session).client_secret == session.client_secret
    assert gifts.once().client_secret is None


@pytest.mark.parametrize(
    "more",
    [
        {"success_url": RETURN},
        {"cancel_url": RETURN},
        {"submit_type": "donate"},
        {"custom_text": {"submit": {"message": "Thanks"}}},
        {"branding_settings": {"display_name": "KCNV"}},
        {"origin_context": "web"},
        {"redirect_on_completion": "always"},
        {"after_expiration": {"recovery": {"enabled": True}}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_what_only_a_page_of_stripe_has_is_refused_for_elements(gifts: Gifts, more: dict[str, Any]) -> None:
    given = {"mode": "payment", "ui_mode": "elements", "line_items": [line(2500)], "return_url": RETURN}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        gifts.client.v1.checkout.sessions.create({**given, **more})  # type: ignore[typeddict-item]
    assert refused.value.param == next(iter(more))


def test_elements_need_an_address_to_return_to_and_the_page_has_none(gifts: Gifts) -> None:
    given: Any = {"mode": "payment", "ui_mode": "elements", "line_items": [line(2500)]}
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        gifts.client.v1.checkout.sessions.create(given)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        gifts.once(return_url=RETURN)
    assert refused.value.param == "return_url"


def test_the_whole_list_of_lines_is_sent_again(gifts: Gifts) -> None:
    session = gifts.in_page(2500, line_items=[line(2500), line(100)])
    gift, cover = gifts.look(session, "line_items").line_items.data
    sessions = gifts.client.v1.checkout.sessions
    done: Any = sessions.update(
        session.id, {"line_items": [{"id": gift.id, **line(5000)}, {"id": cover.id}], "expand": ["line_items"]}
    )
    assert (done.amount_total, done.amount_subtotal) == (5100, 5100)
    assert [item.id for item in done.line_items.data] == [gift.id, cover.id]
    done = sessions.update(session.id, {"line_items": [{"id": gift.id, "quantity": 2}], "expand": ["line_items"]})
    assert (done.amount_total, len(done.line_items.data)) == (10000, 1)
    done = sessions.update(session.id, {"line_items": [line(300), {"id": gift.id}], "expand": ["line_items"]})
    assert [item.amount_total for item in done.line_items.data] == [300, 10000]
    with pytest.raises(stripe.InvalidRequestError, match="No such line item"):
        sessions.update(session.id, {"line_items": [{"id": cover.id}]})
    with pytest.raises(stripe.InvalidRequestError, match="recurring price"):
        sessions.update(session.id, {"line_items": [line(300, "month")]})  # type: ignore[list-item]
    assert gifts.look(session).amount_total == 10300


def test_a_monthly_gift_may_become_a_yearly_one(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page(1500, monthly=True)
    [old] = gifts.look(session, "line_items").line_items.data
    params: Any = {"line_items": [{"id": old.id, **line(12000, "year")}]}
    gifts.client.v1.checkout.sessions.update(session.id, params)
    assert stripe_sandbox.pay(session.id) is None
    done = gifts.look(session, "subscription", "invoice.payments")
    assert done.subscription["items"].data[0].price.recurring.interval == "year"
    assert done.invoice.payments.data[0].amount_paid == 12000


def test_a_declined_attempt_does_not_fix_the_amount(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page(2500)
    assert stripe_sandbox.pay(session.id, card="4000000000000002")
    update: Any = {
        "line_items": [line(4000)],
        "payment_intent_data": {"metadata": {"gift": "g1"}, "description": "A gift"},
        "metadata": {"seen": "yes"},
    }
    gifts.client.v1.checkout.sessions.update(session.id, update)
    assert stripe_sandbox.pay(session.id) is None
    done = gifts.look(session, "payment_intent.latest_charge.balance_transaction")
    assert done.metadata.to_dict() == {"seen": "yes"}
    assert done.payment_intent.metadata.to_dict() == {"gift": "g1"}
    assert done.payment_intent.latest_charge.amount == 4000
    assert done.payment_intent.latest_charge.balance_transaction.fee == 146


def test_only_an_open_session_for_elements_changes(gifts: Gifts, stripe_sandbox: Handle) -> None:
    sessions = gifts.client.v1.checkout.sessions
    page, paid, expired = gifts.once(), gifts.in_page(), gifts.in_page()
    stripe_sandbox.pay(paid.id)
    sessions.expire(expired.id)
    for session in (page, paid, expired):
        for given in ({"line_items": [line(900)]}, {"payment_intent_data": {"description": "x"}}):
            with pytest.raises(stripe.InvalidRequestError):
                sessions.update(session.id, given)  # type: ignore[arg-type]
        assert sessions.update(session.id, {"metadata": {"a": "b"}}).metadata.to_dict() == {"a": "b"}  # type: ignore[union-attr]  # it is set
    details: Any = {"shipping_details": {"name": "A", "address": {"country": "US", "line1": "1 Main St"}}}
    with pytest.raises(stripe.InvalidRequestError):
        sessions.update(page.id, {"collected_information": details})


def test_an_address_collected_elsewhere_is_noted(gifts: Gifts) -> None:
    session = gifts.in_page()
    details: Any = {"name": "Ada", "address": {"country": "US", "line1": "1 Main St"}}
    done: Any = gifts.client.v1.checkout.sessions.update(
        session.id, {"collected_information": {"shipping_details": details}}
    )
    assert done.collected_information.shipping_details.address.line1 == "1 Main St"


def test_filters_narrow_what_is_offered(gifts: Gifts) -> None:
    assert gifts.in_page().payment_method_types == ["card", "us_bank_account"]
    assert gifts.in_page(allowed_payment_method_types=["card"]).payment_method_types == ["card"]
    assert gifts.in_page(excluded_payment_method_types=["card"]).payment_method_types == ["us_bank_account"]
    with pytest.raises(stripe.InvalidRequestError, match="payment method types"):
        gifts.in_page(allowed_payment_method_types=["ideal"])
    options = gifts.in_page(payment_method_options={"card": {"request_three_d_secure": "challenge"}})
    assert options.payment_method_options.card.request_three_d_secure == "challenge"


def test_a_customer_is_made_when_asked_for(gifts: Gifts, stripe_sandbox: Handle) -> None:
    saved = {"payment_method_save": "enabled"}
    session = gifts.in_page(customer_creation="always", saved_payment_method_options=saved)
    assert session.saved_payment_method_options.payment_method_save == "enabled"
    stripe_sandbox.pay(session.id, email="ada@example.org", name="Ada")
    done = gifts.look(session, "customer")
    assert (done.customer.email, done.customer.name) == ("ada@example.org", "Ada")
    with pytest.raises(stripe.InvalidRequestError, match="customer_creation"):
        gifts.in_page(monthly=True, customer_creation="always")


@pytest.mark.parametrize("ui_mode", ["elements", "hosted_page"])
def test_a_method_is_saved_for_later(gifts: Gifts, stripe_sandbox: Handle, ui_mode: str) -> None:
    customer = gifts.client.v1.customers.create({"email": "ada@example.org"})
    session = gifts.saving(ui_mode, customer=customer.id, setup_intent_data={"metadata": {"a": "b"}})
    assert (session.amount_total, session.payment_status) == (None, "no_payment_required")
    assert stripe_sandbox.get(session.setup_intent)["status"] == "requires_payment_method"
    assert stripe_sandbox.pay(session.id, card="4000000000000002") == "Your card was declined."
    assert stripe_sandbox.get(session.setup_intent)["last_setup_error"]["decline_code"] == "generic_decline"
    assert stripe_sandbox.pay(session.id, card="4000000000000341") is None
    done = gifts.look(session, "setup_intent.payment_method")
    assert done.status == "complete"
    assert done.setup_intent.status == "succeeded"
    assert done.setup_intent.payment_method.customer == customer.id
    assert "setup_intent.succeeded" in [event["type"] for event in stripe_sandbox.events]


def test_saving_has_no_lines_and_needs_a_currency(gifts: Gifts) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="line_items"):
        gifts.saving(line_items=[line(2500)])
    given: Any = {"mode": "setup", "ui_mode": "elements", "return_url": RETURN}
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        gifts.client.v1.checkout.sessions.create(given)


def test_a_customer_session(gifts: Gifts) -> None:
    customer = gifts.client.v1.customers.create({"email": "ada@example.org"})
    components: Any = {"payment_element": {"enabled": True, "features": {"payment_method_save": "enabled"}}}
    made: Any = gifts.client.v1.customer_sessions.create({"customer": customer.id, "components": components})
    assert made.client_secret.startswith("cuss_secret_")
    assert made.components.payment_element.features.payment_method_save == "enabled"
    assert not made.components.buy_button.enabled
    off: Any = {"customer": customer.id, "components": {"buy_button": {"enabled": False}}}
    with pytest.raises(stripe.InvalidRequestError, match="at least one component"):
        gifts.client.v1.customer_sessions.create(off)
