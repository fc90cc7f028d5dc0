"""Payments against the real sandbox: the library, HTTP, signed webhooks, the worker's jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from flask import Flask

from sandbox.stripe.testing import Handle
from station.core import clock, runtime
from station.core.db import db
from station.payments import queries
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.models import CallState, Payment, PaymentState, StripeEvent, SubscriptionState
from station.payments.policies import FOLDED
from station.payments.services import CheckoutClosed, HostedPage, apply_event, check_open_payments, start_checkout
from station.payments.services.upkeep import sweep
from tests.conftest import changed
from tests.payments.parts import (
    PAGE,
    books_hold,
    calls_of,
    count,
    ledger_of,
    opened,
    outcomes,
    renewals_of,
    row_of,
    session_of,
    standing,
    standing_state,
    state_of,
    stripe_id,
    work_items,
)

Outbox = Callable[[], int]
Later = Callable[..., None]
SETTLED = {("settled", "stripe"): 1500, ("settled", "gifts"): -1500, ("fee", "fees"): 74, ("fee", "stripe"): -74}


def sessions_made(sandbox: Handle) -> int:
    return len(sandbox.sandbox.store.all("checkout.session"))


def paid(house: Any, sandbox: Handle, outbox: Outbox, monthly: bool = False) -> Any:
    payment_id = opened(house, monthly)
    start_checkout(payment_id, PAGE)
    assert sandbox.pay(session_of(payment_id)) is None
    sandbox.deliver_now()
    outbox()
    return payment_id


def test_a_gift_is_settled_with_its_fee(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = opened(house)
    url = start_checkout(payment_id, PAGE)
    assert url.startswith(stripe_sandbox.url)
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR
    assert stripe_sandbox.pay(session_of(payment_id)) is None
    assert stripe_sandbox.deliver_now() > 0
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR  # nothing is done inside the webhook's request
    outbox()
    row = row_of(payment_id)
    assert (row.state, row.method_label) == (PaymentState.SETTLED, "Visa ending 4242")
    assert row.settled_at is not None
    assert abs((row.settled_at - clock.now()).total_seconds()) < 60
    assert ledger_of(payment_id) == SETTLED
    assert calls_of(payment_id) == [("1", CallState.ANSWERED)]
    assert set(outcomes()) <= set(FOLDED)  # Stripe posts nothing else
    books_hold()


def test_only_opaque_ids_go_into_metadata(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    sent = next(r for r in stripe_sandbox.requests if r["method"] == "POST")
    metadata = sent["params"]["metadata"]
    assert set(metadata) == {"namespace", "payment", "subscription"}
    assert metadata == sent["params"]["subscription_data"]["metadata"]
    assert sent["idempotency_key"] == f"checkout:{payment_id}:1"
    assert sent["params"]["client_reference_id"] == metadata["payment"]
    assert (sent["params"]["ui_mode"], sent["params"]["submit_type"]) == ("hosted_page", "donate")
    assert stripe_sandbox.ignored == []


def test_a_declined_card_leaves_the_page_open(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    assert stripe_sandbox.pay(session_of(payment_id), card="4000000000000002")
    stripe_sandbox.deliver_now()
    outbox()
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR
    assert stripe_sandbox.pay(session_of(payment_id)) is None
    stripe_sandbox.deliver_now()
    outbox()
    assert state_of(payment_id) is PaymentState.SETTLED
    assert ledger_of(payment_id) == SETTLED


def test_a_monthly_gift_renews(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    assert (state_of(payment_id), standing_state(payment_id)) == (PaymentState.SETTLED, SubscriptionState.ACTIVE)
    assert ledger_of(payment_id) == SETTLED
    stripe_sandbox.renew(stripe_id(payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    renewals = renewals_of(payment_id)
    assert [(r.state, r.amount_cents, r.method_label) for r in renewals] == [
        (PaymentState.SETTLED, 1500, "Visa ending 4242")
    ]
    assert renewals[0].reference == row_of(payment_id).reference
    assert ledger_of(renewals[0].id) == SETTLED
    assert work_items() == []
    books_hold()


def test_a_declined_renewal_is_retried_by_stripe_and_recovers(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    stripe_sandbox.decline_next(stripe_id(payment_id), times=1)
    stripe_sandbox.renew(stripe_id(payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    assert (standing_state(payment_id), renewals_of(payment_id)) == (SubscriptionState.RETRYING, [])
    stripe_sandbox.advance(4 * 86_400)
    stripe_sandbox.deliver_now()
    outbox()
    assert standing_state(payment_id) is SubscriptionState.ACTIVE
    assert [r.state for r in renewals_of(payment_id)] == [PaymentState.SETTLED]
    books_hold()


def test_stripe_gives_up_and_the_subscription_lapses(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    stripe_sandbox.decline_next(stripe_id(payment_id), times=9)
    stripe_sandbox.renew(stripe_id(payment_id))
    stripe_sandbox.advance(20 * 86_400)
    stripe_sandbox.deliver_now()
    outbox()
    assert (standing_state(payment_id), renewals_of(payment_id)) == (SubscriptionState.LAPSED, [])
    books_hold()


def test_an_unpaid_page_expires(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.advance(25 * 3600)
    stripe_sandbox.deliver_now()
    outbox()
    assert (state_of(payment_id), standing_state(payment_id)) == (PaymentState.EXPIRED, SubscriptionState.ENDED)
    with pytest.raises(CheckoutClosed):
        start_checkout(payment_id, PAGE)


# Trouble on the way ------------------------------------------------------------------------------------------------


def test_two_tabs_get_one_page(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    urls = {start_checkout(payment_id, PAGE) for _ in range(3)}
    assert (len(urls), sessions_made(stripe_sandbox)) == (1, 1)
    assert calls_of(payment_id) == [("1", CallState.ANSWERED)]


def test_two_submits_at_the_same_moment_get_one_page(house: Any, app: Flask, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    both = threading.Barrier(2)

    def submit() -> str:
        with app.app_context():
            both.wait(10)
            try:
                return start_checkout(payment_id, PAGE)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        urls = {answer.result() for answer in [pool.submit(submit) for _ in range(2)]}
    assert (len(urls), sessions_made(stripe_sandbox)) == (1, 1)
    assert calls_of(payment_id) == [("1", CallState.ANSWERED)]


@pytest.mark.parametrize(("kind", "times"), [("error_before", 2), ("rate_limit", 1), ("cut", 2)])
def test_trouble_at_stripe_makes_one_session(kind: str, times: int, house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    stripe_sandbox.fault(kind, count=times, method="POST")  # the library itself tries twice, but never after a 429
    with pytest.raises(StripeUnavailable):
        start_checkout(payment_id, PAGE)
    assert state_of(payment_id) is PaymentState.CREATED
    assert calls_of(payment_id) == [("1", CallState.SENDING)]
    other = HostedPage("Other words", "other@example.org", PAGE.success_url, PAGE.cancel_url)
    url = start_checkout(payment_id, other)  # repeats what was stored, not what came with the second try
    assert url.startswith(stripe_sandbox.url)
    assert sessions_made(stripe_sandbox) == 1
    assert stripe_sandbox.get(session_of(payment_id))["customer_email"] == "donor@example.org"
    assert calls_of(payment_id)[-1][1] is CallState.ANSWERED


def test_an_error_that_stripe_stored_under_the_key_is_looked_behind(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    stripe_sandbox.fault("error_after", method="POST")  # the session is made, and every repetition answers 500
    assert start_checkout(payment_id, PAGE).startswith(stripe_sandbox.url)
    assert sessions_made(stripe_sandbox) == 1
    assert calls_of(payment_id) == [("1", CallState.ANSWERED)]


def test_a_slow_stripe_makes_one_session(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    stripe_sandbox.fault("hang", count=2, seconds=3, method="POST")
    with changed(runtime.settings(), stripe_timeout=1), pytest.raises(StripeUnavailable):
        start_checkout(payment_id, PAGE)
    assert calls_of(payment_id) == [("1", CallState.SENDING)]
    assert start_checkout(payment_id, PAGE).startswith(stripe_sandbox.url)
    assert sessions_made(stripe_sandbox) == 1


def test_stripe_not_there_at_all(house: Any, app: Any) -> None:
    payment_id = opened(house)
    with pytest.raises(StripeUnavailable):
        start_checkout(payment_id, PAGE)
    assert (state_of(payment_id), calls_of(payment_id)) == (PaymentState.CREATED, [("1", CallState.SENDING)])


def test_a_refused_call_gets_a_new_key(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house)
    wrong = HostedPage("Gift", "not an address", PAGE.success_url, PAGE.cancel_url)
    with pytest.raises(StripeRefused, match="email"):
        start_checkout(payment_id, wrong)
    assert calls_of(payment_id) == [("1", CallState.REFUSED)]
    assert start_checkout(payment_id, PAGE)
    assert calls_of(payment_id) == [("1", CallState.REFUSED), ("2", CallState.ANSWERED)]
    stripe_sandbox.sandbox.violations.clear()  # the wrong address was the point


def test_dropped_webhooks_still_become_payments(house: Any, stripe_sandbox: Handle, later: Later) -> None:
    once, monthly = opened(house), opened(house, monthly=True)
    for payment_id in (once, monthly):
        start_checkout(payment_id, PAGE)
        stripe_sandbox.pay(session_of(payment_id))
    check_open_payments()
    assert state_of(once) is PaymentState.AWAITING_DONOR  # not yet old enough to ask
    later(minutes=11)
    check_open_payments()
    assert (ledger_of(once), ledger_of(monthly)) == (SETTLED, SETTLED)
    assert standing_state(monthly) is SubscriptionState.ACTIVE
    books_hold()


def test_a_check_whose_minute_is_over_leaves_the_rest_to_the_next(
    house: Any, stripe_sandbox: Handle, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [opened(house), opened(house), opened(house)]
    for payment_id in waiting:
        start_checkout(payment_id, PAGE)
        stripe_sandbox.pay(session_of(payment_id))
    later(minutes=11)
    seconds = iter(range(0, 1000, 40))
    monkeypatch.setattr(sweep, "monotonic", lambda: next(seconds))  # each case takes forty seconds
    check_open_payments()
    assert [state_of(each) is PaymentState.SETTLED for each in waiting] == [True, False, False]
    seconds = iter(range(0, 1000, 1))
    check_open_payments()
    assert [state_of(each) is PaymentState.SETTLED for each in waiting] == [True, True, True]
    books_hold()


def test_a_dropped_renewal_still_becomes_a_payment(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    stripe_sandbox.renew(stripe_id(payment_id))
    later(days=32)
    check_open_payments()
    assert [r.state for r in renewals_of(payment_id)] == [PaymentState.SETTLED]
    asked = len(stripe_sandbox.requests)
    check_open_payments()
    assert len(stripe_sandbox.requests) == asked  # asked once, not every minute
    books_hold()


def test_an_unanswered_call_is_repeated_by_the_check(house: Any, stripe_sandbox: Handle, later: Later) -> None:
    payment_id = opened(house)
    stripe_sandbox.fault("cut", count=2, method="POST")
    with pytest.raises(StripeUnavailable):
        start_checkout(payment_id, PAGE)
    later(minutes=11)
    check_open_payments()
    assert (state_of(payment_id), sessions_made(stripe_sandbox)) == (PaymentState.AWAITING_DONOR, 1)
    assert calls_of(payment_id) == [("1", CallState.ANSWERED)]


def test_a_payment_that_never_reached_stripe_expires(house: Any, stripe_sandbox: Handle, later: Later) -> None:
    payment_id = opened(house, monthly=True)
    later(hours=23)
    check_open_payments()
    assert state_of(payment_id) is PaymentState.CREATED
    later(hours=3)
    check_open_payments()
    assert (state_of(payment_id), standing_state(payment_id)) == (PaymentState.EXPIRED, SubscriptionState.ENDED)


def test_stripe_down_during_apply_delays_and_loses_nothing(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    payment_id = opened(house)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    stripe_sandbox.fault("error_before", count=50, method="GET")
    outbox()
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR
    assert outcomes()["checkout.session.completed"] == "failed"
    stripe_sandbox.sandbox.faults.clear()
    later(minutes=1)
    outbox()
    assert ledger_of(payment_id) == SETTLED
    assert outcomes()["checkout.session.completed"] in ("applied", "stale")


def test_two_workers_apply_both_events_at_the_same_moment(house: Any, app: Flask, stripe_sandbox: Handle) -> None:
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    db.session.rollback()
    waiting = [each.id for each in queries.waiting_events(clock.now(), 10)]
    db.session.rollback()
    assert len(waiting) >= 2
    both = threading.Barrier(len(waiting))

    def work(event_id: str) -> None:
        with app.app_context():
            both.wait(10)
            try:
                apply_event(event_id)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(waiting)) as pool:
        for done in [pool.submit(work, event_id) for event_id in waiting]:
            done.result()
    assert ledger_of(payment_id) == SETTLED
    assert standing_state(payment_id) is SubscriptionState.ACTIVE
    books_hold()


def test_events_delivered_twice_are_stored_once(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    stripe_sandbox.fault("webhook_duplicate", count=20)
    payment_id = paid(house, stripe_sandbox, outbox)
    delivered = [d for d in stripe_sandbox.deliveries if d["status"] == "delivered"]
    assert len(delivered) == 2 * count(StripeEvent)
    assert ledger_of(payment_id) == SETTLED


def test_another_program_on_the_same_account_is_ignored(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    made = _foreign_session(stripe_sandbox)
    stripe_sandbox.pay(made)
    stripe_sandbox.deliver_now()
    outbox()
    assert outcomes()["checkout.session.completed"] == "ignored"
    assert (count(Payment), work_items()) == (0, [])


def _foreign_session(sandbox: Handle) -> str:
    client = stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.url})
    price: Any = {"currency": "usd", "unit_amount": 900, "product_data": {"name": "A mug"}}
    return str(
        client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "ui_mode": "hosted_page",
                "success_url": "http://localhost/thanks",
                "line_items": [{"quantity": 1, "price_data": price}],
                "metadata": {"shop": "1"},
            }
        ).id
    )


def test_the_period_of_a_subscription_is_known(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = paid(house, stripe_sandbox, outbox, monthly=True)
    end = standing(payment_id).current_period_end
    assert end is not None
    assert 27 <= (end - clock.now()).days <= 31
