"""How the API behaves around the operations: keys, idempotency, errors, versions, faults."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import stripe

from sandbox.stripe.api.registry import ROUTES, Call, Route
from sandbox.stripe.flows.finishing import create_customer
from sandbox.stripe.testing import Handle, running_sandbox
from tests.contracts.sandbox_parts import Gifts, client_of


def problems(handle: Handle) -> list[str]:
    return [text for violation in handle.violations for text in violation.problems]


def test_the_same_key_gives_the_same_answer(stripe_sandbox: Handle, stripe_client: stripe.StripeClient) -> None:
    create = stripe_client.v1.checkout.sessions.create
    first = create(Gifts.params(2500), {"idempotency_key": "payment:17:1"})
    again = create(Gifts.params(2500), {"idempotency_key": "payment:17:1"})
    assert first.id == again.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert create(Gifts.params(2500), {"idempotency_key": "payment:17:2"}).id != first.id
    assert [r["idempotency_key"] for r in stripe_sandbox.requests] == ["payment:17:1", "payment:17:1", "payment:17:2"]


def test_the_same_key_with_other_parameters(stripe_client: stripe.StripeClient) -> None:
    create = stripe_client.v1.checkout.sessions.create
    create(Gifts.params(2500), {"idempotency_key": "payment:18:1"})
    with pytest.raises(stripe.IdempotencyError) as caught:
        create(Gifts.params(2600), {"idempotency_key": "payment:18:1"})
    assert caught.value.http_status == 400


def test_keys_are_forgotten_after_a_day_and_not_kept_for_refusals(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient
) -> None:
    create = stripe_client.v1.customers.create
    first = create({"name": "A"}, {"idempotency_key": "k"})
    stripe_sandbox.advance(86_401)
    assert create({"name": "A"}, {"idempotency_key": "k"}).id != first.id
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.refunds.create({"charge": "ch_none"}, {"idempotency_key": "r"})
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        stripe_client.v1.refunds.create({"charge": "ch_other"}, {"idempotency_key": "r"})


@pytest.mark.parametrize("key", ["sk_test_wrong", "sk_live_real"])
def test_a_wrong_key(stripe_sandbox: Handle, key: str) -> None:
    client = stripe.StripeClient(key, base_addresses={"api": stripe_sandbox.url})
    with pytest.raises(stripe.AuthenticationError) as caught:
        client.v1.customers.list()
    assert caught.value.http_status == 401
    assert caught.value.request_id


def test_another_version_is_refused(stripe_sandbox: Handle) -> None:
    client = client_of(stripe_sandbox, stripe_version="2020-08-27")
    with pytest.raises(stripe.InvalidRequestError, match="2020-08-27"):
        client.v1.customers.list()


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"foo": "bar"}, "parameter_unknown", "foo"),
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", "payment_method_types"),
        ({"ui_mode": "custom"}, None, "ui_mode"),
        ({"mode": None}, "parameter_missing", "mode"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"success_url": "thanks"}, "url_invalid", "success_url"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"customer_email": "nobody"}, "email_invalid", "customer_email"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"subscription_data": {"description": "x"}}, None, "subscription_data"),
        ({"expires_at": 1}, None, "expires_at"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
    ],
)
def test_refusals(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, change: dict[str, Any], code: str | None, param: str
) -> None:
    params = {name: value for name, value in {**Gifts.params(), **change}.items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.checkout.sessions.create(params)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.param) == (code, param)
    assert stripe_client.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize(("cents", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")])
def test_amounts_have_limits(gifts: Any, cents: int, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        gifts.once(cents)
    assert caught.value.code == code


def test_broken_requests_are_remembered(stripe_sandbox: Handle, stripe_client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.customers.create({"emial": "x"})  # type: ignore[typeddict-unknown-key]
    assert problems(stripe_sandbox) == ["unknown emial: Received unknown parameter: emial"]


def test_what_is_not_there_says_so(stripe_sandbox: Handle, stripe_client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.payment_links.list()
    assert caught.value.code == "sandbox_not_implemented"
    with pytest.raises(stripe.InvalidRequestError, match="hosted page and elements"):
        stripe_client.v1.checkout.sessions.create({**Gifts.params(), "ui_mode": "embedded_page"})
    stripe_client.v1.checkout.sessions.create({**Gifts.params(), "allow_promotion_codes": True})
    assert stripe_sandbox.ignored == ["post /v1/checkout/sessions: allow_promotion_codes"]


def test_unknown_objects(stripe_client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe_client.v1.charges.retrieve("ch_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_expansion(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any) -> None:
    session = gifts.once()
    stripe_sandbox.pay(session.id)
    listed = stripe_client.v1.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]})
    assert listed.data[0].latest_charge.balance_transaction.fee == 103
    for wrong in ("nonsense", "amount_total", "payment_intent.latest_charge.balance_transaction.source.customer"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            gifts.look(session, wrong)


def test_error_before_and_rate_limit_do_nothing(stripe_sandbox: Handle, stripe_client: stripe.StripeClient) -> None:
    for kind, error in (("error_before", stripe.APIError), ("rate_limit", stripe.RateLimitError)):
        stripe_sandbox.fault(kind, path="/v1/customers")
        with pytest.raises(error):
            stripe_client.v1.customers.create({"name": "A"}, {"idempotency_key": kind})
    assert stripe_client.v1.customers.list().data == []
    assert stripe_client.v1.customers.create({"name": "A"}, {"idempotency_key": "rate_limit"}).name == "A"


def test_error_after_has_done_it_and_is_repeated(stripe_sandbox: Handle, stripe_client: stripe.StripeClient) -> None:
    stripe_sandbox.fault("error_after", method="post")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            stripe_client.v1.customers.create({"name": "A"}, {"idempotency_key": "c:1"})
    assert len(stripe_client.v1.customers.list().data) == 1


def test_a_lost_answer_is_found_again_with_the_key(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient
) -> None:
    stripe_sandbox.fault("cut", method="post")
    with pytest.raises(stripe.APIConnectionError):
        stripe_client.v1.customers.create({"name": "A"}, {"idempotency_key": "c:2"})
    found = stripe_client.v1.customers.create({"name": "A"}, {"idempotency_key": "c:2"})
    assert [c.id for c in stripe_client.v1.customers.list().data] == [found.id]


def test_hanging(stripe_sandbox: Handle) -> None:
    client = client_of(stripe_sandbox, http_client=stripe.RequestsClient(timeout=0.2))
    stripe_sandbox.fault("hang", method="post", seconds=30)
    begun = time.monotonic()
    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create({"name": "A"}, {"idempotency_key": "c:3"})
    assert time.monotonic() - begun < 5
    assert len(client.v1.customers.list().data) == 1


def test_every_answer_has_its_headers(stripe_client: stripe.StripeClient) -> None:
    headers = stripe_client.v1.customers.list().last_response.headers
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == "2026-10-28.endive"


def test_an_unversioned_request_may_be_of_an_older_version(stripe_sandbox: Handle) -> None:
    """Stripe's command line names no version and still sends payment_method_types; Basic sign-in works."""
    form = {
        "mode": "payment",
        "success_url": "http://127.0.0.1/x",
        "payment_method_types[]": "card",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "500",
        "line_items[0][price_data][product_data][name]": "Mug",
    }
    user = base64.b64encode(f"{stripe_sandbox.api_key}:".encode()).decode()
    request = Request(
        f"{stripe_sandbox.url}/v1/checkout/sessions", urlencode(form).encode(), {"Authorization": f"Basic {user}"}
    )
    with urlopen(request, timeout=5) as answer:
        assert json.load(answer)["amount_total"] == 500


def test_the_sandbox_catches_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: an answer and an event that break the contract are recorded."""

    def broken(call: Call) -> dict[str, Any]:
        customer = create_customer(call.sandbox, balance="none")
        return {**customer, "colour": "red"}

    monkeypatch.setitem(ROUTES, "post /v1/customers", Route(broken, frozenset()))
    with running_sandbox(deliver="manual") as handle:
        client_of(handle).v1.customers.create({})
        found = {(violation.side, text) for violation in handle.violations for text in violation.problems}
    assert ("response", "unknown colour: Customer has no such field") in found
    assert ("response", "type balance: 'none': a text where the SDK has none") in found
    assert ("event", "type data.object.balance: 'none': a text where the SDK has none") in found


def test_a_crash_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen error inside undoes its writes and announces nothing."""

    def crashing(call: Call) -> dict[str, Any]:
        create_customer(call.sandbox, name="A")
        raise ZeroDivisionError

    monkeypatch.setitem(ROUTES, "post /v1/customers", Route(crashing, frozenset()))
    with running_sandbox(deliver="manual") as handle:
        client = client_of(handle)
        with pytest.raises(stripe.APIError):
            client.v1.customers.create({})
        assert client.v1.customers.list().data == []
        assert handle.events == []
