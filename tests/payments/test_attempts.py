"""A refused card: told upward once a try, without a question to Stripe, and only when it is one of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.core.db import db
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.payments.facts import AttemptFailed, StrayAttemptFailed
from station.payments.gateway import Ours, attempt_of
from station.payments.models import EventState, PaymentState, StripeEvent, Subscription
from station.payments.services import apply_event, start_checkout
from station.payments.services.folding import attempts
from tests.payments.parts import PAGE, opened, outcomes, row_of, session_of, state_of
from tests.payments.test_inbox import body, post

Outbox = Callable[[], int]
KIND = "payment_intent.payment_failed"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    heard: list[Any] = []
    monkeypatch.setattr(attempts, "announce", heard.append)
    return heard


def refused(payment_id: UUID | None, **more: Any) -> dict[str, Any]:
    """A PaymentIntent after a refused card, as far as we read it."""
    ours = {"namespace": "station", "payment": public_id("pay", payment_id)} if payment_id else {}
    card = {"type": "card", "card": {"fingerprint": "Xt5EWLLDS7FJjR1c"}}
    error = {"code": "card_declined", "decline_code": "insufficient_funds", "payment_method": card}
    return {"id": "pi_1", "object": "payment_intent", "metadata": ours, "last_payment_error": error, **more}


def received(client: FlaskClient, intent: dict[str, Any], number: int = 1, **more: Any) -> str:
    raw = body(id=f"evt_{number}", type=KIND, data={"object": intent}, created=1_790_000_000, **more)
    assert post(client, raw) == 200
    return f"evt_{number}"


def test_each_refused_card_is_told_and_nothing_moves(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, told: list[Any]
) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    asked = len(stripe_sandbox.requests)
    for card in ("4000000000000002", "4000000000009995"):
        assert stripe_sandbox.pay(session_of(payment_id), card=card)
    stripe_sandbox.deliver_now()
    outbox()
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR
    assert {(fact.payment_id, fact.reference) for fact in told} == {(payment_id, row_of(payment_id).reference)}
    assert sorted(fact.decline_code for fact in told) == ["generic_decline", "insufficient_funds"]
    assert len({fact.fingerprint for fact in told} - {""}) == 2
    assert outcomes()[KIND] == "applied"
    assert len(stripe_sandbox.requests) == asked  # no read


def test_a_try_is_told_once_however_often_its_event_comes(client: FlaskClient, house: Any, told: list[Any]) -> None:
    payment_id = opened(house)
    for _ in range(2):
        apply_event(received(client, refused(payment_id)))
    at = datetime.fromtimestamp(1_790_000_000, UTC)
    reference = row_of(payment_id).reference
    assert told == [AttemptFailed(payment_id, reference, "insufficient_funds", "Xt5EWLLDS7FJjR1c", at)]
    event = db.session().get_one(StripeEvent, "evt_1")
    assert (event.payment_id, event.outcome) == (payment_id, "refused: insufficient_funds")


def test_a_reactor_that_fails_leaves_the_event_for_the_next_try(
    client: FlaskClient, house: Any, monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    event_id = received(client, refused(opened(house)))
    with monkeypatch.context() as patch:
        patch.setattr(attempts, "announce", lambda fact: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            apply_event(event_id)
    apply_event(event_id)
    assert len(told) == 1


def test_a_try_of_another_program_or_database_is_ignored(client: FlaskClient, house: Any, told: list[Any]) -> None:
    payment_id = opened(house)
    shop = {"namespace": "shop", "payment": public_id("pay", payment_id)}
    foreign = [refused(new_id()), refused(None, metadata=shop), refused(None, metadata={"order": "1"})]
    for number, intent in enumerate(foreign):
        apply_event(received(client, intent, number))
    assert told == []
    assert set(db.session().scalars(sa.select(StripeEvent.state))) == {EventState.IGNORED}


def test_a_try_that_carries_no_id_is_told_with_what_the_payer_said(
    client: FlaskClient, house: Any, told: list[Any]
) -> None:
    """The first charge of a monthly gift, and of anything else in the account that carries nothing."""
    method = {"type": "card", "card": {"fingerprint": "Xt5E"}, "billing_details": {"email": "a@example.org"}}
    error = {"decline_code": "do_not_honor", "payment_method": method}
    more = {"last_payment_error": error, "amount": 500, "currency": "usd", "customer": None}
    for _ in range(2):
        apply_event(received(client, refused(None, **more)))
    at = datetime.fromtimestamp(1_790_000_000, UTC)
    assert told == [StrayAttemptFailed("pi_1", "a@example.org", Money(500, "usd"), "Xt5E", at)]
    assert outcomes()[KIND] == "applied"


def test_a_refused_renewal_is_no_stray_try(
    client: FlaskClient, house: Any, stripe_sandbox: Handle, outbox: Outbox, told: list[Any]
) -> None:
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    customer = db.session().scalar(sa.select(Subscription.stripe_customer))
    told.clear()
    for number, ours in enumerate((customer, "cus_new")):
        apply_event(received(client, refused(None, customer=ours), number + 10))
    assert [type(fact) for fact in told] == [StrayAttemptFailed]


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (None, ("", "")),
        ({}, ("", "")),
        ({"code": "authentication_failure", "payment_method": None}, ("authentication_failure", "")),
        ({"code": "card_declined", "decline_code": None, "payment_method": {"type": "link"}}, ("card_declined", "")),
        (
            {"code": "debit_not_authorized", "payment_method": {"type": "us_bank_account", "us_bank_account": None}},
            ("debit_not_authorized", ""),
        ),
        (
            {
                "code": "account_closed",
                "payment_method": {"type": "us_bank_account", "us_bank_account": {"fingerprint": "bank"}},
            },
            ("account_closed", "bank"),
        ),
    ],
)
def test_what_stripe_does_not_tell_is_empty(error: Any, wanted: tuple[str, str]) -> None:
    found = attempt_of(body(data={"object": refused(None, last_payment_error=error)}).decode())
    assert (found.decline_code, found.fingerprint) == wanted
    assert found.ours == Ours()


def test_only_an_event_about_an_intent_is_read() -> None:
    with pytest.raises(ValueError, match="payment intent"):
        attempt_of(json.dumps({"data": {"object": {"object": "charge"}}}))
