"""The hosted page and the overview, as a browser without script sees them."""

from __future__ import annotations

import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from sandbox.stripe.testing import Handle

GOOD = {"number": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123", "name": "Ada", "email": "ada@example.org"}


class Page:
    def __init__(self, status: int, text: str, headers: dict[str, str]) -> None:
        self.status, self.text, self.headers = status, text, headers


def fetch(url: str, form: dict[str, str] | None = None, host: str | None = None) -> Page:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    if host:
        headers["Host"] = host
    body = urlencode(form) if form is not None else None
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request("POST" if form is not None else "GET", target, body, headers)
    answer = connection.getresponse()
    page = Page(answer.status, answer.read().decode(), dict(answer.getheaders()))
    connection.close()
    return page


def test_the_page_says_what_it_is(gifts: Any) -> None:
    session = gifts.once(2500, submit_type="donate", customer_email="ada@example.org")
    page = fetch(session.url)
    assert page.status == 200
    for text in (
        "no real money",
        "$25.00",
        "Donate $25.00",
        "A gift",
        "ada@example.org",
        "4242 4242 4242 4242",
        'href="http://127.0.0.1:8400/give"',
        'autocomplete="cc-number"',
        "<h1>",
    ):
        assert text in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    for name in re.findall(r'<input id="([^"]+)"', page.text):
        assert f'<label for="{name}"' in page.text
    monthly = fetch(gifts.monthly(1500).url)
    assert "Subscribe $15.00 every month" in monthly.text
    assert 'id="email"' in monthly.text


def test_paying_goes_back_to_the_merchant(stripe_sandbox: Handle, gifts: Any) -> None:
    session = gifts.once()
    page = fetch(session.url, GOOD)
    assert page.status == 303
    assert page.headers["Location"] == f"http://127.0.0.1:8400/thanks?session={session.id}"
    again = fetch(session.url, GOOD)
    assert (again.status, "complete" in again.text) == (200, True)
    assert 'name="number"' not in fetch(session.url).text
    assert [event["type"] for event in stripe_sandbox.events].count("charge.succeeded") == 1


def test_many_clicks_at_once_pay_once(stripe_sandbox: Handle, gifts: Any) -> None:
    session = gifts.once()
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda _: fetch(session.url, GOOD), range(8)))
    assert sorted(page.status for page in pages) == [200] * 7 + [303]
    assert [event["type"] for event in stripe_sandbox.events].count("payment_intent.created") == 1


def test_a_decline_is_told_and_the_entry_kept(gifts: Any) -> None:
    session = gifts.once()
    page = fetch(session.url, {**GOOD, "number": "4000000000000002"})
    assert page.status == 402
    assert "Your card was declined." in page.text
    assert 'role="alert"' in page.text
    assert 'value="Ada"' in page.text
    assert "4000000000000002" not in page.text, "a card number is never sent back"
    assert fetch(session.url, {**GOOD, "number": "4000 0000 0000 9995"}).text.count("insufficient funds.") == 2
    assert fetch(session.url, GOOD).status == 303


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("number", "4111111111111111", "Your card number is invalid."),
        ("number", "", "Enter a card number."),
        ("expiry", "13 / 40", "Enter the expiry date"),
        ("expiry", "01 / 20", "in the past"),
        ("cvc", "12", "Enter the security code"),
        ("email", "ada", "Enter an email address"),
        ("name", " ", "Enter the name on the card."),
    ],
)
def test_mistakes(stripe_sandbox: Handle, gifts: Any, field: str, value: str, message: str) -> None:
    page = fetch(gifts.once().url, {**GOOD, field: value})
    assert page.status == 422
    assert message in page.text
    assert f'id="{field}-error"' in page.text
    assert stripe_sandbox.events == []


def test_what_is_typed_is_escaped(gifts: Any) -> None:
    page = fetch(gifts.once().url, {**GOOD, "number": "", "name": '"><b>x'})
    assert "<b>x" not in page.text


def test_expired_and_unknown_sessions(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any) -> None:
    session = gifts.once()
    stripe_client.v1.checkout.sessions.expire(session.id)
    assert "has expired" in fetch(session.url).text
    assert "has expired" in fetch(session.url, GOOD).text
    assert fetch(stripe_sandbox.url + "/c/pay/cs_test_none").status == 404


def test_the_overview_and_its_buttons(stripe_sandbox: Handle, gifts: Any) -> None:
    assert "None yet." in fetch(stripe_sandbox.url + "/").text
    stripe_sandbox.set_webhook("http://127.0.0.1:9/hooks")
    session = gifts.monthly()
    stripe_sandbox.pay(session.id)
    subscription = gifts.look(session).subscription
    assert fetch(f"{stripe_sandbox.url}/decline-next/{subscription}", {}).status == 303
    assert "will be declined" in fetch(stripe_sandbox.url + "/").text
    assert fetch(f"{stripe_sandbox.url}/renew/{subscription}", {}).status == 303
    assert stripe_sandbox.get(subscription)["status"] == "past_due"
    assert f"/i/{stripe_sandbox.get(subscription)['latest_invoice']}" in fetch(stripe_sandbox.url + "/").text
    event = stripe_sandbox.events[0]["id"]
    assert fetch(f"{stripe_sandbox.url}/send-again/{event}", {}).status == 303
    assert fetch(stripe_sandbox.url + "/clock", {"days": "1"}).status == 303
    assert fetch(stripe_sandbox.url + "/fault", {"kind": "error_before"}).status == 303
    text = fetch(stripe_sandbox.url + "/").text
    for part in ("past_due", "Send again", "Renew now", "error_before", "moved 1.0 days", "declined"):
        assert part in text
    assert fetch(stripe_sandbox.url + "/renew/sub_none", {}).status == 404


def test_what_banks_do_is_at_a_button(stripe_sandbox: Handle, stripe_client: stripe.StripeClient, gifts: Any) -> None:
    session = gifts.once()
    stripe_sandbox.pay(session.id)
    intent = gifts.look(session).payment_intent
    fetch(f"{stripe_sandbox.url}/play/inquire/{intent}", {})
    shown = fetch(stripe_sandbox.url + "/").text
    assert "warning_needs_response" in shown
    dispute = stripe_client.v1.disputes.list().data[0]
    assert f"/play/escalate/{dispute.id}" in shown
    assert fetch(f"{stripe_sandbox.url}/play/inquire/{intent}", {}).status == 400
    other = gifts.once()
    stripe_sandbox.pay(other.id)
    refund = stripe_client.v1.refunds.create({"payment_intent": gifts.look(other).payment_intent})
    fetch(f"{stripe_sandbox.url}/play/end_refund/{refund.id}", {"status": "failed"})
    assert stripe_client.v1.refunds.retrieve(refund.id).status == "failed"
    fetch(f"{stripe_sandbox.url}/play/payout", {})
    payout = stripe_client.v1.payouts.list().data[0]
    assert f"/play/fail_payout/{payout.id}" in fetch(stripe_sandbox.url + "/").text


def test_another_host_name_is_refused(stripe_sandbox: Handle) -> None:
    assert fetch(stripe_sandbox.url + "/", host="evil.example").status == 403
