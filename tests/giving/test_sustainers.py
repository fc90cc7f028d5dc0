"""Sustainers at the desk and in the donor's mail; a second one that nobody learns of but its donor."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.giving import queries, services
from station.giving.queries import SustainerFilter
from station.payments import queries as payments
from station.payments.models import ChangeState, EndReason, Subscription
from station.payments.models import SubscriptionState as S
from station.payments.services import sustaining
from tests.giving.conftest import Donor, pledges
from tests.giving.test_in_page import Page

Pay = Callable[..., str | None]
Outbox = Callable[[], int]
Desk = Callable[..., FlaskClient]


@pytest.fixture
def sustains(donor: Donor, pay: Pay, outbox: Outbox) -> Callable[..., Subscription]:
    """A sustainer who has begun: sustains(amount="10", email=…)."""

    def begin(**changes: str) -> Subscription:
        pay(donor.pledge(**changes).location)
        outbox()
        db.session.rollback()
        return db.session().scalars(sa.select(Subscription).order_by(Subscription.id.desc())).first()  # type: ignore[return-value]

    return begin


def again(order: Subscription) -> Subscription:
    db.session.rollback()
    return db.session().get_one(Subscription, order.id, populate_existing=True)


def page_of(order: Subscription, action: str = "") -> str:
    return f"/desk/sustainers/{public_id('sustainer', order.id)}{f'/{action}' if action else ''}"


def post(desk: FlaskClient, order: Subscription, action: str, **fields: str) -> Any:
    shown = desk.get(page_of(order)).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    said = {"asked": "phone"} if action in ("amount", "date") else {}
    return desk.post(page_of(order, action), data={"csrf_token": token[1], **said, **fields})


def letters(mailbox: Mailbox) -> list[str]:
    """Subjects of what was sent, without receipts."""
    return [m["Subject"] for m in mailbox.messages if not m["Subject"].startswith("Your receipt")]


# The desk ----------------------------------------------------------------------------------------------------------


def test_the_list_filters_and_adds_up_what_comes_in_a_month(
    sustains: Callable[..., Subscription], desk: Desk, donor: Donor
) -> None:
    sustains(amount="10")
    sustains(amount="60", frequency="quarter", email="kim@example.org", given_name="Kim")
    sustains(amount="120", frequency="year", email="lee@example.org", given_name="Lee", station="classical")
    stopped = sustains(amount="25", email="max@example.org", given_name="Max")
    sustaining.cancel(stopped.id, EndReason.OTHER, COMMAND)
    found = queries.sustainers(SustainerFilter())
    assert (found.many, found.giving, found.monthly) == (4, 3, Money(1000 + 2000 + 1000))
    staff = desk("development")
    everyone = staff.get("/desk/sustainers").text
    assert "$40.00 a month" in everyone
    for query, names in (
        ("state=active", {"Maria", "Kim", "Lee"}),
        ("state=ended", {"Max"}),
        ("interval=quarter", {"Kim"}),
        ("station=classical", {"Lee"}),
        ("q=kim%40example", {"Kim"}),
        ("q=peña", {"Maria", "Kim", "Lee", "Max"}),
        ("q=%25", set()),
        ("state=nonsense&interval=week&station=nowhere", {"Maria", "Kim", "Lee", "Max"}),
    ):
        page = staff.get(f"/desk/sustainers?{query}").text
        assert {name for name in ("Maria", "Kim", "Lee", "Max") if name in page} == names, query


def test_the_desk_changes_amount_day_pause_and_end_and_every_step_is_on_record(
    sustains: Callable[..., Subscription], desk: Desk, outbox: Outbox, mailbox: Mailbox
) -> None:
    order, staff = sustains(amount="10"), desk("development")
    until = clock.today("America/Los_Angeles") + timedelta(days=100)
    for action, fields in (
        ("amount", {"amount": "15"}),
        ("date", {"charge_day": "31"}),
        ("pause", {"until": until.isoformat()}),
        ("resume", {}),
        ("skip", {}),
        ("resume", {}),
        ("cancel", {"reason": "money", "words": "Lost my job.", "when": "later"}),
        ("stay", {}),
        ("cancel", {"reason": "money", "words": "Lost my job.", "when": "now"}),
    ):
        answer = post(staff, order, action, **fields)
        assert answer.status_code == 303, (action, answer.text[:2000])
    row = again(order)
    assert (row.state, row.amount_cents, row.charge_day, row.end_reason) == (S.ENDED, 1500, 31, "money")
    changes = payments.changes_of(order.id)
    assert {change.state for change in changes} == {ChangeState.DONE}
    assert len(changes) == 9
    assert all(change.who for change in changes)
    assert (pledges()[0].amount_cents, pledges()[0].charge_day) == (1500, 31)
    page = staff.get(page_of(order)).text
    for said in (
        "Lost my job.",
        "$10.00",
        "$15.00",
        "Stop",
        "This gift does not run any more",
        "Cannot afford it now",
    ):
        assert said in page
    outbox()
    assert letters(mailbox) == [
        "The amount of your gift has changed",
        "The day of your gift has changed",
        "Your gift is paused",
        "Your gift goes on",
        "Your gift is paused",
        "Your gift goes on",
        "Your gift will stop",
        "Your gift goes on",
        "Your gift has stopped",
    ]
    changed = re.search(r"(/my-gift/[\w.-]+)", mailbox.messages[1].get_body(("plain",)).get_content())
    assert changed
    assert staff.get(changed[1]).status_code == 200
    plain = mailbox.messages[-1].get_body(("plain",)).get_content()
    assert "Nothing more is charged." in plain
    assert "/give?station=news" in plain.replace("=\n", "")


def test_an_interval_changed_at_stripe_is_the_promise_and_the_donor_reads_it(
    sustains: Callable[..., Subscription], stripe_sandbox: Handle, outbox: Outbox, mailbox: Mailbox
) -> None:
    order = sustains(amount="10")
    at_stripe = stripe_sandbox.get(order.stripe_subscription or "")
    with stripe_sandbox.sandbox.action():
        at_stripe["items"]["data"][0]["price"]["recurring"]["interval"] = "year"
        stripe_sandbox.sandbox.store.save(at_stripe)
        stripe_sandbox.sandbox.emit("customer.subscription.updated", at_stripe, {})
    for _ in range(2):
        stripe_sandbox.deliver_now(delayed=True)
        outbox()
    assert (again(order).interval, pledges()[0].frequency.value) == ("year", "year")
    assert letters(mailbox) == ["Your gift is charged yearly now"]
    assert "$10 a year" in mailbox.messages[-1].get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("amount", {"amount": ""}, "not an amount"),
        ("amount", {"amount": "1"}, "below the smallest pledge"),
        ("amount", {"amount": "5"}, "already"),
        ("date", {"charge_day": "30"}, "Choose a day from the list"),
        ("pause", {"until": ""}, "Say from which day"),
        ("pause", {"until": "2020-01-01"}, "Choose a later day"),
        ("pause", {"until": "2199-01-01"}, "within a year"),
        ("cancel", {"reason": "", "when": "now"}, "Choose why the gift stops"),
        ("cancel", {"reason": "money", "when": "now", "words": "x" * 501}, "500 characters"),
        ("cancel", {"reason": "money", "when": "never"}, "Not a valid choice"),
        ("resume", {}, "not paused"),
        ("stay", {}, "not stopped"),
    ],
)
def test_what_cannot_be_done_is_said_and_what_was_typed_is_kept(
    sustains: Callable[..., Subscription], desk: Desk, action: str, fields: dict[str, str], said: str
) -> None:
    order = sustains(amount="5")
    answer = post(desk("development"), order, action, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    for typed in fields.values():
        assert typed in answer.text or typed in ("never", "30")  # a choice that is not offered cannot be shown
    assert (again(order).state, payments.changes_of(order.id)) == (S.ACTIVE, [])


def test_strange_addresses_and_other_roles(sustains: Callable[..., Subscription], desk: Desk) -> None:
    order, staff = sustains(), desk("development")
    assert post(staff, order, "double").status_code == 404
    for strange in ("nothing", public_id("gift", order.id), public_id("sustainer", new_id())):
        assert staff.get(f"/desk/sustainers/{strange}").status_code == 404
    assert desk("underwriting").get(page_of(order)).status_code == 403


def test_without_an_answer_of_stripe_the_desk_says_that_it_is_not_known(
    sustains: Callable[..., Subscription], desk: Desk, stripe_sandbox: Handle
) -> None:
    order, staff = sustains(), desk("development")
    stripe_sandbox.fault("cut", path="/v1/subscriptions/", method="POST", count=2)
    assert post(staff, order, "amount", amount="50").status_code == 303
    page = staff.get(page_of(order)).text
    assert "not known yet whether the change is made" in page
    assert "Unknown" in page


def test_the_member_page_shows_what_repeats(sustains: Callable[..., Subscription], desk: Desk) -> None:
    order = sustains(amount="60", frequency="year")
    page = desk("development").get(f"/desk/members/{public_id('member', pledges()[0].member_id)}").text  # type: ignore[arg-type]
    assert page_of(order) in page
    assert "Yearly" in page


def test_a_gift_that_stops_because_its_donor_died_is_confirmed_to_nobody(
    sustains: Callable[..., Subscription], outbox: Outbox, mailbox: Mailbox
) -> None:
    sustaining.cancel(sustains().id, EndReason.DIED, COMMAND)
    outbox()
    assert letters(mailbox) == []


# A second one ------------------------------------------------------------------------------------------------------


def second_items() -> list[WorkItem]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(WorkItem).where(WorkItem.kind == "giving.second_sustainer")))


def test_a_second_one_is_told_to_its_donor_and_to_the_staff_once_it_is_paid(
    sustains: Callable[..., Subscription], outbox: Outbox, mailbox: Mailbox
) -> None:
    sustains(amount="10")
    sustains(amount="15", frequency="quarter")
    outbox()
    assert letters(mailbox) == ["You now have two gifts that repeat"]
    plain = mailbox.messages[-1].get_body(("plain",)).get_content()
    assert "$10 a month" in plain
    assert "$15 a quarter" in plain
    assert len(second_items()) == 1


def test_another_station_or_an_ended_one_is_no_second(
    sustains: Callable[..., Subscription], outbox: Outbox, mailbox: Mailbox
) -> None:
    sustaining.cancel(sustains(amount="10").id, EndReason.OTHER, COMMAND)
    sustains(amount="15", station="classical")
    sustains(amount="20")
    outbox()
    assert letters(mailbox) == ["Your gift has stopped"]
    assert second_items() == []


def test_a_gift_to_both_stations_is_seen_by_each_and_is_a_second_one_of_each(
    sustains: Callable[..., Subscription], donor: Donor, desk: Desk, outbox: Outbox, mailbox: Mailbox
) -> None:
    both, names = sustains(amount="11", station="both"), "News 88.9 KNPR and Classical 89.7 KCNV"
    staff, member = desk("development"), pledges()[0].member_id
    assert member is not None
    for address in (
        "/desk/sustainers?station=news",
        "/desk/sustainers?station=classical",
        page_of(both),
        f"/desk/failed-payments/{public_id('sustainer', both.id)}",
        f"/desk/members/{public_id('member', member)}",
    ):
        assert names in staff.get(address).text, address
    assert "<b>$5.50 a month</b>" in staff.get("/desk/sustainers?station=classical").text
    proven = {"giver": services.giver_token(member), "station": "classical"}
    asked = donor.send({**donor.open(), **proven})
    assert f"You already give $11 a month to {names}" in asked.text
    sustains(amount="20", station="classical")
    outbox()
    assert letters(mailbox) == ["You now have two gifts that repeat"]
    plain = " ".join(mailbox.messages[-1].get_body(("plain",)).get_content().split())
    assert f"$11 a month to {names} since" in plain
    assert len(second_items()) == 1


def test_who_types_an_address_learns_nothing_of_its_gifts(
    sustains: Callable[..., Subscription], donor: Donor, stripe_sandbox: Handle
) -> None:
    """Byte for byte the same answer for the address of a sustainer and for one that nobody has."""
    sustains(amount="10")
    known, unknown = donor.pledge(amount="20"), donor.pledge(amount="20", email="nobody@example.org")
    assert (known.status_code, unknown.status_code) == (303, 303)
    hide = re.compile(r"cs_test_\w+")
    assert hide.sub("", known.location) == hide.sub("", unknown.location)


def test_who_is_proven_is_asked_plainly_and_may_mean_it(
    sustains: Callable[..., Subscription], donor: Donor, pay: Pay, outbox: Outbox, mailbox: Mailbox
) -> None:
    sustains(amount="10")
    member = pledges()[0].member_id
    assert member is not None
    link = f"/give?giver={services.giver_token(member)}"
    giver = services.giver_token(member)
    assert 'name="giver"' in donor.client.get(link).text
    asked = donor.send({**donor.open(link), "giver": giver, "amount": "20"})
    assert asked.status_code == 422
    assert "You already give $10 a month to News 88.9 KNPR" in asked.text
    attempt = re.search(r'name="attempt"[^>]*value="([^"]+)"', asked.text)
    assert attempt
    meant = donor.send({**donor.open(link), "giver": giver, "amount": "20", "attempt": attempt[1]})
    assert meant.status_code == 303
    pay(meant.location)
    outbox()
    assert (second_items(), letters(mailbox)) == ([], [])
    assert donor.send({**donor.open(link), "giver": giver, "amount": "30", "frequency": "once"}).status_code == 303


def test_in_our_page_the_proven_are_asked_before_the_script_may_confirm(
    sustains: Callable[..., Subscription], donor: Donor, stripe_sandbox: Handle
) -> None:
    sustains(amount="10")
    member = pledges()[0].member_id
    assert member is not None
    page = Page(donor, stripe_sandbox)
    giver = services.giver_token(member)
    page.open(amount="20", giver=giver)
    answer = page.send(amount="20", giver=giver)
    assert (answer.status_code, answer.json["again"]) == (422, True)
    assert page.send(amount="20", giver=giver, attempt=answer.json["attempt"]).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x.y.z"])
def test_a_foreign_token_proves_nobody(donor: Donor, token: str) -> None:
    assert services.read_giver(token) is None
    assert 'name="giver"' not in donor.client.get(f"/give?giver={token}").text


def test_a_token_is_too_old_one_day(app: object, later: Callable[..., None]) -> None:
    member = new_id()
    token = services.giver_token(member)
    assert services.read_giver(token) == member
    later(days=91)
    assert services.read_giver(token) is None
