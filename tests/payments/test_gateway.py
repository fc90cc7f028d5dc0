"""The edge: Stripe's objects become ours, whatever is missing in them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.db import transaction
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.payments.gateway import CheckoutOrder, HostedPage, Ours, fetch_charge, objects, params_of, shown
from station.payments.gateway.objects import charged_of, paying_of, payment_of
from station.payments.gateway.parts import ours_of
from station.payments.gateway.standing import order_of
from station.payments.models import Interval


def charge(**more: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "status": "succeeded",
        "paid": True,
        "payment_intent": "pi_1",
        "amount_captured": 1500,
        "currency": "usd",
        "created": 1_800_000_000,
        "livemode": False,
        "balance_transaction": None,
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        **more,
    }


@pytest.mark.parametrize(
    ("details", "label"),
    [
        ({"type": "card", "card": {"brand": "visa", "last4": "4242"}}, "Visa ending 4242"),
        ({"type": "card", "card": {"brand": "amex", "last4": "0005"}}, "American Express ending 0005"),
        ({"type": "card", "card": {"brand": "new_brand", "last4": "1"}}, "New Brand ending 1"),
        ({"type": "card", "card": {"brand": None, "last4": None}}, "Card"),
        (
            {"type": "us_bank_account", "us_bank_account": {"bank_name": "STRIPE TEST BANK", "last4": "6789"}},
            "STRIPE TEST BANK ending 6789",
        ),
        ({"type": "us_bank_account", "us_bank_account": {"last4": "6789"}}, "Bank account ending 6789"),
        ({"type": "cashapp", "cashapp": {}}, "Cashapp"),
        ({"type": "link"}, "Link"),
        (None, ""),
    ],
)
def test_what_a_donor_calls_the_method(details: Any, label: str) -> None:
    found = charged_of(charge(payment_method_details=details))
    assert found is not None
    assert found.method_label == label


def test_a_fee_is_known_once_its_balance_transaction_is() -> None:
    early = charged_of(charge())
    unexpanded = charged_of(charge(balance_transaction="txn_1"))
    known = charged_of(charge(balance_transaction={"id": "txn_1", "fee": 74, "currency": "usd"}))
    assert early
    assert unexpanded
    assert known
    assert (early.fee_cents, unexpanded.fee_cents, known.fee_cents) == (None, None, 74)
    assert (unexpanded.balance_transaction, known.balance_transaction) == (None, "txn_1")


@pytest.mark.parametrize("more", [{"status": "pending"}, {"status": "failed", "paid": False}, {"paid": False}])
def test_a_charge_without_money_is_none(more: dict[str, Any]) -> None:
    assert charged_of(charge(**more)) is None


@pytest.mark.parametrize(
    ("status", "money", "processing", "failed"),
    [
        ("succeeded", True, False, False),
        ("processing", False, True, False),
        ("requires_payment_method", False, False, True),
        ("canceled", False, False, True),
        ("requires_action", False, False, False),
    ],
)
def test_how_far_a_payment_is(status: str, money: bool, processing: bool, failed: bool) -> None:
    found = paying_of({"status": status, "latest_charge": charge(), "last_payment_error": None})
    assert (found.charged is not None, found.processing, found.failed) == (money, processing, failed)


def test_ids_of_other_programs_are_not_ours() -> None:
    payment_id = new_id()
    mine = {"namespace": "station", "payment": public_id("pay", payment_id)}
    assert ours_of(mine) == Ours(payment_id, None)
    for other in (None, {}, {"payment": mine["payment"]}, {**mine, "namespace": "shop"}):
        assert ours_of(other) == Ours()
    assert ours_of({"namespace": "station", "payment": "pay_nonsense"}) == Ours()


@given(st.uuids(), st.uuids(), st.integers(50, 99_999_999))
def test_our_ids_come_back_as_they_went(payment_id: UUID, subscription_id: UUID, cents: int) -> None:
    params = params_of(
        CheckoutOrder(
            payment_id, subscription_id, Money(cents), HostedPage("Gift", "a@example.org", "s", "c"), Interval.MONTH
        )
    )
    assert ours_of(params["metadata"]) == Ours(payment_id, subscription_id)
    assert params["line_items"][0]["price_data"]["unit_amount"] == cents
    assert params["line_items"][0]["price_data"]["recurring"] == {"interval": "month"}
    assert "payment_method_types" not in params


def test_the_payment_that_succeeded_is_the_one_of_the_invoice() -> None:
    rows = [
        {"status": "paid", "created": 1, "payment": {"payment_intent": "pi_paid"}},
        {"status": "open", "created": 2, "payment": {"payment_intent": "pi_open"}},
    ]
    assert payment_of({"payments": {"data": rows}}) == {"payment_intent": "pi_paid"}
    assert payment_of({"payments": {"data": rows[1:]}}) == {"payment_intent": "pi_open"}
    assert payment_of({"payments": {"data": []}}) is None
    assert payment_of({}) is None


def test_a_subscriptions_period_is_on_its_items() -> None:
    found = order_of(
        {
            "id": "sub_1",
            "metadata": {},
            "status": "active",
            "customer": {"id": "cus_1"},
            "livemode": False,
            "cancellation_details": {"reason": "payment_failed"},
            "items": {"data": [{"current_period_end": 200}, {"current_period_end": 100}]},
        }
    )
    assert (found.period_end, found.customer, found.end_reason) == (objects.instant(100), "cus_1", "payment failed")


def test_stripe_is_never_called_inside_a_transaction(app: object) -> None:
    with transaction(), pytest.raises(RuntimeError, match="inside a transaction"):
        fetch_charge("ch_1")


def test_a_shown_event_tells_what_matters_and_hides_what_pays() -> None:
    session = {"id": "cs_1", "object": "checkout.session", "client_secret": "cs_1_secret_x", "status": "complete"}
    deep = {"items": [{"setup": {"client_secret": "seti_secret_y", "secret": "z"}}], "empty_secret": None}
    event = {"id": "evt_1", "data": {"object": {**session, **deep, "amount_total": 1500, "currency": "usd"}}}
    event["data"]["previous_attributes"] = {"status": "open"}
    found = shown(json.dumps(event))
    assert "secret_" not in found.body.replace('"empty_secret"', "")
    assert (found.body.count("(not shown)"), '"z"' in found.body) == (3, False)
    assert '"empty_secret": null' in found.body
    assert found.facts == [
        ("Object", "checkout.session cs_1"),
        ("Status", "complete"),
        ("Amount total", "$15.00"),
        ("Changed", "status"),
    ]


@pytest.mark.parametrize("raw", ["", "no", "{}", '{"data": 1}', '{"data": {"object": []}}', "[]"])
def test_an_event_that_cannot_be_read_is_shown_as_it_came(raw: str) -> None:
    assert (shown(raw).body, shown(raw).facts) == (raw, [])
