"""What must not lose, double or misdirect a gift: races, changed minds, long names, a locked database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem, WorkState
from station.core import clock
from station.core import db as core_db
from station.core.actor import COMMAND, VISITOR
from station.core.db import db, writable
from station.core.events import Subject, events_of
from station.core.money import Money
from station.core.places import INVARIANTS
from station.giving.models import Frequency
from station.giving.services import PledgeRequest, begin_pledge
from station.members.services import change_member
from station.payments.models import Payment, PaymentState, StripeEvent
from tests.conftest import House
from tests.giving.conftest import Donor, attempt_of, gifts, pledges, thanks_page
from tests.payments.test_inbox import body, post

Pay = Callable[..., str | None]


def books_are_in_order() -> None:
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def items(kind: str, state: WorkState = WorkState.OPEN) -> list[WorkItem]:
    db.session.rollback()
    wanted = (WorkItem.kind == kind, WorkItem.state == state)
    return list(db.session().scalars(sa.select(WorkItem).where(*wanted)))


def states() -> list[PaymentState]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(Payment.state).order_by(Payment.id)))


# Two at once --------------------------------------------------------------------------------------------------------


def test_six_tabs_with_the_same_facts_at_once_are_one_pledge(app: Flask, house: House) -> None:
    begun: list[UUID] = []
    failed: list[BaseException] = []
    start = threading.Barrier(6)

    def send(tab: int) -> None:
        with app.app_context():
            try:
                email = "maria@example.org" if tab % 2 else "Maria@Example.org"
                wanted = PledgeRequest(
                    f"tab-{tab}", house.news.id, Frequency.ONCE, Money(500), "Maria", "Peña", email
                )
                start.wait()
                begun.append(begin_pledge(wanted, VISITOR).pledge_id)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=send, args=(tab,)) for tab in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert failed == []
    assert (len(begun), len(set(begun)), len(pledges())) == (6, 1, 1)


# A changed mind -----------------------------------------------------------------------------------------------------


def statuses(stripe: Handle) -> list[str]:
    return [
        s["status"] for s in sorted(stripe.sandbox.store.all("checkout.session"), key=lambda s: s["amount_total"])
    ]


def test_a_changed_form_closes_the_page_of_the_first_pledge(donor: Donor, stripe_sandbox: Handle) -> None:
    facts = donor.open()
    donor.send(facts)
    changed = donor.send({**facts, "amount": "10"})
    assert (changed.status_code, statuses(stripe_sandbox)) == (422, ["open"])  # nothing happens before they say so
    sent = donor.send({**facts, "amount": "10", "attempt": attempt_of(changed.text)})
    assert sent.status_code == 303
    assert statuses(stripe_sandbox) == ["expired", "open"]
    assert states() == [PaymentState.EXPIRED, PaymentState.AWAITING_DONOR]
    again = donor.send({**facts, "amount": "10", "attempt": attempt_of(changed.text)})
    assert (again.location, len(pledges())) == (sent.location, 2)


def test_coming_back_and_changing_the_pledge_closes_the_first_page(
    donor: Donor, pay: Pay, stripe_sandbox: Handle
) -> None:
    donor.pledge()
    facts = donor.open(f"/give?pledge={thanks_page(pledges()[0].id).rpartition('/')[2]}")
    sent = donor.send({**facts, "amount": "25"})
    assert (sent.status_code, statuses(stripe_sandbox)) == (303, ["expired", "open"])
    pay(sent.location)
    assert [gift.amount_cents for gift in gifts()] == [2500]
    books_are_in_order()


def test_coming_back_and_changing_nothing_goes_on_with_the_first_page(
    donor: Donor, stripe_sandbox: Handle, later: Callable[..., None]
) -> None:
    first = donor.pledge()
    facts = donor.open(f"/give?pledge={thanks_page(pledges()[0].id).rpartition('/')[2]}")
    later(minutes=20)
    assert donor.send(facts).location == first.location
    assert (len(pledges()), statuses(stripe_sandbox)) == (1, ["open"])


def test_a_change_after_the_first_page_was_paid_charges_nothing_more(
    donor: Donor, stripe_sandbox: Handle, outbox: Callable[[], int]
) -> None:
    """The bank was faster than the donor's second thought, and Stripe's event is still on its way."""
    facts = donor.open()
    donor.send(facts)
    changed = donor.send({**facts, "amount": "10"})
    stripe_sandbox.pay(stripe_sandbox.sandbox.store.all("checkout.session")[0]["id"])
    told = donor.send({**facts, "amount": "10", "attempt": attempt_of(changed.text)})
    assert (told.status_code, "that gift has reached us" in told.text) == (422, True)
    assert (len(pledges()), [gift.amount_cents for gift in gifts()]) == (1, [500])
    sent = donor.send({**facts, "amount": "10", "attempt": attempt_of(told.text)})
    assert (sent.status_code, len(pledges())) == (303, 2)  # a second gift, because they say so
    books_are_in_order()


def test_a_first_page_that_does_not_close_is_said_and_no_second_one_opens(
    donor: Donor, stripe_sandbox: Handle
) -> None:
    facts = donor.open()
    donor.send(facts)
    changed = donor.send({**facts, "amount": "10"})
    stripe_sandbox.fault("error_before", count=50)
    second = {**facts, "amount": "10", "attempt": attempt_of(changed.text)}
    silent = donor.send(second)
    assert (silent.status_code, len(pledges())) == (503, 1)
    assert "may still be open" in silent.text
    assert "Nothing was charged" not in silent.text.partition("<template")[0]  # nobody knows that
    stripe_sandbox.sandbox.faults.clear()
    assert (donor.send(second).status_code, statuses(stripe_sandbox)) == (303, ["expired", "open"])


def test_nobody_closes_a_page_by_typing_the_facts_of_another(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge()
    donor.pledge(amount="10")
    assert statuses(stripe_sandbox) == ["open", "open"]


# Gifts and receipts -------------------------------------------------------------------------------------------------


def test_the_longest_names_and_address_still_become_a_gift(
    donor: Donor, pay: Pay, mailbox: Mailbox, outbox: Any
) -> None:
    email = "m" * 64 + "@" + ".".join(["d" * 60] * 3) + ".org"
    pay(donor.pledge(given_name="é" * 100, family_name="ñ" * 100, email=email).location)
    outbox()
    assert (len(gifts()), items("giving.gift_held"), len(mailbox.messages)) == (1, [], 1)
    books_are_in_order()


def renew(stripe: Handle, outbox: Callable[[], int]) -> None:
    stripe.renew(stripe.sandbox.store.all("subscription")[0]["id"])
    stripe.deliver_now(delayed=True)
    outbox()


def test_a_renewals_receipt_goes_to_the_address_of_today(
    donor: Donor, pay: Pay, stripe_sandbox: Handle, mailbox: Mailbox, outbox: Any
) -> None:
    pay(donor.pledge().location)
    outbox()
    member_id = gifts()[0].member_id
    change_member(member_id, "Maria", "Peña-Ruiz", "", "maria.new@example.net", COMMAND)
    renew(stripe_sandbox, outbox)
    outbox()
    first, second = (mail["To"].addresses[0] for mail in mailbox.messages)
    assert (first.addr_spec, second.addr_spec) == ("maria@example.org", "maria.new@example.net")
    assert second.display_name == "Maria Peña-Ruiz"
    assert {gift.member_id for gift in gifts()} == {member_id}
    told = [event.name for event in events_of(Subject("member", member_id))]
    assert "members.member.gave_another_name" not in told
    books_are_in_order()


def test_a_renewal_that_succeeds_later_closes_the_work_item(
    donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Any
) -> None:
    pay(donor.pledge().location)
    subscription = stripe_sandbox.sandbox.store.all("subscription")[0]["id"]
    stripe_sandbox.decline_next(subscription)
    renew(stripe_sandbox, outbox)
    assert len(items("giving.renewal_failed")) == 1
    clock.move(timedelta(days=9))
    stripe_sandbox.advance(timedelta(days=9).total_seconds())
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert len(gifts()) == 2
    assert (items("giving.renewal_failed"), len(items("giving.renewal_failed", WorkState.DONE))) == ([], 1)
    books_are_in_order()


def test_a_sustainer_that_stripe_gives_up_is_said_as_it_is(
    donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Any
) -> None:
    pay(donor.pledge().location)
    subscription = stripe_sandbox.sandbox.store.all("subscription")[0]["id"]
    stripe_sandbox.decline_next(subscription, times=20)
    renew(stripe_sandbox, outbox)
    for _ in range(4):
        clock.move(timedelta(days=9))
        stripe_sandbox.advance(timedelta(days=9).total_seconds())
        stripe_sandbox.deliver_now(delayed=True)
        outbox()
    assert stripe_sandbox.get(subscription)["status"] == "canceled"
    assert items("giving.renewal_failed") == []  # "Stripe tries again by itself" is not true any more
    assert ["Maria Peña" in item.title for item in items("giving.sustainer_lapsed")] == [True]


@pytest.mark.parametrize(
    ("minute", "label", "day"),
    [("23:59", "2026-000001", "December 31, 2026"), ("00:00", "2027-000001", "January 1, 2027")],
)
def test_the_edge_of_the_year_is_the_stations_own(
    minute: str, label: str, day: str, donor: Donor, pay: Pay, stripe_sandbox: Handle
) -> None:
    local = f"2026-12-31T{minute}:30" if minute == "23:59" else f"2027-01-01T{minute}:00"
    edge = clock.datetime.fromisoformat(local).replace(tzinfo=clock.ZoneInfo("America/Los_Angeles"))
    clock.move(edge.astimezone(clock.UTC) - clock.now())
    stripe_sandbox.advance(edge.timestamp() - stripe_sandbox.now())
    pay(donor.pledge(frequency="once").location)
    page = donor.client.get(thanks_page(pledges()[0].id)).text
    assert label in page
    assert label[:4] == str(gifts()[0].given_on.year)
    books_are_in_order()


# What strangers see -------------------------------------------------------------------------------------------------


def test_coming_back_by_the_address_shows_no_name_and_no_email(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge()
    page = donor.client.get(f"/give?pledge={thanks_page(pledges()[0].id).rpartition('/')[2]}").text
    for secret in ("maria@example.org", "Peña", "checkout.stripe", "/c/pay"):
        assert secret not in page


# A database that another writer has locked --------------------------------------------------------------------------


@pytest.fixture
def locked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Another writer holds the database; `locked()` lets go. Waiting ends after a moment instead of ten seconds."""
    monkeypatch.setattr(core_db, "LOCK_WAIT_MS", 200)
    db.session.remove()
    db.engine.dispose()
    sqlite = db.engine.dialect.name == "sqlite"

    def impatient(connection: Any, _record: Any) -> None:
        connection.execute("SET lock_timeout = '200ms'")
        connection.commit()

    if not sqlite:
        sa.event.listen(db.engine, "connect", impatient)
    with writable():
        other = db.engine.connect()
        other.begin()
    if not sqlite:
        other.exec_driver_sql("LOCK TABLE pledge, payment, stripe_event, rate_bucket IN EXCLUSIVE MODE")

    def release() -> None:
        other.rollback()
        other.close()

    yield release
    other.close()
    db.session.remove()  # no connection outlives this test: its patience is short
    if not sqlite:
        sa.event.remove(db.engine, "connect", impatient)
    db.engine.dispose()


def test_a_pledge_into_a_locked_database_is_answered_and_works_later(
    donor: Donor, stripe_sandbox: Handle, locked: Callable[[], None]
) -> None:
    facts = donor.open()
    busy = donor.send(facts)
    assert (busy.status_code, "nothing was charged twice" in busy.text) == (503, True)
    assert busy.headers["Retry-After"]
    locked()
    assert (pledges(), stripe_sandbox.requests) == ([], [])
    assert (donor.send(facts).status_code, len(pledges())) == (303, 1)


def test_an_event_for_a_locked_database_is_asked_for_again(client: FlaskClient, locked: Callable[[], None]) -> None:
    assert post(client, body()) == 503  # not 200: Stripe sends it again
    locked()
    db.session.rollback()
    assert db.session().get(StripeEvent, "evt_1") is None
    assert post(client, body()) == 200
    db.session.rollback()
    assert db.session().get(StripeEvent, "evt_1") is not None
