"""One pledge through the house: form, payment page, gift, receipt, mail; and everything that is sent twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem
from station.core import clock, runtime
from station.core.actor import VISITOR
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.money import Money
from station.core.places import INVARIANTS
from station.giving.models import Frequency
from station.giving.services import PledgeRequest, begin_pledge
from station.payments.models import Payment, PaymentState
from station.receipts.queries import receipt_of
from tests.conftest import House
from tests.giving.conftest import Donor, attempt_of, gifts, pledges, thanks_page

Pay = Callable[..., str | None]


def creations(stripe: Handle) -> list[Any]:
    return [r for r in stripe.requests if r["method"].lower() == "post" and r["path"] == "/v1/checkout/sessions"]


def books_are_in_order() -> None:
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_a_monthly_pledge_becomes_a_gift_a_receipt_and_a_mail(
    donor: Donor, pay: Pay, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    facts = donor.open("/give?station=news&amount=5&frequency=month&source=story:story_01j00000000000000000000000")
    sent = donor.send({**facts, "source": "story:story_01j00000000000000000000000"})
    assert (sent.status_code, len(pledges())) == (303, 1)
    pay(sent.location)
    outbox()
    gift, pledge = gifts()[0], pledges()[0]
    receipt = receipt_of(gift.id)
    assert receipt is not None
    assert (gift.amount_cents, gift.source, pledge.member_id) == (
        500,
        "story:story_01j00000000000000000000000",
        gift.member_id,
    )
    assert gift.given_on == clock.today("America/Los_Angeles")
    page = donor.client.get(thanks_page(pledge.id)).text
    for said in ("Thank you, Maria", "$5.00", receipt.label, "maria@example.org", "Every month", "Next charge"):
        assert said in page
    mails = mailbox.messages
    assert [m["To"].addresses[0].addr_spec for m in mails] == ["maria@example.org"]
    assert "No goods or services were provided" in mails[0].get_body(("plain",)).get_content()
    told = [e.name for e in events_of(Subject("gift", gift.id))]
    assert told == ["giving.gift.received"]
    books_are_in_order()


def test_a_form_sent_twice_is_one_pledge_and_one_payment_page(donor: Donor, stripe_sandbox: Handle) -> None:
    facts = donor.open()
    first, second = donor.send(facts), donor.send(facts)
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    assert (len(pledges()), len(creations(stripe_sandbox))) == (1, 1)


def test_two_tabs_with_the_same_facts_are_one_pledge(donor: Donor, stripe_sandbox: Handle) -> None:
    first, second = donor.open(), donor.open()
    assert first["attempt"] != second["attempt"]
    assert donor.send(first).location == donor.send(second).location
    assert len(pledges()) == 1


def test_two_tabs_with_different_facts_are_two_pledges(donor: Donor, stripe_sandbox: Handle) -> None:
    assert donor.pledge().location != donor.pledge(amount="10").location
    assert sorted(p.amount_cents for p in pledges()) == [500, 1000]


def test_changing_a_form_that_was_sent_asks_once_and_then_starts_a_new_pledge(
    donor: Donor, stripe_sandbox: Handle
) -> None:
    facts = donor.open()
    donor.send(facts)
    changed = donor.send({**facts, "other_amount": "12.50"})
    assert (changed.status_code, len(pledges())) == (422, 1)
    for said in ("<title>Error: ", "$5 a month", "then changed it", 'value="12.50"', 'value="Maria"'):
        assert said in changed.text
    fresh = attempt_of(changed.text)
    assert fresh != facts["attempt"]
    assert donor.send({**facts, "other_amount": "12.50", "attempt": fresh}).status_code == 303
    assert [p.amount_cents for p in pledges()] == [500, 1250]


def test_going_back_after_paying_and_sending_again_shows_the_thanks(donor: Donor, pay: Pay) -> None:
    facts = donor.open()
    pay(donor.send(facts).location)
    again = donor.send(facts)
    assert (again.status_code, again.location.endswith(thanks_page(pledges()[0].id))) == (303, True)
    assert (len(gifts()), len(pledges())) == (1, 1)


def test_changing_a_form_whose_gift_has_arrived_says_so(donor: Donor, pay: Pay) -> None:
    facts = donor.open()
    pay(donor.send(facts).location)
    changed = donor.send({**facts, "amount": "10"})
    assert changed.status_code == 422
    assert f'href="{thanks_page(pledges()[0].id)}"' in changed.text
    assert len(pledges()) == 1


def test_the_same_gift_minutes_after_is_asked_about_and_then_taken(donor: Donor, pay: Pay) -> None:
    pay(donor.pledge(frequency="once").location)
    twin = donor.pledge(frequency="once", email="MARIA@example.org ")
    assert (twin.status_code, len(pledges())) == (422, 1)
    assert "reached us a few minutes ago" in twin.text
    facts = {**donor.open(), "frequency": "once", "attempt": attempt_of(twin.text)}
    sent = donor.send(facts)
    assert sent.status_code == 303
    pay(sent.location)
    assert len(gifts()) == 2


def test_a_second_tab_of_another_day_or_cover_gets_a_page_of_its_own(
    donor: Donor, pay: Pay, stripe_sandbox: Handle, house: House
) -> None:
    first = donor.pledge(charge_day="5")
    assert donor.pledge(charge_day="5").location == first.location
    second = donor.pledge(charge_day="20")
    assert second.location != first.location
    assert [row.charge_day for row in pledges()] == [5, 20]
    assert pay(second.location) is None
    assert [row["status"] for row in stripe_sandbox.sandbox.store.all("checkout.session")] == ["expired", "complete"]
    wanted = PledgeRequest(
        "a", house.news.id, Frequency.ONCE, Money(1000), "Ana", "Peña", "ana@example.org", cover_cents=0
    )
    plain = begin_pledge(wanted, VISITOR)
    assert begin_pledge(replace(wanted, attempt="b"), VISITOR) == plain
    assert begin_pledge(replace(wanted, attempt="c", cover_cents=40), VISITOR) != plain


def test_the_same_gift_later_is_simply_another_gift(donor: Donor, pay: Pay, later: Callable[..., None]) -> None:
    pay(donor.pledge(frequency="once").location)
    later(minutes=11)
    assert donor.pledge(frequency="once").status_code == 303


def test_stripe_in_trouble_charges_nothing_and_the_same_form_works_later(
    donor: Donor, stripe_sandbox: Handle
) -> None:
    facts = donor.open()
    stripe_sandbox.fault("error_before", count=20)
    down = donor.send(facts)
    assert (down.status_code, len(pledges())) == (503, 1)
    for said in ("<title>Error: ", "Nothing was charged", facts["attempt"], "maria@example.org", "702-555-0188"):
        assert said in down.text
    stripe_sandbox.sandbox.faults.clear()
    assert donor.send(facts).status_code == 303
    assert len(pledges()) == 1


def test_an_answer_that_was_lost_makes_no_second_page(donor: Donor, stripe_sandbox: Handle) -> None:
    facts = donor.open()
    stripe_sandbox.fault("cut", count=20)
    assert donor.send(facts).status_code == 503
    stripe_sandbox.sandbox.faults.clear()
    sent = donor.send(facts)
    keys = {r["idempotency_key"] for r in creations(stripe_sandbox)}
    assert (sent.status_code, len(pledges()), len(keys)) == (303, 1, 1)


def test_a_refusal_of_stripe_tells_the_donor_and_the_staff(donor: Donor, stripe_sandbox: Handle) -> None:
    known = runtime.settings()
    runtime.configure(replace(known, stripe_api_key="sk_test_wrong"))
    refused = donor.pledge()
    runtime.configure(known)
    assert refused.status_code == 503
    assert "Nothing was charged" in refused.text
    items = db.session().scalars(sa.select(WorkItem).where(WorkItem.kind == "giving.checkout_refused")).all()
    assert (len(items), len(pledges())) == (1, 1)


def test_the_gift_is_dated_by_the_station_on_new_years_eve(donor: Donor, pay: Pay, stripe_sandbox: Handle) -> None:
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=clock.ZoneInfo("America/Los_Angeles"))
    clock.move(eve.astimezone(UTC) - clock.now())
    stripe_sandbox.advance((eve.astimezone(UTC) - datetime.fromtimestamp(stripe_sandbox.now(), UTC)).total_seconds())
    pay(donor.pledge(frequency="once").location)
    gift = gifts()[0]
    receipt = receipt_of(gift.id)
    assert receipt is not None
    assert (gift.given_on.isoformat(), receipt.label, "December 31, 2026" in receipt.text) == (
        "2026-12-31",
        "2026-000001",
        True,
    )


def test_a_renewal_is_a_gift_of_its_own(donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Any) -> None:
    pay(donor.pledge().location)
    subscription = next(s for s in stripe_sandbox.sandbox.store.all("subscription"))
    clock.move(timedelta(days=32))
    stripe_sandbox.advance(timedelta(days=32).total_seconds())
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert subscription
    first, second = gifts()
    assert (first.pledge_id, first.member_id, first.amount_cents) == (
        second.pledge_id,
        second.member_id,
        second.amount_cents,
    )
    one, other = receipt_of(first.id), receipt_of(second.id)
    assert one
    assert other
    assert one.label != other.label
    assert "one charge of your monthly contribution" in other.text
    books_are_in_order()


def test_a_declined_renewal_becomes_work_for_a_person(
    donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Any
) -> None:
    pay(donor.pledge().location)
    subscription = stripe_sandbox.sandbox.store.all("subscription")[0]["id"]
    stripe_sandbox.decline_next(subscription)
    stripe_sandbox.renew(subscription)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    item = db.session().scalars(sa.select(WorkItem).where(WorkItem.kind == "giving.renewal_failed")).one()
    assert ("Maria Peña" in item.title, item.subject_id, len(gifts())) == (True, gifts()[0].member_id, 1)


def test_a_declined_card_loses_nothing(donor: Donor, pay: Pay, client: FlaskClient) -> None:
    assert pay(donor.pledge().location, card="4000000000000002")
    assert (gifts(), len(pledges())) == ([], 1)
    assert "Thank you" not in client.get(thanks_page(pledges()[0].id)).text


def test_an_unpaid_page_that_closes_is_told(donor: Donor, stripe_sandbox: Handle, outbox: Any) -> None:
    donor.pledge()
    clock.move(timedelta(hours=25))
    stripe_sandbox.advance(timedelta(hours=25).total_seconds())
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    pledge = pledges()[0]
    payment = db.session().get_one(Payment, pledge.payment_id)
    assert payment.state is PaymentState.EXPIRED
    assert "giving.pledge.expired" in [e.name for e in events_of(Subject("pledge", pledge.id))]
    page = donor.client.get(thanks_page(pledge.id)).text
    assert "The payment page has closed" in page
    assert "Nothing was charged" in page
