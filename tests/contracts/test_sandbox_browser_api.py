"""What the browser asks of the sandbox: Stripe.js, frames, private endpoints, their faults. No browser needed."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from sandbox.stripe.testing import Handle, running_sandbox
from tests.contracts.sandbox_parts import Gifts, Receiver, client_of
from tests.harness import problems

KEY = "pk_test_sandbox"
MERCHANT = "http://127.0.0.1:8400"
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}


class Answer:
    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status, self.headers, self.text = status, headers, text
        self.body: Any = json.loads(text) if headers.get("Content-Type", "").startswith("application/json") else None


def fetch(url: str, form: dict[str, Any] | None = None, **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    body = None if form is None else urlencode(form)
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": MERCHANT, **headers}
    connection.request("GET" if form is None else "POST", parts.path, body, sent)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return Answer(answer.status, dict(answer.getheaders()), text)


class Browser:
    """A page's Stripe.js for one session."""

    def __init__(self, handle: Handle, session: Any) -> None:
        self.at = f"{handle.url}/v1/payment_pages/{session.id}"
        self.keys = {"key": KEY, "client_secret": session.client_secret}

    def init(self, **more: str) -> Answer:
        return fetch(f"{self.at}/init", {**self.keys, **more})

    def confirm(self, amount: int | None = 2500, email: str = "ada@example.org", **card: str) -> Answer:
        form: dict[str, Any] = {**self.keys, "email": email, "payment_method_data[type]": "card"}
        if amount is not None:
            form["expected_amount"] = amount
        form.update({f"payment_method_data[card][{name}]": value for name, value in {**CARD, **card}.items()})
        return fetch(f"{self.at}/confirm", form)

    def answer(self, answer: str) -> Answer:
        return fetch(f"{self.at}/authenticate", {**self.keys, "answer": answer})


@pytest.fixture
def page(gifts: Gifts, stripe_sandbox: Handle) -> Browser:
    return Browser(stripe_sandbox, gifts.in_page())


def test_the_page_learns_what_to_show(page: Browser) -> None:
    answer = page.init()
    session = answer.body["session"]
    assert session["total"]["total"] == {"minorUnitsAmount": 2500, "amount": "$25.00"}
    assert session["lineItems"][0]["name"] == "A gift"
    assert session["status"] == {"type": "open"}
    assert answer.headers["Access-Control-Allow-Origin"] == MERCHANT


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "sk_test_sandbox"},
        {"key": ""},
        {"client_secret": "cs_test_x_secret_y"},
        {"client_secret": ""},
        {"client_secret": "None"},
    ],
    ids=str,
)
def test_only_who_holds_the_secret(page: Browser, wrong: dict[str, str]) -> None:
    answer = page.init(**wrong)
    assert answer.status in (400, 401)
    assert "session" not in answer.body


def test_a_hosted_session_has_no_secret_to_guess(gifts: Gifts, stripe_sandbox: Handle) -> None:
    hosted = gifts.once()
    for secret in ("", "None", "null"):
        at = f"{stripe_sandbox.url}/v1/payment_pages/{hosted.id}/init"
        assert fetch(at, {"key": KEY, "client_secret": secret}).status == 400


def test_pages_of_other_machines_may_not_read(page: Browser) -> None:
    answer = fetch(f"{page.at}/init", page.keys, Origin="https://shop.example")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_was_shown_is_what_is_charged(page: Browser, gifts: Gifts, stripe_sandbox: Handle) -> None:
    for amount in (2400, None):
        refused = page.confirm(amount)
        assert (refused.status, refused.body["error"]["param"]) == (400, "expected_amount")
    assert page.confirm(2400).body["error"]["code"] == "checkout_amount_mismatch"
    assert stripe_sandbox.sandbox.store.all("payment_intent") == []
    done = page.confirm()
    assert (done.status, done.body["session"]["status"]) == (200, {"type": "complete", "paymentStatus": "paid"})
    assert done.body["session"]["email"] == "ada@example.org"
    assert page.confirm().status == 400
    assert [event["type"] for event in stripe_sandbox.events].count("charge.succeeded") == 1


def test_the_amount_of_a_changed_session(page: Browser, gifts: Gifts) -> None:
    session_id = page.at.rpartition("/")[2]
    price = {"currency": "usd", "unit_amount": 4000, "product_data": {"name": "More"}}
    gifts.client.v1.checkout.sessions.update(
        session_id,
        {"line_items": [{"quantity": 1, "price_data": price}]},  # type: ignore[list-item]  # a plain dict
    )
    assert page.confirm(2500).body["error"]["code"] == "checkout_amount_mismatch"
    assert page.confirm(4000).status == 200


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ({"number": "4000000000000002"}, "card_declined", "generic_decline"),
        ({"number": "4000000000009987"}, "card_declined", "lost_card"),
        ({"number": "4000000000000069"}, "expired_card", "expired_card"),
        ({"number": "4242424242424241"}, "incorrect_number", None),
        ({"number": "4111111111111111"}, "card_declined", "test_mode_live_card"),
        ({"cvc": "12"}, "invalid_cvc", None),
        ({"exp_month": "13"}, "invalid_expiry_month", None),
        ({"exp_year": "2020"}, "invalid_expiry_year", None),
    ],
)
def test_refusals(page: Browser, card: dict[str, str], code: str, decline_code: str | None) -> None:
    answer = page.confirm(**card)
    assert answer.status == 402
    assert (answer.body["error"]["code"], answer.body["error"].get("decline_code")) == (code, decline_code)
    assert page.init().body["session"]["status"] == {"type": "open"}


def test_an_address_is_needed(page: Browser) -> None:
    assert page.confirm(email="ada").body["error"]["param"] == "email"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"payment_method_data": "card"},
        {"payment_method_data[type]": "cash"},
        {"payment_method_data[type]": "card"},
        {"payment_method_data[type]": "card", "payment_method_data[card]": "4242424242424242"},
        {"payment_method_data[type]": "card", "payment_method_data[billing_details][address]": "x"},
        {"payment_method_data[type]": "us_bank_account", "payment_method_data[us_bank_account]": "x"},
        {"payment_method_data[type]": "us_bank_account", "payment_method_data[billing_details][name]": "Ada"},
        {"payment_method_data[0][type]": "card"},
        {"payment_method[]": "pm_1"},
        {"payment_method_data[card]": "a", "payment_method_data[card][number]": "b"},
        {"key[]": "pk_test_x"},
    ],
    ids=str,
)
def test_nonsense_is_refused_in_words(page: Browser, form: dict[str, str], stripe_sandbox: Handle) -> None:
    given = {**page.keys, "expected_amount": 2500, "email": "ada@example.org", **form}
    answer = fetch(f"{page.at}/confirm", given)
    assert 400 <= answer.status < 500
    assert answer.body["error"]["message"]
    assert stripe_sandbox.sandbox.store.all("payment_intent") == []


def test_the_challenge(page: Browser) -> None:
    assert page.answer("complete").status == 400
    assert page.confirm(number="4000002760003184").body["next_action"] == {"type": "use_stripe_sdk"}
    failed = page.answer("close")
    assert (failed.status, failed.body["error"]["code"]) == (402, "payment_intent_authentication_failure")
    assert page.init().body["session"]["lastPaymentError"]["message"].startswith("We are unable to authenticate")
    page.confirm(number="4000002760003184")
    assert page.answer("complete").body["session"]["status"]["type"] == "complete"


def test_a_changed_session_gives_the_challenge_up(page: Browser, gifts: Gifts) -> None:
    session_id = page.at.rpartition("/")[2]
    page.confirm(number="4000002760003184")
    gifts.client.v1.checkout.sessions.update(session_id, {"payment_intent_data": {"description": "Changed"}})
    intent: Any = gifts.look(gifts.client.v1.checkout.sessions.retrieve(session_id), "payment_intent").payment_intent
    assert (intent.status, intent.description, intent.next_action) == ("requires_payment_method", "Changed", None)
    assert page.answer("complete").status == 400


def test_stripes_command_line_comes_with_a_secret_key(gifts: Gifts, stripe_sandbox: Handle) -> None:
    first, second = gifts.once(), gifts.saving()
    stripe_sandbox.pay(second.id)
    method = gifts.look(second, "setup_intent").setup_intent.payment_method
    at, key = f"{stripe_sandbox.url}/v1/payment_pages/{first.id}", f"Bearer {stripe_sandbox.api_key}"
    assert fetch(at, None, Authorization=key).body["id"] == first.id
    assert fetch(at, None, Authorization="Bearer sk_test_wrong").status == 401
    form = {"payment_method": "pm_none", "expected_amount": 2500}
    assert fetch(f"{at}/confirm", form, Authorization=key).status == 400
    done = fetch(f"{at}/confirm", {**form, "payment_method": method}, Authorization=key)
    assert (done.body["status"], done.body["payment_status"]) == ("complete", "paid")


# What breaks on demand ---------------------------------------------------------------------------------------


def test_faults_of_the_private_endpoints(page: Browser, stripe_sandbox: Handle) -> None:
    for kind, status in (("error_before", 500), ("rate_limit", 429)):
        stripe_sandbox.fault(kind, path="/v1/payment_pages/")
        assert page.confirm().status == status
    assert stripe_sandbox.sandbox.store.all("payment_intent") == []
    stripe_sandbox.fault("hang", path="/v1/payment_pages/", seconds=0.2)
    assert page.init().status == 200
    stripe_sandbox.fault("cut", path="/v1/payment_pages/")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        page.init()
    stripe_sandbox.fault("error_after", path="/v1/payment_pages/")
    assert page.confirm().status == 500
    assert page.init().body["session"]["status"]["type"] == "complete"


def test_the_script_and_the_frames(stripe_sandbox: Handle) -> None:
    script = fetch(f"{stripe_sandbox.url}/endive/stripe.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "window.Stripe = Stripe" in script.text
    for name in ("payment", "express", "wallet", "3d_secure"):
        frame = fetch(f"{stripe_sandbox.url}/elements/{name}")
        policy = frame.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors http://127.0.0.1:*" in policy
        assert problems(frame.text, policy) == []
        assert frame.text.count("<script") == 1
    assert fetch(f"{stripe_sandbox.url}/elements/other").status == 404
    stripe_sandbox.fault("script_down")
    assert fetch(f"{stripe_sandbox.url}/endive/stripe.js").status == 503
    stripe_sandbox.fault("element_down")
    assert fetch(f"{stripe_sandbox.url}/elements/payment").status == 503
    assert fetch(f"{stripe_sandbox.url}/elements/payment").status == 200


def test_the_controls_know_wallets_and_debits(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page()
    controls = f"{stripe_sandbox.url}/_sandbox"
    assert fetch(f"{controls}/wallets", {"wallets": "apple_pay,link"}).body == {"wallets": ["apple_pay", "link"]}
    assert Browser(stripe_sandbox, session).init().body["wallets"] == ["apple_pay", "link"]
    assert fetch(f"{controls}/wallets", {"wallets": "gold"}).status == 400
    assert fetch(f"{controls}/pay-by-bank/{session.id}", {"account": "1"}).status == 400
    assert fetch(f"{controls}/pay-by-bank/{session.id}", {}).body == {"declined": None}
    assert fetch(f"{controls}/debits", {"sent_back": "no_account"}).body == {"answered": 1}
    assert gifts.look(session).payment_status == "unpaid"


def test_the_newest_event_goes_first(stripe_receiver: Receiver) -> None:
    with running_sandbox(deliver="manual", webhook_url=stripe_receiver.url) as handle:
        handle.fault("webhook_reorder", type="checkout.session.completed")
        first = Gifts(client_of(handle)).in_page()
        handle.pay_by_bank(first.id)
        handle.deliver_now()
        assert "checkout.session.completed" not in stripe_receiver.types
        handle.settle_debits()
        handle.deliver_now()
        handle.deliver_now()
    order = stripe_receiver.types
    later = order.index("checkout.session.async_payment_succeeded")
    assert order.index("checkout.session.completed") > later


def test_a_wallets_card_says_so(page: Browser, gifts: Gifts) -> None:
    form: dict[str, Any] = {**page.keys, "expected_amount": 2500, "email": "w@example.org"}
    form.update({f"payment_method_data[card][{name}]": CARD[name] for name in ("number", "exp_month", "exp_year")})
    form.update({"payment_method_data[type]": "card", "payment_method_data[card][wallet][type]": "apple_pay"})
    assert fetch(f"{page.at}/confirm", form).status == 200
    session_id = page.at.rpartition("/")[2]
    paid: Any = gifts.client.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent.latest_charge"]})
    assert paid.payment_intent.latest_charge.payment_method_details.card.wallet.type == "apple_pay"


def test_a_publishable_key_opens_nothing_else(stripe_sandbox: Handle) -> None:
    client = stripe.StripeClient(KEY, base_addresses={"api": stripe_sandbox.url}, max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError):
        client.v1.customers.list()


def test_the_overview_sets_wallets_and_answers_debits(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page()
    stripe_sandbox.pay_by_bank(session.id)
    assert "1 pending debit" in fetch(f"{stripe_sandbox.url}/").text
    assert fetch(f"{stripe_sandbox.url}/debits", {"sent_back": "no_account"}).status == 303
    assert fetch(f"{stripe_sandbox.url}/wallets", {"wallet": "link"}).status == 303
    shown = fetch(f"{stripe_sandbox.url}/").text
    assert "pending debit" not in shown
    assert 'value="link" checked' in shown
    intent: Any = gifts.look(session, "payment_intent").payment_intent
    assert intent.last_payment_error.code == "no_account"
