"""Stripe's door: what is not signed for us leaves no trace."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
import stripe
from flask.testing import FlaskClient

from station.core import runtime
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox
from station.payments.gateway import client as gateway_client
from station.payments.models import EventState, StripeEvent
from station.payments.services import apply_event, check_open_payments
from station.payments.services.upkeep import sweep
from tests.conftest import changed
from tests.payments.parts import count, work_items

SECRET = "whsec_sandbox"
Later = Callable[..., None]


def body(**more: Any) -> bytes:
    event: dict[str, Any] = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": {"id": "cs_1", "object": "checkout.session"}},
        **more,
    }
    return json.dumps(event).encode()


def signed(raw: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    header = stripe.WebhookSignature.generate_signature_header(raw.decode(), secret, int(time.time()) - age)
    return {"Stripe-Signature": header}


def post(client: FlaskClient, raw: bytes, headers: dict[str, str] | None = None) -> int:
    return client.post(
        "/hooks/stripe",
        data=raw,
        headers=signed(raw) if headers is None else headers,
        content_type="application/json",
    ).status_code


def jobs() -> list[tuple[str, JobState]]:
    db.session.rollback()
    return [
        (row.key or "", row.state)
        for row in db.session().scalars(
            sa.select(Outbox).where(Outbox.job == "payments.apply_event").order_by(Outbox.created_at)
        )
    ]


def test_a_signed_event_is_stored_with_its_job(client: FlaskClient) -> None:
    raw = body()
    assert post(client, raw) == 200
    event = db.session().get_one(StripeEvent, "evt_1")
    assert (event.state, event.object_id, event.raw) == (EventState.RECEIVED, "cs_1", raw.decode())
    assert jobs() == [("evt_1", JobState.READY)]


def test_a_replayed_event_is_answered_and_stored_once(client: FlaskClient) -> None:
    assert [post(client, body()) for _ in range(3)] == [200, 200, 200]
    assert (count(StripeEvent), jobs()) == (1, [("evt_1", JobState.READY)])


def test_an_unknown_type_is_stored_as_ignored(client: FlaskClient) -> None:
    assert post(client, body(type="some.thing.new", data={"object": {"object": "thing"}})) == 200
    assert db.session().get_one(StripeEvent, "evt_1").state is EventState.IGNORED
    assert jobs() == []


def changed_byte(raw: bytes) -> tuple[bytes, dict[str, str]]:
    return raw.replace(b"cs_1", b"cs_2"), signed(raw)


Forged = Callable[[bytes], tuple[bytes, dict[str, str]]]
FORGED: dict[str, Forged] = {
    "no header": lambda raw: (raw, {}),
    "an empty header": lambda raw: (raw, {"Stripe-Signature": ""}),
    "nonsense": lambda raw: (raw, {"Stripe-Signature": "nonsense"}),
    "no time": lambda raw: (raw, {"Stripe-Signature": "t=soon,v1=00"}),
    "another scheme": lambda raw: (raw, {"Stripe-Signature": signed(raw)["Stripe-Signature"].replace("v1=", "v0=")}),
    "another secret": lambda raw: (raw, signed(raw, secret="whsec_other")),
    "too old": lambda raw: (raw, signed(raw, age=301)),
    "too early": lambda raw: (raw, signed(raw, age=-310)),
    "a changed byte": changed_byte,
    "one byte more": lambda raw: (raw + b" ", signed(raw)),
    "no body": lambda raw: (b"", signed(b"")),
    "not json": lambda raw: (b"not json", signed(b"not json")),
    "a list": lambda raw: (b"[1]", signed(b"[1]")),
    "an empty event": lambda raw: (b'{"object": "event"}', signed(b'{"object": "event"}')),
    "not text": lambda raw: (b"\xff\xfe", signed(raw)),
    "live mode": lambda raw: (body(livemode=True), signed(body(livemode=True))),
    "a mode that is text": lambda raw: (body(livemode="false"), signed(body(livemode="false"))),
    "no data": lambda raw: (body(data=None), signed(body(data=None))),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_not_for_us_leaves_no_trace(client: FlaskClient, name: str) -> None:
    raw, headers = FORGED[name](body())
    answer = client.post("/hooks/stripe", data=raw, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert (count(StripeEvent), jobs()) == (0, [])


@pytest.mark.parametrize("field", ["account", "context"])  # a Connect endpoint's name; an organisation's
def test_another_account_is_refused(client: FlaskClient, field: str) -> None:
    assert post(client, body(**{field: "acct_ours"})) == 400  # none is configured: none may be named
    with changed(runtime.settings(), stripe_account="acct_ours"):
        assert post(client, body(**{field: "acct_theirs"})) == 400
        assert post(client, body(**{"account": "acct_ours", field: ["acct_ours"]})) == 400
        assert count(StripeEvent) == 0
        assert post(client, body(**{field: "acct_ours"})) == 200
        assert post(client, body(id="evt_2", account=None, context=None)) == 200  # an account's own endpoint


def test_the_next_secret_holds_while_it_is_rolled(client: FlaskClient) -> None:
    raw = body()
    assert post(client, raw, signed(raw, secret="whsec_next")) == 400
    with changed(runtime.settings(), stripe_webhook_secret_next="whsec_next"):
        assert post(client, raw, signed(raw, secret="whsec_next")) == 200
        assert post(client, body(id="evt_2")) == 200
    assert count(StripeEvent) == 2


def test_while_a_secret_is_rolled_stripe_signs_with_both(client: FlaskClient) -> None:
    """docs.stripe.com/webhooks/signature: several v1 in one header; one that fits is enough, whichever we know."""
    raw = body()
    old, new = signed(raw)["Stripe-Signature"], signed(raw, secret="whsec_next")["Stripe-Signature"]
    both = {"Stripe-Signature": f"{old},v1={new.rpartition('v1=')[2]}"}
    with changed(runtime.settings(), stripe_webhook_secret="whsec_next"):
        assert post(client, raw, both) == 200
    assert post(client, raw, both) == 200
    with changed(runtime.settings(), stripe_webhook_secret="whsec_third"):
        assert post(client, raw, both) == 400


def test_a_large_body_is_refused_before_it_is_read(client: FlaskClient) -> None:
    raw = body(padding="x" * 256 * 1024)
    assert post(client, raw) == 413
    assert count(StripeEvent) == 0


def test_only_post_and_no_cookie(client: FlaskClient) -> None:
    assert client.get("/hooks/stripe").status_code == 405
    answer = client.post("/hooks/stripe", data=body(), headers=signed(body()))
    assert "Set-Cookie" not in answer.headers


def test_no_handler_looks_up_by_an_empty_id(client: FlaskClient, outbox: Callable[[], int]) -> None:
    kinds = ("checkout.session.completed", "invoice.paid", "customer.subscription.deleted", "charge.updated")
    for number, kind in enumerate(kinds):
        assert post(client, body(id=f"evt_{number}", type=kind, data={"object": {"id": None}})) == 200
    outbox()
    db.session.rollback()
    assert {event.state for event in db.session().scalars(sa.select(StripeEvent))} == {EventState.FAILED}
    assert {state for _, state in jobs()} == {JobState.DEAD}


def test_an_event_without_a_job_gets_one_again_and_then_a_person(
    client: FlaskClient, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(client, body()) == 200
    with transaction() as session:
        session.execute(sa.delete(Outbox))
    later(minutes=11)
    check_open_payments()
    assert (jobs(), work_items()) == ([("evt_1", JobState.READY)], [])
    later(minutes=5)
    check_open_payments()
    assert (jobs(), work_items()) == ([("evt_1", JobState.READY)], ["payments.event"])


def test_an_event_that_is_applied_while_the_sweep_looks_is_nobodys_work(
    client: FlaskClient, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker closes it, and its work item if there were one, after the sweep has read that it waits."""
    assert post(client, body()) == 200
    later(minutes=16)

    def applied_by_another(event_id: str, _now: object) -> bool:
        with transaction() as session:
            session.get_one(StripeEvent, event_id).state = EventState.APPLIED
        return False

    monkeypatch.setattr(sweep, "ring_again", applied_by_another)
    check_open_payments()
    assert work_items() == []


def test_an_applied_event_is_not_asked_about_again(client: FlaskClient) -> None:
    assert post(client, body()) == 200
    with transaction() as session:
        session.get_one(StripeEvent, "evt_1").state = EventState.APPLIED
    apply_event("evt_1")  # Stripe is not there in this test: a question would raise
    assert db.session().get_one(StripeEvent, "evt_1").state is EventState.APPLIED


def test_the_library_speaks_the_version_that_we_pinned() -> None:
    assert stripe.StripeClient("sk_test_x")._requestor._options.stripe_version == gateway_client.API_VERSION
