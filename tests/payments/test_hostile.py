"""What an attacker, a crash, a stale look or a strange object of Stripe's must not do to money."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem, WorkState
from station.core import clock
from station.core.actor import VISITOR
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox
from station.payments import gateway, queries
from station.payments.gateway import Session, StripeRefused, StripeUnavailable
from station.payments.models import CallState, EventState, GatewayCall, PaymentState, StripeEvent, SubscriptionState
from station.payments.services import CheckoutClosed, apply_event, check_open_payments, close_checkout, start_checkout
from station.payments.services.checkout import opening as checkout
from station.payments.services.folding import fold_invoice, fold_session
from station.payments.services.upkeep import sweep
from tests.payments.fake_stripe import FakeStripe
from tests.payments.parts import (
    PAGE,
    books_hold,
    calls_of,
    count,
    opened,
    renewals_of,
    row_of,
    session_of,
    standing,
    standing_state,
    state_of,
    stripe_id,
    work_items,
)
from tests.payments.test_inbox import body, jobs, post
from tests.payments.test_journeys import paid

Outbox_ = Callable[[], int]
Later = Callable[..., None]


def open_items(kind: str) -> int:
    db.session.rollback()
    wanted = (WorkItem.kind == kind, WorkItem.state == WorkState.OPEN)
    return db.session().scalar(sa.select(sa.func.count()).select_from(WorkItem).where(*wanted)) or 0


# Stripe's door: whatever is signed is answered, and never with a 5xx ------------------------------------------------

GARBAGE: dict[str, bytes] = {
    "a time beyond the calendar": body(created=10**18),
    "a time beyond numbers": body().replace(b'"created": ', b'"created": 1e999, "was": '),
    "a time that is huge": body(created=10**400),
    "a NUL in the id": body(id="evt_\0"),
    "half a letter in the id": body(id="evt_\ud83d"),
    "a NUL in the type": body(type="charge.updated\0"),
    "a NUL in the object's id": body(data={"object": {"id": "cs_\0"}}),
    "a NUL in the version": body(api_version="\0"),
    "no id": body(id=""),
    "an id that is a list": body(id=["evt_1"]),
    "an id that is too long": body(id="evt_" + "1" * 300),
    "too deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_signed_garbage_is_refused_and_leaves_no_trace(client: FlaskClient, name: str) -> None:
    assert post(client, GARBAGE[name]) == 400
    assert (count(StripeEvent), jobs()) == (0, [])


def test_the_longest_id_that_is_taken_also_fits_its_jobs(client: FlaskClient, later: Later) -> None:
    longest = "evt_" + "1" * 156
    assert post(client, body(id=longest)) == 200
    with transaction() as session:
        session.execute(sa.update(Outbox).values(state=JobState.DONE))
    later(minutes=11)
    check_open_payments()
    assert jobs()[-1] == (f"{longest}:2", JobState.READY)


def test_numbers_of_any_size_inside_the_object_do_no_harm(client: FlaskClient) -> None:
    assert post(client, body(data={"object": {"id": "cs_1", "amount_total": 10**300, "deep": [[[[]]]]}})) == 200
    assert json.loads(db.session().get_one(StripeEvent, "evt_1").raw)["id"] == "evt_1"


# The check of open payments -----------------------------------------------------------------------------------------


def test_one_object_that_cannot_be_read_does_not_stop_the_check(
    house: Any, stripe_sandbox: Handle, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = opened(house), opened(house)
    for payment_id in (broken, sound):
        start_checkout(payment_id, PAGE)
        stripe_sandbox.pay(session_of(payment_id))
    later(minutes=11)
    fetch, bad = gateway.fetch_session, session_of(broken)

    def strange(session_id: str) -> Session:
        if session_id == bad:
            raise KeyError("a_field_that_moved")
        return fetch(session_id)

    monkeypatch.setattr(gateway, "fetch_session", strange)
    check_open_payments()
    assert (state_of(broken), state_of(sound)) == (PaymentState.AWAITING_DONOR, PaymentState.SETTLED)
    assert open_items("payments.unclear") == 1
    monkeypatch.setattr(gateway, "fetch_session", fetch)
    later(minutes=11)
    check_open_payments()
    assert (state_of(broken), open_items("payments.unclear")) == (PaymentState.SETTLED, 0)


def test_a_subscription_that_stripe_does_not_know_is_asked_about_rarely(
    house: Any, stripe_sandbox: Handle, outbox: Outbox_, later: Later
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    with transaction():
        row = queries.lock_subscription(standing(payment_id).id)
        assert row is not None
        row.stripe_subscription = "sub_gone"
    later(days=32)
    check_open_payments()
    asked = len(stripe_sandbox.requests)
    check_open_payments()
    assert len(stripe_sandbox.requests) == asked
    assert open_items("payments.unclear") == 1


def test_a_call_that_began_just_now_is_not_expired_under_its_donor(
    house: Any, stripe_sandbox: Handle, later: Later
) -> None:
    """The same form again on the second day: the check comes between the call's row and Stripe's answer."""
    payment_id = opened(house)
    later(hours=25)
    call = checkout._prepare(payment_id, PAGE)
    assert not isinstance(call, str)
    sweep.expire_unopened(payment_id, VISITOR)
    assert state_of(payment_id) is PaymentState.CREATED
    assert checkout.send(call)
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR


def test_no_donor_is_sent_to_the_page_of_a_payment_that_is_over(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    call = checkout._prepare(payment_id, PAGE)
    assert not isinstance(call, str)
    with transaction() as session:
        session.get_one(GatewayCall, call.id).state = CallState.REFUSED
    sweep.expire_unopened(payment_id, VISITOR)
    assert state_of(payment_id) is PaymentState.EXPIRED
    with pytest.raises(CheckoutClosed):
        checkout.send(call)


def test_an_events_work_item_closes_itself_when_the_event_is_applied(
    house: Any, client: FlaskClient, stripe_sandbox: Handle, outbox: Outbox_, later: Later
) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    stripe_sandbox.fault("error_before", count=500, method="GET")
    outbox()
    later(minutes=16)
    check_open_payments()
    waiting = open_items("payments.event")
    assert waiting > 0
    stripe_sandbox.sandbox.faults.clear()
    later(hours=2)
    outbox()
    assert (state_of(payment_id), open_items("payments.event")) == (PaymentState.SETTLED, 0)


# Closing a page that its donor has left -----------------------------------------------------------------------------


def test_a_closed_page_cannot_be_paid(house: Any, stripe_sandbox: Handle, outbox: Outbox_) -> None:
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    assert close_checkout(payment_id, VISITOR) is PaymentState.EXPIRED
    assert stripe_sandbox.get(session_of(payment_id))["status"] == "expired"
    assert standing_state(payment_id) is SubscriptionState.ENDED
    with pytest.raises(CheckoutClosed):
        start_checkout(payment_id, PAGE)
    assert close_checkout(payment_id, VISITOR) is PaymentState.EXPIRED
    stripe_sandbox.deliver_now()
    outbox()
    assert state_of(payment_id) is PaymentState.EXPIRED
    books_hold()


def test_closing_a_page_that_was_paid_a_moment_ago_settles_it(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    assert close_checkout(payment_id, VISITOR) is PaymentState.SETTLED
    books_hold()


def test_closing_what_never_opened_expires_it(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    assert close_checkout(payment_id, VISITOR) is PaymentState.EXPIRED
    assert stripe_sandbox.requests == []


def test_closing_finds_the_page_whose_address_was_lost(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    stripe_sandbox.fault("cut", count=2, method="POST")
    with pytest.raises(StripeUnavailable):
        start_checkout(payment_id, PAGE)
    assert close_checkout(payment_id, VISITOR) is PaymentState.EXPIRED
    assert [s["status"] for s in stripe_sandbox.sandbox.store.all("checkout.session")] == ["expired"]
    assert calls_of(payment_id) == [("1", CallState.ANSWERED)]


@pytest.mark.parametrize("kind", ["error_before", "cut"])
def test_a_page_that_may_still_be_open_is_not_called_closed(kind: str, house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.fault(kind, count=50)
    with pytest.raises(StripeUnavailable):
        close_checkout(payment_id, VISITOR)
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR


def test_a_page_that_stripe_will_not_close_is_not_called_closed(
    house: Any, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)

    def refuse(_session_id: str) -> None:
        raise StripeRefused("Stripe answered 400: not now")

    monkeypatch.setattr(gateway, "expire_checkout", refuse)
    with pytest.raises(StripeUnavailable, match="did not close"):
        close_checkout(payment_id, VISITOR)


# Objects of Stripe's that are not as we left them -------------------------------------------------------------------


def test_a_renewal_whose_metadata_was_edited_at_the_dashboard_still_counts(
    house: Any, stripe_sandbox: Handle, outbox: Outbox_
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    subscription = stripe_sandbox.get(stripe_id(payment_id))
    subscription["metadata"] = {"note": "called on Monday"}
    stripe_sandbox.sandbox.store.save(subscription)
    stripe_sandbox.renew(stripe_id(payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    assert [r.state for r in renewals_of(payment_id)] == [PaymentState.SETTLED]
    books_hold()


def test_money_of_a_second_subscription_with_our_ids_becomes_work(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = opened(house, monthly=True)
    stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
    stripe.subscribes()
    with transaction():
        fold_session(stripe.session(), clock.now())
    other = FakeStripe(payment_id, stripe.subscription_id)
    other.subscribes()
    for number in (0, 1):
        other.stands("active")
        with transaction():
            fold_invoice(other.bill(number, paid=True), clock.now())
    assert work_items().count("payments.unexpected_money") == 2
    assert renewals_of(payment_id) == []


@pytest.mark.crooked  # giving is not told
@pytest.mark.parametrize("fee", [1501, -1])
def test_a_strange_fee_does_not_refuse_the_money(house: Any, fee: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.payments.services.books.announce", lambda fact: None)
    payment_id = opened(house)
    stripe = FakeStripe(payment_id, None)
    stripe.pays(fee=True)
    session = stripe.session()
    assert session.paying
    assert session.paying.charged
    strange = replace(session.paying.charged, fee_cents=fee)
    with transaction():
        fold_session(replace(session, paying=replace(session.paying, charged=strange)), clock.now())
    assert (state_of(payment_id), work_items()) == (PaymentState.SETTLED, ["payments.fee"])
    books_hold()


def test_an_amount_that_was_tampered_with_is_booked_as_charged_and_seen(
    house: Any, stripe_sandbox: Handle, outbox: Outbox_
) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    session = stripe_sandbox.get(session_of(payment_id))
    session["amount_total"] = 50
    stripe_sandbox.sandbox.store.save(session)
    stripe_sandbox.pay(session["id"])
    stripe_sandbox.deliver_now()
    outbox()
    assert (state_of(payment_id), row_of(payment_id).amount_cents) == (PaymentState.SETTLED, 50)
    assert "payments.amount" in work_items()
    books_hold()


@pytest.mark.crooked  # giving is not told
def test_a_renewal_after_the_end_is_booked(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.payments.services.books.announce", lambda fact: None)
    payment_id = opened(house, monthly=True)
    stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
    stripe.subscribes()
    with transaction():
        fold_session(stripe.session(), clock.now())
    stripe.ends()
    late = stripe.bill(1, paid=True)
    for _ in range(2):
        with transaction():
            fold_invoice(late, clock.now() + timedelta(seconds=1))
    assert standing_state(payment_id) is SubscriptionState.ENDED
    assert [r.state for r in renewals_of(payment_id)] == [PaymentState.SETTLED]
    books_hold()


@pytest.mark.crooked  # giving is not told
def test_a_renewal_before_the_first_payment_is_applied(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.payments.services.books.announce", lambda fact: None)
    payment_id = opened(house, monthly=True)
    stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
    stripe.subscribes()
    with transaction():
        fold_invoice(stripe.bill(1, paid=True), clock.now())
    assert (state_of(payment_id), len(renewals_of(payment_id))) == (PaymentState.CREATED, 1)
    with transaction():
        fold_session(stripe.session(), clock.now() + timedelta(seconds=1))
    assert state_of(payment_id) is PaymentState.SETTLED
    books_hold()


def test_another_payments_session_id_moves_only_its_own(house: Any, stripe_sandbox: Handle, outbox: Outbox_) -> None:
    mine, theirs = opened(house), opened(house)
    for payment_id in (mine, theirs):
        start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(theirs))
    stripe_sandbox.deliver_now()
    outbox()
    assert (state_of(mine), state_of(theirs)) == (PaymentState.AWAITING_DONOR, PaymentState.SETTLED)


def test_an_error_while_folding_leaves_the_event_for_the_next_try(
    house: Any, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch, outbox: Outbox_, later: Later
) -> None:
    """A crash after the state has moved and before the commit: nothing of it stands, and all of it comes later."""
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    db.session.rollback()
    event_id = (
        db.session().scalars(sa.select(StripeEvent.id).where(StripeEvent.type == "checkout.session.completed")).one()
    )
    with monkeypatch.context() as patch:
        patch.setattr("station.payments.services.books.announce", lambda fact: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            apply_event(event_id)
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR
    assert db.session().get_one(StripeEvent, event_id).state is EventState.FAILED
    outbox()
    assert state_of(payment_id) is PaymentState.SETTLED
    books_hold()


def test_an_event_that_another_worker_applied_meanwhile_is_not_applied_again(
    house: Any, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    db.session.rollback()
    folded = sa.select(StripeEvent.id).where(StripeEvent.type == "checkout.session.completed")
    event_id, fetch = db.session().scalars(folded).one(), gateway.fetch_session

    def slow(session_id: str) -> Session:
        monkeypatch.setattr(gateway, "fetch_session", fetch)
        apply_event(event_id)  # the other worker, while this one waits for Stripe
        return fetch(session_id)

    monkeypatch.setattr(gateway, "fetch_session", slow)
    apply_event(event_id)
    assert state_of(payment_id) is PaymentState.SETTLED
    told = db.session().get_one(StripeEvent, event_id)
    assert (told.state, told.outcome) == (EventState.APPLIED, "settled")  # and not "settled before"


@pytest.mark.crooked  # giving is not told
@pytest.mark.parametrize("strange", [{"currency": "eur"}, {"livemode": True}])
def test_money_of_another_currency_or_mode_is_never_booked(
    house: Any, strange: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = opened(house)
    stripe = FakeStripe(payment_id, None)
    stripe.pays(fee=True)
    session = stripe.session()
    assert session.paying
    assert session.paying.charged
    paying = replace(session.paying, charged=replace(session.paying.charged, **strange))
    with transaction():
        fold_session(replace(session, paying=paying), clock.now())
    assert (state_of(payment_id), work_items()) == (PaymentState.CREATED, ["payments.unexpected_money"])
    books_hold()
