"""Gifts that repeat: quarterly and yearly, on a day of their own, in the form and everywhere that names them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.words import day as printed
from station.giving import policies
from station.payments.models import Subscription, SubscriptionState
from station.payments.policies import LEAST_BETWEEN, day_in
from tests.giving.conftest import Donor, gifts, pledges, thanks_page
from tests.giving.test_in_page import Page

ZONE = "America/Los_Angeles"
Pay = Callable[..., str | None]
Outbox = Callable[[], int]


def orders() -> list[Subscription]:
    db.session.rollback()
    return list(db.session().query(Subscription).order_by(Subscription.created_at))


@pytest.mark.parametrize(
    ("frequency", "recurring", "word", "adjective"),
    [("quarter", ("month", 3), "Every three months", "quarterly"), ("year", ("year", 1), "Every year", "yearly")],
)
def test_the_whole_way_of_a_gift_that_repeats_rarely(
    donor: Donor,
    pay: Pay,
    outbox: Outbox,
    mailbox: Mailbox,
    stripe_sandbox: Handle,
    frequency: str,
    recurring: tuple[str, int],
    word: str,
    adjective: str,
) -> None:
    begun = clock.now()
    pay(donor.pledge(frequency=frequency, amount="60").location)
    outbox()
    (order,) = orders()
    assert (order.state, order.interval, order.charge_day) == (SubscriptionState.ACTIVE, frequency, None)
    price = stripe_sandbox.get(order.stripe_subscription or "")["items"]["data"][0]["price"]["recurring"]
    assert (price["interval"], price["interval_count"]) == recurring
    page = donor.client.get(thanks_page(pledges()[0].id)).text
    next_on = printed(policies.dates_after_now(None, begun, ZONE)[frequency])
    for said in (word, next_on, f"first {adjective} gift", f"a {frequency}"):
        assert said in page
    receipt = mailbox.messages[0].get_body(("plain",)).get_content()
    assert f"{adjective.capitalize()} contribution, this {frequency}’s charge" in receipt
    assert f"one charge of your {adjective} contribution" in " ".join(receipt.split())
    assert events_of(Subject("gift", gifts()[0].id))[0].data["interval"] == frequency


def test_a_day_of_ones_own_is_charged_in_full_today_and_then_on_that_day(
    donor: Donor, pay: Pay, outbox: Outbox, stripe_sandbox: Handle
) -> None:
    sent = donor.pledge(charge_day="31")
    pay(sent.location)
    for _ in range(3):
        stripe_sandbox.deliver_now()
        outbox()
    (order,) = orders()
    assert (gifts()[0].amount_cents, order.charge_day, pledges()[0].charge_day) == (500, 31, 31)
    assert order.current_period_end is not None
    next_on = clock.local_date(order.current_period_end, ZONE)
    assert next_on == day_in(next_on.year, next_on.month, 31)
    assert next_on - clock.today(ZONE) >= LEAST_BETWEEN
    assert printed(next_on) in donor.client.get(thanks_page(pledges()[0].id)).text
    description = stripe_sandbox.sandbox.store.all("subscription")[0]["description"]
    assert description == "Monthly gift to News 88.9 KNPR, after today on the last day of the month"


@pytest.mark.parametrize(
    "begins",
    [
        datetime(2027, 1, 15, 20, 0, tzinfo=UTC),
        datetime(2027, 1, 31, 7, 30, tzinfo=UTC),  # the 30th here, and a month later the 28th in UTC
        datetime(2027, 2, 15, 7, 30, tzinfo=UTC),  # the 14th here, and in summer time the 15th
    ],
)
def test_the_form_counts_months_as_stripe_does(
    donor: Donor, pay: Pay, later: Callable[..., None], stripe_sandbox: Handle, begins: datetime
) -> None:
    ahead = (begins - clock.now()).total_seconds()
    later(seconds=ahead)
    stripe_sandbox.advance(ahead)
    said = re.search(r'<option value=""[^>]*data-month="([^"]+)"', donor.client.get("/give").text)
    pay(donor.pledge().location)
    (order,) = orders()
    assert order.current_period_end is not None
    assert said is not None
    assert said[1] == printed(clock.local_date(order.current_period_end, ZONE))


def test_the_form_says_the_day_of_the_next_charge_for_every_choice(client: FlaskClient) -> None:
    """Reckoned by the server, by the rule that moves the charge; the page's script only picks one."""
    page = client.get("/give").text
    options = dict(re.findall(r'<option value="(\d*)"([^>]*)>', page))
    assert list(options) == ["", *policies.charge_days()]
    now = clock.now()
    for value, said in options.items():
        found = policies.dates_after_now(int(value) if value else None, now, ZONE)
        assert dict(re.findall(r'data-(\w+)="([^"]+)"', said)) == {name: printed(day) for name, day in found.items()}


def test_rare_choices_stand_behind_one_disclosure_that_opens_for_them(client: FlaskClient) -> None:
    assert '<details class="details" id="rare">' in client.get("/give?frequency=month").text
    assert '<details class="details" id="rare" open>' in client.get("/give?frequency=year").text
    assert 'value="year" checked' in " ".join(client.get("/give?frequency=year").text.split()) or re.search(
        r'<input checked[^>]*value="year"', client.get("/give?frequency=year").text
    )


@pytest.mark.parametrize("day", ["0", "29", "32", "x", "-1", "1" * 50])
def test_a_day_that_is_not_offered_is_refused_and_the_rest_kept(donor: Donor, day: str) -> None:
    answer = donor.pledge(charge_day=day)
    assert answer.status_code == 422
    assert "Choose a day from the list" in answer.text
    assert '<details class="details" id="rare" open>' in answer.text
    assert pledges() == []


@pytest.mark.parametrize("frequency", ["week", "", "MONTH", "once "])
def test_a_frequency_that_is_not_offered_is_refused(donor: Donor, frequency: str) -> None:
    answer = donor.pledge(frequency=frequency)
    assert answer.status_code == 422
    assert "Choose how often" in answer.text


def test_a_gift_once_has_no_day_whatever_the_list_was_left_at(donor: Donor, stripe_sandbox: Handle) -> None:
    assert donor.pledge(frequency="once", charge_day="5").status_code == 303
    assert pledges()[0].charge_day is None


def test_the_same_form_with_another_day_is_another_pledge(donor: Donor, stripe_sandbox: Handle) -> None:
    facts = donor.open()
    donor.send({**facts, "charge_day": "5"})
    again = donor.send({**facts, "charge_day": "6"})
    assert again.status_code == 422
    assert "then changed it" in again.text


def test_in_our_page_each_frequency_has_its_checkout_and_the_day_is_that_of_the_press(
    donor: Donor, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    page = Page(donor, stripe_sandbox)
    first = page.open(frequency="quarter", charge_day="5").json
    assert page.open(frequency="quarter", charge_day="6").json["client_secret"] == first["client_secret"]
    assert page.open(frequency="year").json["client_secret"] != first["client_secret"]
    sent = page.send(frequency="quarter", charge_day="7")
    assert sent.status_code == 200
    assert page.confirm(first["client_secret"]) is None
    for _ in range(3):
        stripe_sandbox.deliver_now()
        outbox()
    paid = next(order for order in orders() if order.state is SubscriptionState.ACTIVE)
    assert (paid.interval, paid.charge_day) == ("quarter", 7)
    assert paid.current_period_end is not None
    assert clock.local_date(paid.current_period_end, ZONE).day == 7


@pytest.mark.parametrize(
    ("day", "words"),
    [(1, "the 1st"), (2, "the 2nd"), (3, "the 3rd"), (11, "the 11th"), (22, "the 22nd"), (31, "the last day")],
)
def test_how_a_day_is_said(day: int, words: str) -> None:
    assert policies.day_words(day) == words


def test_a_day_near_today_is_the_one_a_month_later() -> None:
    assert policies.dates_after_now(28, datetime(2026, 11, 26, 20, tzinfo=UTC), ZONE) == {
        "month": date(2026, 12, 28),
        "quarter": date(2027, 2, 28),
        "year": date(2027, 11, 28),
    }
