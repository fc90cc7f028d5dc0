"""Webhooks: signed, at least once, in no order, retried; what was missed can be fetched."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.stripe.testing import WEBHOOK_SECRET, Handle, running_sandbox
from tests.contracts.sandbox_parts import Gifts, Receiver, client_of


def pay_once(handle: Handle) -> None:
    handle.pay(Gifts(client_of(handle)).once().id)


def test_signed_and_complete(stripe_sandbox: Handle, stripe_receiver: Receiver) -> None:
    stripe_sandbox.set_webhook(stripe_receiver.url)
    pay_once(stripe_sandbox)
    assert stripe_sandbox.deliver_now() == 5
    assert sorted(stripe_receiver.types) == sorted(e["type"] for e in stripe_sandbox.events)
    body, signature = stripe_receiver.bodies[0]
    event = stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)
    assert (event.api_version, event.livemode) == ("2026-10-28.endive", False)
    assert json.loads(body)["data"]["object"]["id"]
    for wrong_body, secret in ((body + b" ", WEBHOOK_SECRET), (body, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(wrong_body, signature, secret)


def test_the_order_is_not_kept_but_repeatable(stripe_receiver: Receiver) -> None:
    orders = []
    for seed in (3, 3, 4):
        with running_sandbox(deliver="manual", webhook_url=stripe_receiver.url, seed=seed) as handle:
            stripe_receiver.events.clear()
            pay_once(handle)
            handle.deliver_now()
            orders.append(stripe_receiver.types)
            natural = [event["type"] for event in handle.events]
    assert orders[0] == orders[1]
    assert any(order != natural for order in orders)


def test_retry_after_500(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, stripe_receiver: Receiver
) -> None:
    stripe_sandbox.set_webhook(stripe_receiver.url)
    stripe_receiver.answers = [500, 302]
    pay_once(stripe_sandbox)
    assert stripe_sandbox.deliver_now() == 3
    missed = stripe_client.v1.events.list({"delivery_success": False}).data
    assert len(missed) == 2
    assert {event.pending_webhooks for event in missed} == {1}
    assert stripe_sandbox.deliver_now() == 2
    assert stripe_client.v1.events.list({"delivery_success": False}).data == []
    assert len(stripe_receiver.events) == 5


def test_retries_run_by_themselves(stripe_receiver: Receiver) -> None:
    stripe_receiver.answers = [500, 503]
    with running_sandbox(webhook_url=stripe_receiver.url, pauses=(0.02, 0.02)) as handle:
        pay_once(handle)
        assert handle.wait_delivered(5)
        assert len(stripe_receiver.events) == 5
        assert sorted(row["attempts"] for row in handle.deliveries)[-1] >= 2


def test_retries_end(stripe_sandbox: Handle, stripe_receiver: Receiver) -> None:
    stripe_sandbox.set_webhook(stripe_receiver.url)
    stripe_sandbox.courier.pauses = (0.0,)
    stripe_receiver.answers = [500] * 10
    pay_once(stripe_sandbox)
    assert [stripe_sandbox.deliver_now() for _ in range(3)] == [0, 0, 0]
    assert {row["status"] for row in stripe_sandbox.deliveries} == {"failed"}
    stripe_receiver.answers = []
    stripe_sandbox.resend(stripe_sandbox.events[0]["id"])
    assert stripe_sandbox.deliver_now() == 1


def test_duplicates_drops_and_delays(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, stripe_receiver: Receiver
) -> None:
    stripe_sandbox.set_webhook(stripe_receiver.url)
    stripe_sandbox.fault("webhook_duplicate", type="checkout.session.completed")
    stripe_sandbox.fault("webhook_drop", type="charge.succeeded")
    stripe_sandbox.fault("webhook_delay", type="payment_intent.succeeded", seconds=60)
    pay_once(stripe_sandbox)
    stripe_sandbox.deliver_now()
    assert stripe_receiver.types.count("checkout.session.completed") == 2
    assert len({e.id for e in stripe_receiver.events if e.type == "checkout.session.completed"}) == 1
    assert "charge.succeeded" not in stripe_receiver.types
    assert "payment_intent.succeeded" not in stripe_receiver.types
    missed = {event.type for event in stripe_client.v1.events.list({"delivery_success": False}).data}
    assert missed == {"charge.succeeded", "payment_intent.succeeded"}
    assert stripe_sandbox.deliver_now(delayed=True) == 1
    assert "payment_intent.succeeded" in stripe_receiver.types


def test_events_are_listed(stripe_sandbox: Handle, stripe_client: stripe.StripeClient) -> None:
    pay_once(stripe_sandbox)
    listed = stripe_client.v1.events.list
    assert [e.type for e in listed({"type": "charge.*"}).data] == ["charge.updated", "charge.succeeded"]
    assert len(listed({"types": ["charge.updated", "checkout.session.completed"]}).data) == 2
    assert listed({"created": {"lt": stripe_sandbox.now() - 60}}).data == []
    first = listed({"limit": 2})
    assert first.has_more
    rest = listed({"starting_after": first.data[-1].id})
    assert len(rest.data) == 3
    assert stripe_client.v1.events.retrieve(first.data[0].id).request is not None
    stripe_sandbox.advance(31 * 86_400)
    assert listed().data == []


def test_nothing_leaves_this_machine(stripe_sandbox: Handle) -> None:
    stripe_sandbox.set_webhook("http://192.0.2.1/hooks")
    pay_once(stripe_sandbox)
    assert stripe_sandbox.deliver_now() == 0
    assert "on this machine" in stripe_sandbox.deliveries[0]["last_error"]


def test_endpoints_over_the_api(
    stripe_sandbox: Handle, stripe_client: stripe.StripeClient, stripe_receiver: Receiver
) -> None:
    made = stripe_client.v1.webhook_endpoints.create(
        {"url": stripe_receiver.url, "enabled_events": ["checkout.session.completed"]}
    )
    assert made.secret
    assert "secret" not in stripe_client.v1.webhook_endpoints.retrieve(made.id).to_dict()
    pay_once(stripe_sandbox)
    assert [row["type"] for row in stripe_sandbox.deliveries] == ["checkout.session.completed"]
    stripe_client.v1.webhook_endpoints.delete(made.id)


def test_a_restart_goes_on(tmp_path: Path, stripe_receiver: Receiver) -> None:
    state = tmp_path / "sandbox.jsonl"
    with running_sandbox(deliver="manual", state_path=state, webhook_url=stripe_receiver.url) as handle:
        session: Any = Gifts(client_of(handle)).monthly()
        handle.pay(session.id)
        handle.advance(40 * 86_400)
        then = handle.now()
    with state.open("a") as torn:
        torn.write('["event", "evt_torn", {"id')
    with running_sandbox(deliver="manual", state_path=state, webhook_url=stripe_receiver.url) as handle:
        assert abs(handle.now() - then) < 60
        again: Any = Gifts(client_of(handle)).look(session, "subscription")
        assert again.subscription.status == "active"
        assert handle.deliver_now() == len(handle.events) > 13
    assert state.stat().st_mode & 0o077 == 0


def test_a_test_says_what_arrives_and_in_which_order(stripe_receiver: Receiver) -> None:
    with running_sandbox(deliver="manual", webhook_url=stripe_receiver.url) as handle:
        session = Gifts(client_of(handle)).once()
        handle.pay(session.id)
        first, *_, last = (event["id"] for event in handle.events)
        assert handle.deliver_in_order(last, first, last) == 3
        assert [event.id for event in stripe_receiver.events] == [last, first, last]
        assert handle.deliver_now(delayed=True) == 0
        assert "dropped" in {row["status"] for row in handle.deliveries}


def test_many_at_once_are_all_delivered_once(stripe_receiver: Receiver) -> None:
    """Payments, deliveries, the ticker and the clock together: no lock is waited for in a circle."""
    with running_sandbox(webhook_url=stripe_receiver.url) as handle:
        gifts = Gifts(client_of(handle))

        def give(turn: int) -> None:
            session = gifts.monthly() if turn % 2 else gifts.once()
            handle.pay(session.id)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(give, range(18)))
        handle.advance(33 * 86_400)
        assert handle.wait_delivered(30)
        ids = [event.id for event in stripe_receiver.events]
        assert sorted(ids) == sorted(event["id"] for event in handle.events)
        assert handle.violations == []
