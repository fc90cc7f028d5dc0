"""The contract checker, calibrated: it accepts Stripe's own samples and catches what is broken on purpose."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.stripe.contract import check_event, check_object, check_request, find_operation, operations, sdk
from sandbox.stripe.contract.incoming import _hints
from sandbox.stripe.core.formdata import decode
from sandbox.stripe.core.shapes import PREFIXES, make

SAMPLES = json.loads(Path(__file__).with_name("contract_samples.json").read_text())["resources"]
DRIFT = {  # the samples are three months older than the SDK
    "invoice": {"subscription"},  # gone since 2025-03-31.basil
    "dispute": {"evidence_details.submission_method"},  # new
}
CREATE = "/v1/checkout/sessions"


def problems_of(path: str, pairs: dict[str, str], method: str = "POST") -> set[tuple[str, str]]:
    operation = find_operation(method, path)
    assert operation is not None
    _, problems = check_request(operation, decode(pairs.items()))
    return {(problem.kind, problem.where) for problem in problems}


GOOD = {
    "mode": "payment",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "2500",
    "line_items[0][price_data][product_data][name]": "A gift",
    "success_url": "http://127.0.0.1/x",
    "metadata[gift]": "17",
    "expand[0]": "line_items",
}


def test_every_operation_of_the_sdk_is_read() -> None:
    found = operations()
    assert len(found) > 500
    for operation in found.values():
        assert operation.answer_type is not None
        if operation.params_type is not None:
            assert isinstance(_hints(operation.params_type), dict)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_positive_control_stripes_own_samples(name: str) -> None:
    found = {problem.where for problem in check_object(SAMPLES[name], closed=False)}
    assert found == DRIFT.get(name, set())


def test_a_good_request_is_typed_and_has_no_problem() -> None:
    operation = find_operation("POST", CREATE)
    assert operation is not None
    params, problems = check_request(operation, decode(GOOD.items()))
    assert problems == []
    assert params["line_items"][0]["price_data"]["unit_amount"] == 2500
    assert params["expand"] == ["line_items"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"foo": "1"}, ("unknown", "foo")),
        ({"payment_method_types[0]": "card"}, ("unknown", "payment_method_types")),
        ({"ui_mode": "custom"}, ("enum", "ui_mode")),
        ({"ui_mode": "hosted"}, ("enum", "ui_mode")),
        ({"line_items[0][quantity]": "one"}, ("type", "line_items[0][quantity]")),
        ({"line_items[0][quantity]": "1.0"}, ("type", "line_items[0][quantity]")),
        ({"line_items[0][price_data][unit_amuont]": "1"}, ("unknown", "line_items[0][price_data][unit_amuont]")),
        (
            {"line_items[0][price_data][recurring][interval_count]": "1"},
            ("missing", "line_items[0][price_data][recurring][interval]"),
        ),
        ({"customer_email": ""}, ("empty", "customer_email")),
        ({"metadata[gift][x]": "1"}, ("type", "metadata[gift]")),
        ({"allow_promotion_codes": "yes"}, ("type", "allow_promotion_codes")),
        ({"idempotency_key": "x"}, ("unknown", "idempotency_key")),
    ],
)
def test_negative_control_requests(change: dict[str, str], expected: tuple[str, str]) -> None:
    pairs = {
        name: value for name, value in GOOD.items() if not any(name.startswith(c.split("[x]")[0]) for c in change)
    }
    assert expected in problems_of(CREATE, {**pairs, **change})


def test_negative_control_missing_required() -> None:
    pairs = {name: value for name, value in GOOD.items() if "currency" not in name}
    assert problems_of(CREATE, pairs) == {("missing", "line_items[0][price_data][currency]")}


@pytest.mark.parametrize("name", sorted(PREFIXES))
def test_generated_objects_are_complete(name: str) -> None:
    cls = {"item": "stripe._line_item.LineItem", "line_item": "stripe._invoice_line_item.InvoiceLineItem"}.get(name)
    if cls is not None:
        module, _, short = cls.rpartition(".")
        known = sdk.fields(sdk.by_name(short, module))
        assert set(make(name, 1)) <= set(known)
    elif name != "event":
        assert check_object(make(name, 1)) == []


def broken(**changes: Any) -> dict[str, Any]:
    whole = copy.deepcopy(make("payment_intent", 1, amount=100, currency="usd"))
    for name, value in changes.items():
        if value is ...:
            del whole[name]
        else:
            whole[name] = value
    return whole


@pytest.mark.parametrize(
    ("changes", "kind", "where"),
    [
        ({"charges": {"object": "list", "data": []}}, "unknown", "charges"),
        ({"invoice": "in_1"}, "unknown", "invoice"),
        ({"amount": ...}, "missing", "amount"),
        ({"amount": None}, "type", "amount"),
        ({"amount": "100"}, "type", "amount"),
        ({"amount": True}, "type", "amount"),
        ({"livemode": 0}, "type", "livemode"),
        ({"status": "paid"}, "enum", "status"),
        ({"metadata": {"a": 1}}, "type", "metadata.a"),
        ({"latest_charge": {"object": "charge", "id": "ch_1"}}, "missing", "latest_charge.amount"),
        ({"payment_method_types": "card"}, "type", "payment_method_types"),
        ({"object": "payment_intents"}, "type", "object"),
    ],
)
def test_negative_control_objects(changes: dict[str, Any], kind: str, where: str) -> None:
    assert check_object(broken()) == []
    assert (kind, where) in {(p.kind, p.where) for p in check_object(broken(**changes))}


def test_negative_control_events() -> None:
    def event(**more: Any) -> dict[str, Any]:
        plain = make("event", 1, type="payment_intent.created", api_version=sdk.API_VERSION)
        return {**plain, "data": {"object": broken()}, **more}

    assert check_event(event()) == []
    assert check_event(event(type="payment_intent.invented"))
    assert check_event(event(api_version="2020-08-27"))
    assert check_event(event(data={"object": broken(amount=None)}))
    assert check_event(event(data={}))


def test_old_fields_are_gone() -> None:
    """The facts most examples get wrong (docs.stripe.com/changelog/basil)."""
    gone = {"subscription": "current_period_end", "invoice": "payment_intent", "charge": "invoice"}
    for name, field in gone.items():
        assert ("unknown", field) in {(p.kind, p.where) for p in check_object(make(name, 1, **{field: None}))}
