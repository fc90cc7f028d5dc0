"""Sustainers over time: charge days, moved dates, skipped months, pauses, retries, what a bank wants to see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from sandbox.stripe.core.clock import next_period_end
from sandbox.stripe.flows.billing.periods import Beginning, beginning
from sandbox.stripe.testing import Handle

DAY = 86_400


@pytest.fixture
def v1(stripe_client: stripe.StripeClient) -> Any:
    return stripe_client.v1


def since(handle: Handle, count: int) -> list[str]:
    return [event["type"] for event in handle.events[count:]]


def instant(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type]


def day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def recurring(cents: int, interval: str = "month", count: int = 1) -> dict[str, Any]:
    every = {"interval": interval, "interval_count": count}
    return {"currency": "usd", "unit_amount": cents, "recurring": every}


def begun(v1: Any, card: str = "pm_card_visa", every: tuple[str, int] = ("month", 1), **more: Any) -> Any:
    settings = {"default_payment_method": card}
    ada = v1.customers.create({"name": "Ada", "payment_method": card, "invoice_settings": settings})
    product = v1.products.create({"name": "A gift"})
    price = {**recurring(1500, *every), "product": product.id}
    return v1.subscriptions.create({"customer": ada.id, "items": [{"price_data": price}], **more})


def ends(subscription: Any) -> int:
    return int(subscription["items"].data[0].current_period_end)


# When ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("every", "paid"), [(("month", 1), 13), (("month", 3), 5), (("year", 1), 2)])
def test_months_quarters_and_years(stripe_sandbox: Handle, v1: Any, every: tuple[str, int], paid: int) -> None:
    subscription = begun(v1, every=every)
    stripe_sandbox.advance(366 * DAY)
    assert len(v1.invoices.list({"subscription": subscription.id, "status": "paid", "limit": 100}).data) == paid


def test_the_last_of_the_month_comes_back_after_february() -> None:
    begins = beginning({"billing_cycle_anchor_config": {"day_of_month": 31}}, instant(2027, 2, 10, 12))
    assert begins.anchor == instant(2027, 2, 28, 12)
    days, at = [], begins.anchor
    for _ in range(3):
        at = next_period_end(begins.anchor, at, "month", 1, 31)
        days.append(day(at))
    assert days == ["2027-03-31", "2027-04-30", "2027-05-31"]


@pytest.mark.parametrize(
    ("config", "now", "wanted"),
    [
        ({"day_of_month": 15, "hour": 9, "minute": 0, "second": 0}, (2027, 5, 15, 10), (2027, 6, 15, 9)),
        ({"day_of_month": 15}, (2027, 5, 14, 10), (2027, 5, 15, 10)),
        ({"day_of_month": 31, "month": 2}, (2027, 3, 1), (2028, 2, 29)),
        ({"day_of_month": 1}, (2027, 12, 31, 23), (2028, 1, 1, 23)),
    ],
)
def test_the_next_charge_day(config: dict[str, int], now: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    assert beginning({"billing_cycle_anchor_config": config}, instant(*now)).anchor == instant(*wanted)


def test_a_share_of_the_first_month() -> None:
    month: Any = {"interval": "month", "interval_count": 1}
    half = Beginning(instant(2027, 5, 1))
    assert half.share(3000, month, instant(2027, 4, 16)) == 1500
    assert half.share(3000, month, instant(2027, 3, 1)) == 3000
    assert Beginning(half.anchor, prorate=False).share(3000, month, instant(2027, 4, 16)) == 0
    assert Beginning().share(3000, month, 0) == 3000


@pytest.mark.parametrize(
    "given",
    [
        {"billing_cycle_anchor": 5},
        {"trial_end": 5},
        {"billing_cycle_anchor_config": {"day_of_month": 32}},
        {"billing_cycle_anchor_config": {"day_of_month": 3}, "trial_end": 4_000_000_000},
        {"trial_end": 4_000_000_000},
    ],
)
def test_dates_that_cannot_be(v1: Any, given: dict[str, Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        begun(v1, **given)


def test_a_session_with_a_charge_day_pays_nothing_now(stripe_sandbox: Handle, gifts: Any, v1: Any) -> None:
    data = {"billing_cycle_anchor_config": {"day_of_month": 31}, "proration_behavior": "none"}
    session = gifts.monthly(1500, subscription_data=data)
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")
    assert stripe_sandbox.pay(session.id, "4000000000000002") == "Your card was declined."
    assert stripe_sandbox.pay(session.id) is None
    done = gifts.look(session, "subscription", "invoice")
    assert (done.payment_status, done.subscription.status, done.invoice.status) == (
        "no_payment_required",
        "active",
        "paid",
    )
    assert done.invoice.amount_paid == 0
    assert done.subscription.billing_cycle_anchor_config.day_of_month == 31
    assert v1.payment_intents.list().data == []
    stripe_sandbox.advance(ends(done.subscription) - stripe_sandbox.now() + 7200)
    assert [i.amount_paid for i in v1.invoices.list({"subscription": done.subscription.id}).data] == [1500, 0]


def test_a_session_with_a_charge_day_pays_a_share(stripe_sandbox: Handle, gifts: Any) -> None:
    at = stripe_sandbox.now() + 10 * DAY
    session = gifts.monthly(3000, subscription_data={"billing_cycle_anchor": at})
    assert 900 <= session.amount_total <= 1100
    stripe_sandbox.pay(session.id)
    done = gifts.look(session, "subscription", "invoice", "invoice.payments")
    assert (done.invoice.amount_paid, done.payment_status) == (session.amount_total, "paid")
    assert ends(done.subscription) == at


def test_an_open_session_is_saved_by_a_bank_account(stripe_sandbox: Handle, gifts: Any) -> None:
    session = gifts.in_page(1500, monthly=True, subscription_data={"trial_end": stripe_sandbox.now() + 20 * DAY})
    assert stripe_sandbox.pay_by_bank(session.id) is None
    done = gifts.look(session, "subscription")
    assert (done.status, done.subscription.status) == ("complete", "trialing")
    gone = gifts.monthly(1500, subscription_data={"trial_end": stripe_sandbox.now() + 20 * DAY})
    stripe_sandbox.pay(gone.id, "4000000000000002")
    stripe_sandbox.advance(2 * DAY)
    assert "setup_intent.canceled" in since(stripe_sandbox, 0)


# Changes ---------------------------------------------------------------------------------------------------


def test_a_skipped_month_and_another_day(stripe_sandbox: Handle, v1: Any) -> None:
    subscription = begun(v1)
    later = ends(subscription) + 20 * DAY
    seen = len(stripe_sandbox.events)
    moved = v1.subscriptions.update(subscription.id, {"trial_end": later, "proration_behavior": "none"})
    assert (moved.status, moved.billing_cycle_anchor, ends(moved)) == ("trialing", later, later)
    assert since(stripe_sandbox, seen) == [
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    stripe_sandbox.advance(later - stripe_sandbox.now() - 3600)
    assert since(stripe_sandbox, seen + 5) == ["customer.subscription.trial_will_end"]
    stripe_sandbox.advance(2 * 3600 + 60)
    now = v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (now.status, now.latest_invoice.status, now.latest_invoice.amount_paid) == ("active", "paid", 1500)
    assert [i.amount_paid for i in v1.invoices.list({"subscription": subscription.id}).data] == [1500, 0, 1500]


def test_a_trial_can_end_now(stripe_sandbox: Handle, v1: Any) -> None:
    subscription = begun(v1, trial_end=stripe_sandbox.now() + 10 * DAY)
    assert (subscription.status, subscription.trial_end) == ("trialing", ends(subscription))
    paid = v1.subscriptions.update(subscription.id, {"trial_end": "now", "proration_behavior": "none"})
    assert paid.status == "active"
    assert v1.invoices.retrieve(paid.latest_invoice).amount_paid == 1500
    stripe_sandbox.advance(12 * DAY)
    assert len(v1.invoices.list({"subscription": subscription.id}).data) == 2


def test_another_interval_begins_a_period_now(stripe_sandbox: Handle, v1: Any) -> None:
    subscription = begun(v1)
    stripe_sandbox.advance(5 * DAY)
    item = subscription["items"].data[0]
    price = {**recurring(9000, "year"), "product": item.price.product}
    given = {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
    changed = v1.subscriptions.update(subscription.id, given)
    assert changed.billing_cycle_anchor == pytest.approx(stripe_sandbox.now(), abs=5)
    assert ends(changed) > stripe_sandbox.now() + 364 * DAY
    assert v1.invoices.retrieve(changed.latest_invoice).amount_paid == 9000
    with pytest.raises(stripe.InvalidRequestError, match="proration_behavior"):
        v1.subscriptions.update(subscription.id, {"billing_cycle_anchor": {"type": "now"}})


def test_a_pause_voids_invoices_and_ends_by_itself(stripe_sandbox: Handle, v1: Any) -> None:
    subscription = begun(v1)
    until = ends(subscription) + 10 * DAY
    pause = {"behavior": "void", "resumes_at": until}
    assert v1.subscriptions.update(subscription.id, {"pause_collection": pause}).pause_collection.resumes_at == until
    stripe_sandbox.advance(ends(subscription) - stripe_sandbox.now() + DAY)
    assert [i.status for i in v1.invoices.list({"subscription": subscription.id}).data] == ["void", "paid"]
    stripe_sandbox.advance(10 * DAY)
    assert v1.subscriptions.retrieve(subscription.id).pause_collection is None
    stripe_sandbox.advance(31 * DAY)
    assert v1.invoices.list({"subscription": subscription.id}).data[0].status == "paid"
    v1.subscriptions.update(subscription.id, {"pause_collection": {"behavior": "void"}})
    assert v1.subscriptions.update(subscription.id, {"pause_collection": ""}).pause_collection is None


def test_a_subscription_that_stands_still(stripe_sandbox: Handle, v1: Any) -> None:
    subscription = begun(v1)
    paused = v1.subscriptions.pause(subscription.id)
    assert (paused.status, paused.status_details.paused.subscription.type) == ("paused", "pause_requested")
    stripe_sandbox.advance(100 * DAY)
    assert len(v1.invoices.list({"subscription": subscription.id}).data) == 1
    assert v1.subscriptions.resume(subscription.id).status == "active"
    assert len(v1.invoices.list({"subscription": subscription.id, "status": "paid"}).data) == 2
    kinds = since(stripe_sandbox, 0)
    assert ("customer.subscription.paused" in kinds, "customer.subscription.resumed" in kinds) == (True, True)
    with pytest.raises(stripe.InvalidRequestError, match="Only a paused"):
        v1.subscriptions.resume(subscription.id)


def test_cancelled_with_a_reason(v1: Any) -> None:
    given = {"cancellation_details": {"comment": "moving", "feedback": "too_expensive"}}
    gone = v1.subscriptions.cancel(begun(v1).id, given)
    details = gone.cancellation_details
    assert (details.reason, details.comment, details.feedback) == (
        "cancellation_requested",
        "moving",
        "too_expensive",
    )


def test_an_end_at_a_date_or_with_the_period(stripe_sandbox: Handle, v1: Any) -> None:
    dated, periodic = begun(v1), begun(v1)
    at = stripe_sandbox.now() + 5 * DAY
    assert v1.subscriptions.update(dated.id, {"cancel_at": at}).cancel_at == at
    assert v1.subscriptions.update(periodic.id, {"cancel_at": "min_period_end"}).cancel_at == ends(periodic)
    with pytest.raises(stripe.InvalidRequestError, match="in the future"):
        v1.subscriptions.update(periodic.id, {"cancel_at": 5})
    stripe_sandbox.advance(6 * DAY)
    assert v1.subscriptions.retrieve(dated.id).status == "canceled"
    stripe_sandbox.advance(40 * DAY)
    gone = v1.subscriptions.retrieve(periodic.id)
    assert (gone.status, gone.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert len(v1.invoices.list({"subscription": periodic.id}).data) == 1


# Collection ------------------------------------------------------------------------------------------------


def test_the_account_says_how_often_and_what_then(stripe_sandbox: Handle, v1: Any) -> None:
    stripe_sandbox.set_retries([1, 2], "unpaid")
    subscription = begun(v1)
    stripe_sandbox.decline_next(subscription.id, times=9)
    invoice = str(stripe_sandbox.renew(subscription.id))
    stripe_sandbox.advance(4 * DAY)
    seen = v1.invoices.retrieve(invoice, {"expand": ["payments"]})
    assert (seen.status, seen.attempt_count, seen.next_payment_attempt) == ("open", 3, None)
    intent = seen.payments.data[0].payment.payment_intent
    assert v1.subscriptions.retrieve(subscription.id).status == "unpaid"
    assert v1.invoices.void_invoice(invoice).status == "void"
    dropped = v1.payment_intents.retrieve(intent)
    assert (dropped.status, dropped.cancellation_reason) == ("canceled", "void_invoice")
    assert v1.subscriptions.retrieve(subscription.id).status == "active"
    for wrong in ({"days": [0]}, {"then": "forgotten"}):
        with pytest.raises(ValueError, match="days are 1 or more"):
            stripe_sandbox.set_retries(**wrong)


def test_an_attempt_by_hand_leaves_the_schedule_alone(stripe_sandbox: Handle, v1: Any) -> None:
    subscription = begun(v1)
    stripe_sandbox.decline_next(subscription.id, times=2)
    invoice = v1.invoices.retrieve(stripe_sandbox.renew(subscription.id))
    with pytest.raises(stripe.CardError):
        v1.invoices.pay(invoice.id)
    after = v1.invoices.retrieve(invoice.id)
    assert (after.attempt_count, after.next_payment_attempt) == (1, invoice.next_payment_attempt)
    other = v1.payment_methods.attach("pm_card_mastercard", {"customer": subscription.customer})
    paid = v1.invoices.pay(invoice.id, {"payment_method": other.id, "expand": ["payments"]})
    assert (paid.status, paid.attempt_count, paid.next_payment_attempt) == ("paid", 1, None)
    assert v1.subscriptions.retrieve(subscription.id).status == "active"
    stripe_sandbox.advance(10 * DAY)
    assert len(v1.charges.list({"customer": subscription.customer}).data) == 4


def test_a_lost_card_is_not_charged_again_but_another_one_is(stripe_sandbox: Handle, v1: Any) -> None:
    subscription = begun(v1, "pm_card_authenticationRequiredOnSetup", trial_end=stripe_sandbox.now() + DAY)
    lost = v1.payment_methods.create({"type": "card", "card": {"token": "tok_chargeDeclinedLostCard"}})
    stripe_sandbox.sandbox.store.save({**stripe_sandbox.get(lost.id), "customer": subscription.customer})
    v1.subscriptions.update(subscription.id, {"default_payment_method": lost.id})
    stripe_sandbox.advance(DAY + 3700)
    charges = {"customer": subscription.customer}
    assert len(v1.charges.list(charges).data) == 1
    stripe_sandbox.advance(3 * DAY)
    invoice = v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]}).latest_invoice
    assert (invoice.attempt_count, len(v1.charges.list(charges).data)) == (2, 1)
    better = v1.payment_methods.attach("pm_card_visa", charges)
    v1.subscriptions.update(subscription.id, {"default_payment_method": better.id})
    stripe_sandbox.advance(5 * DAY)
    assert v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_bank_that_wants_to_see_the_donor_at_a_renewal(stripe_sandbox: Handle, gifts: Any, v1: Any) -> None:
    session = gifts.monthly()
    stripe_sandbox.pay(session.id, "4000002760003184")
    subscription = gifts.look(session).subscription
    seen = len(stripe_sandbox.events)
    invoice = v1.invoices.retrieve(stripe_sandbox.renew(subscription), {"expand": ["confirmation_secret"]})
    assert "invoice.payment_action_required" in since(stripe_sandbox, seen)
    intent = invoice.confirmation_secret.client_secret.partition("_secret_")[0]
    assert v1.payment_intents.retrieve(intent).status == "requires_action"
    assert v1.subscriptions.retrieve(subscription).status == "past_due"
    with pytest.raises(stripe.CardError) as caught:
        v1.invoices.pay(invoice.id)
    assert caught.value.code == "invoice_payment_intent_requires_action"


def test_a_bank_debit_is_not_tried_again(stripe_sandbox: Handle, gifts: Any, v1: Any) -> None:
    session = gifts.in_page(1500, monthly=True)
    stripe_sandbox.pay_by_bank(session.id)
    stripe_sandbox.settle_debits()
    subscription = gifts.look(session).subscription
    invoice = str(stripe_sandbox.renew(subscription))
    stripe_sandbox.settle_debits(sent_back="insufficient_funds")
    failed = v1.invoices.retrieve(invoice)
    assert (failed.status, failed.attempt_count, failed.next_payment_attempt) == ("open", 1, None)
    stripe_sandbox.advance(20 * DAY)
    assert v1.subscriptions.retrieve(subscription).status == "past_due"
    assert v1.invoices.retrieve(invoice).attempt_count == 1
    assert v1.invoices.pay(invoice).status == "open"
    with pytest.raises(stripe.InvalidRequestError, match="processing"):
        v1.invoices.void_invoice(invoice)
    stripe_sandbox.settle_debits()
    assert v1.invoices.retrieve(invoice).status == "paid"
    assert v1.subscriptions.retrieve(subscription).status == "active"


def test_a_renewal_is_announced_when_asked_for(stripe_sandbox: Handle, v1: Any) -> None:
    stripe_sandbox.announce_renewals(7)
    subscription = begun(v1)
    seen = len(stripe_sandbox.events)
    stripe_sandbox.advance(ends(subscription) - stripe_sandbox.now() - 6 * DAY)
    assert since(stripe_sandbox, seen) == ["invoice.upcoming"]
    told = stripe_sandbox.events[-1]["data"]["object"]
    assert (told["amount_due"], told["parent"]["subscription_details"]["subscription"]) == (1500, subscription.id)
    stripe_sandbox.announce_renewals(0)
    stripe_sandbox.advance(40 * DAY)
    assert since(stripe_sandbox, 0).count("invoice.upcoming") == 1
