"""Stripe's door, harder: bytes as they come, whatever the headers say; and what Stripe is told to post there."""

from __future__ import annotations

import hmac
import io
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.core import runtime
from station.core.db import db
from station.payments.cli import group
from station.payments.gateway import API_VERSION
from station.payments.models import StripeEvent
from station.payments.policies import FOLDED, HOOK
from tests.conftest import changed
from tests.payments.parts import count, work_items
from tests.payments.test_inbox import SECRET, body, jobs, post, signed


def signed_bytes(raw: bytes) -> dict[str, str]:
    """A header over any bytes, as somebody who knows the secret could make it."""
    at = int(time.time())
    proof = hmac.new(SECRET.encode(), b"%d." % at + raw, "sha256").hexdigest()
    return {"Stripe-Signature": f"t={at},v1={proof}"}


def stored() -> int:
    return count(StripeEvent) + len(jobs())


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/json; charset=latin-1", "nonsense"])
def test_the_raw_body_counts_and_not_what_it_is_called(client: FlaskClient, kind: str | None) -> None:
    raw = body()
    assert client.post(HOOK, data=raw, headers=signed(raw), content_type=kind).status_code == 200
    assert db.session().get_one(StripeEvent, "evt_1").raw == raw.decode()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_calls_itself_a_form_is_refused(client: FlaskClient, kind: str) -> None:
    answer = client.post(HOOK, data=body(), headers=signed(body()), content_type=kind)
    assert (answer.status_code, stored()) == (400, 0)


def test_a_body_is_not_unpacked(client: FlaskClient) -> None:
    raw = b"\x1f\x8b" + body()
    answer = client.post(HOOK, data=raw, headers={**signed_bytes(raw), "Content-Encoding": "gzip"})
    assert (answer.status_code, stored()) == (400, 0)


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", body().replace(b"cs_1", b"cs_\xc3\x28"), body().decode().encode("utf-16")]
)
def test_signed_bytes_that_are_no_text_are_refused(client: FlaskClient, raw: bytes) -> None:
    assert (post(client, raw, signed_bytes(raw)), stored()) == (400, 0)


def test_signed_text_beyond_ascii_is_kept_to_the_letter(client: FlaskClient) -> None:
    raw = body().replace(b'"object": "checkout.session"', '"object": "checkout.session", "name": "Zoë 💶"'.encode())
    assert post(client, raw, signed_bytes(raw)) == 200
    assert db.session().get_one(StripeEvent, "evt_1").raw.encode() == raw


def test_two_headers_hold_only_when_the_first_time_is_signed(client: FlaskClient) -> None:
    """A server joins them by a comma: the library takes the first time and every signature."""
    raw = body()
    good, bad = signed(raw)["Stripe-Signature"], signed(raw, secret="whsec_other", age=5)["Stripe-Signature"]
    assert post(client, raw, {"Stripe-Signature": f"{bad},{good}"}) == 400
    assert post(client, raw, {"Stripe-Signature": f"{signed(raw, age=301)['Stripe-Signature']},{good}"}) == 400
    assert stored() == 0
    assert post(client, raw, {"Stripe-Signature": f"{good},{bad}"}) == 200


@pytest.mark.parametrize("age", [290, -290])
def test_a_clock_may_be_off_by_less_than_the_tolerance(client: FlaskClient, age: int) -> None:
    raw = body()
    assert post(client, raw, signed(raw, age=age)) == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_only_post_is_answered(client: FlaskClient, method: str) -> None:
    assert client.open(HOOK, method=method, data=body(), headers=signed(body())).status_code == 405
    assert stored() == 0


def test_a_large_body_without_a_length_is_read_no_further_than_the_limit(app: Flask) -> None:
    raw = body(padding="x" * 256 * 1024)
    endless: dict[str, Any] = {
        "wsgi.input": io.BytesIO(raw),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    answer = app.test_client().post(HOOK, headers=signed(raw), environ_overrides={**endless, "CONTENT_LENGTH": ""})
    assert (answer.status_code, stored()) == (400, 0)  # what was read is not what was signed
    assert endless["wsgi.input"].tell() <= 256 * 1024


def test_another_version_is_applied_and_told_once(client: FlaskClient) -> None:
    for number in range(3):
        assert post(client, body(id=f"evt_{number}", api_version="2020-08-27")) == 200
    assert post(client, body(id="evt_ours")) == 200
    assert post(client, body(id="evt_none", api_version=None)) == 200
    assert (len(jobs()), work_items()) == (5, ["payments.api_version"])
    assert db.session().get_one(StripeEvent, "evt_0").api_version == "2020-08-27"


def test_events_that_are_not_used_raise_no_question_of_their_version(client: FlaskClient) -> None:
    assert post(client, body(type="some.thing.new", api_version="2020-08-27")) == 200
    assert work_items() == []


# What Stripe is told to post ----------------------------------------------------------------------------------------


def endpoints(sandbox: Handle, url: str) -> list[dict[str, Any]]:
    return [each for each in sandbox.sandbox.store.all("webhook_endpoint") if each["url"] == url]


def test_the_command_shows_the_endpoint_without_asking_stripe(app: Flask) -> None:
    said = app.test_cli_runner().invoke(group, ["webhook"])
    assert said.exit_code == 0
    assert said.output.split() == [
        *("Address", f"{runtime.settings().base_url}{HOOK}", "API", "version", API_VERSION, "Events"),
        *FOLDED,
    ]


def test_the_command_makes_the_endpoint_once_and_keeps_it_right(app: Flask, stripe_sandbox: Handle) -> None:
    with changed(runtime.settings(), base_url="https://radio.example"):
        url = f"https://radio.example{HOOK}"
        first = app.test_cli_runner().invoke(group, ["webhook", "--register"])
        made = endpoints(stripe_sandbox, url)
        assert [(m["enabled_events"], m["api_version"]) for m in made] == [(list(FOLDED), API_VERSION)]
        assert "whsec_" in first.output
        stripe_sandbox.sandbox.store.save({**made[0], "enabled_events": ["*"], "status": "disabled"})
        other = {**made[0], "id": "we_old", "api_version": "2020-08-27"}
        stripe_sandbox.sandbox.store.save(other)
        again = app.test_cli_runner().invoke(group, ["webhook", "--register"])
        assert "whsec_" not in again.output
        assert "we_old has the same address" in again.output
        now = {m["id"]: (m["enabled_events"], m["status"]) for m in endpoints(stripe_sandbox, url)}
        assert now == {made[0]["id"]: (list(FOLDED), "enabled"), "we_old": (list(FOLDED), "enabled")}


def test_the_command_says_when_stripe_does_not_answer(app: Flask) -> None:
    said = app.test_cli_runner().invoke(group, ["webhook", "--register"])
    assert said.exit_code == 1
    assert "Stripe did not answer" in said.output
