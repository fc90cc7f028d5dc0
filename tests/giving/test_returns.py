"""A gift whose money goes back: what counts, its receipt in versions, the donor's mail, and what a bank is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Subject, events_of
from station.core.money import Money
from station.core.places import INVARIANTS
from station.giving import queries
from station.giving.models import Gift, Pledge
from station.giving.queries import evidence
from station.giving.queries.around import donors
from station.members.models import MemberEmail
from station.payments.models import RefundReason, Subscription, SubscriptionState
from station.payments.services import ask_refund, send_refund
from station.receipts.queries import receipt, receipt_of, versions_of
from station.receipts.services import replace
from tests.giving.conftest import Donor, gifts
from tests.payments.returns import charge_of, stripe_refund

Pay = Callable[..., str | None]
Outbox = Callable[[], int]


@pytest.fixture
def given(donor: Donor, pay: Pay, outbox: Outbox) -> Callable[..., Gift]:
    """A gift of $50 from Maria, settled, with its receipt in her mailbox."""

    def give(**changes: str) -> Gift:
        known = {row.id for row in gifts()}
        pay(donor.pledge(**{"frequency": "once", "amount": "other", "other_amount": "50", **changes}).location)
        outbox()
        (made,) = [row for row in gifts() if row.id not in known]
        return made

    return give


def refund(gift: Gift, cents: int, outbox: Outbox, *, quiet: bool = False) -> UUID:
    refund_id = ask_refund(gift.payment_id, Money(cents), RefundReason.REQUESTED, "Called", COMMAND, quiet=quiet)
    send_refund(refund_id)
    outbox()
    return refund_id


def now(gift: Gift) -> Gift:
    db.session.rollback()
    return db.session().get_one(Gift, gift.id, populate_existing=True)


def books_are_in_order() -> None:
    db.session.rollback()
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def texts(mailbox: Mailbox) -> list[str]:
    return [message.get_body(("plain",)).get_content() for message in mailbox.messages]


def test_a_part_of_a_gift_goes_back(given: Any, outbox: Outbox, mailbox: Mailbox) -> None:
    gift = given()
    first = receipt_of(gift.id)
    assert first is not None
    refund(gift, 2000, outbox)
    assert (now(gift).amount, now(gift).kept) == (Money(5000), Money(3000))
    second, old = versions_of(gift.id)
    assert (second.amount, second.version, second.void_because) == (Money(3000), 2, "")
    assert f"This receipt replaces receipt {first.label}, which is void. We refunded $20.00" in second.text
    assert old.void_because.startswith("We refunded $20.00 of your gift on ")
    assert (old.replaced_by, old.text) == (second.public_id, first.text)  # a receipt is never rewritten
    assert second.label != first.label
    assert receipt_of(gift.id) == second
    assert len(texts(mailbox)) == 2
    assert f"Receipt {first.label} therefore holds no more" in texts(mailbox)[1]
    assert second.label in texts(mailbox)[1]
    assert [event.name for event in events_of(Subject("gift", gift.id))] == [
        "giving.gift.returned",
        "giving.gift.received",
    ]
    today = clock.today("America/Los_Angeles")
    assert queries.gift_days(today, today + timedelta(days=1)) == (1, Money(3000))
    books_are_in_order()


def test_a_gift_that_goes_back_counts_no_more(given: Any, outbox: Outbox, mailbox: Mailbox, client: Any) -> None:
    gift = given()
    first = receipt_of(gift.id)
    assert first is not None
    refund(gift, 5000, outbox)
    assert receipt_of(gift.id) is None
    today = clock.today("America/Los_Angeles")
    assert queries.gift_days(today, today + timedelta(days=1)) == (0, Money(0))
    assert len(queries.gifts_of_member(gift.member_id)) == 1  # it is shown, and says so
    assert "takes its place" not in texts(mailbox)[1]
    page = client.get(f"/receipt/{first.public_id}").text
    assert "This receipt holds no more" in page
    assert "We refunded $50.00" in page
    books_are_in_order()


@pytest.mark.parametrize(("cents", "title"), [(2000, "Post receipt {new} to "), (5000, "Tell {name} by post that ")])
def test_a_donor_without_an_email_is_told_on_paper(
    given: Any, outbox: Outbox, mailbox: Mailbox, cents: int, title: str
) -> None:
    gift = given()
    with transaction() as session:
        session.execute(sa.delete(MemberEmail))
        session.execute(sa.update(Pledge).values(email=""))
    refund(gift, cents, outbox)
    newest = versions_of(gift.id)[0]
    (found,) = db.session().scalars(sa.select(WorkItem.title).where(WorkItem.kind == "receipts.by_post"))
    assert found.startswith(title.format(new=newest.label, name=newest.donor_name))
    assert len(texts(mailbox)) == 1


def test_a_second_partial_refund_makes_a_third_receipt(given: Any, outbox: Outbox, mailbox: Mailbox) -> None:
    gift = given()
    refund(gift, 1000, outbox)
    refund(gift, 1000, outbox)
    assert [(each.version, each.amount.cents) for each in versions_of(gift.id)] == [(3, 3000), (2, 4000), (1, 5000)]
    assert len({each.label for each in versions_of(gift.id)}) == 3
    assert donors([gift.payment_id])[gift.payment_id].receipt == versions_of(gift.id)[0].label  # in the lists
    assert len(texts(mailbox)) == 3
    books_are_in_order()


def test_nothing_is_said_before_the_money_has_gone_out(
    given: Any, stripe_sandbox: Handle, outbox: Outbox, mailbox: Mailbox
) -> None:
    gift = given()
    stripe_sandbox.next_refund("pending")
    refund_id = refund(gift, 5000, outbox)
    assert now(gift).kept == Money(5000)
    assert len(texts(mailbox)) == 1
    stripe_sandbox.end_refund(stripe_refund(refund_id), "failed")
    stripe_sandbox.deliver_now()
    outbox()
    assert (now(gift).kept, len(versions_of(gift.id)), len(texts(mailbox))) == (Money(5000), 1, 1)
    books_are_in_order()


def test_a_refund_that_comes_back_restores_gift_and_receipt(
    given: Any, stripe_sandbox: Handle, outbox: Outbox, mailbox: Mailbox
) -> None:
    gift = given()
    refund_id = refund(gift, 5000, outbox)
    assert receipt_of(gift.id) is None
    stripe_sandbox.end_refund(stripe_refund(refund_id), "failed", "lost_or_stolen_card")
    stripe_sandbox.deliver_now()
    outbox()
    assert now(gift).kept == Money(5000)
    third = receipt_of(gift.id)
    assert third is not None
    assert (third.version, third.amount) == (2, Money(5000))
    assert "your bank sent it back" in texts(mailbox)[2]
    books_are_in_order()


def test_a_dispute_holds_and_its_loss_ends_the_gift(
    given: Any, stripe_sandbox: Handle, outbox: Outbox, mailbox: Mailbox
) -> None:
    gift = given()
    dispute = stripe_sandbox.dispute(charge_of(gift.payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    assert (now(gift).kept, len(texts(mailbox))) == (Money(5000), 1)
    stripe_sandbox.lose_dispute(dispute["id"])
    stripe_sandbox.deliver_now()
    outbox()
    assert (now(gift).kept, now(gift).lost_cents, receipt_of(gift.id)) == (Money(0), 5000, None)
    assert "Your bank took $50.00 of your gift back" in texts(mailbox)[1]
    books_are_in_order()


def test_a_dispute_that_is_won_changes_nothing(
    given: Any, stripe_sandbox: Handle, outbox: Outbox, mailbox: Mailbox
) -> None:
    gift = given()
    dispute = stripe_sandbox.dispute(charge_of(gift.payment_id))
    stripe_sandbox.win_dispute(dispute["id"])
    stripe_sandbox.deliver_now()
    outbox()
    assert (now(gift).kept, len(versions_of(gift.id)), len(texts(mailbox))) == (Money(5000), 1, 1)
    books_are_in_order()


def test_a_tester_of_cards_is_told_nothing(given: Any, outbox: Outbox, mailbox: Mailbox) -> None:
    gift = given()
    refund(gift, 5000, outbox, quiet=True)
    assert (receipt_of(gift.id), len(texts(mailbox))) == (None, 1)
    books_are_in_order()


def test_a_monthly_gift_ends_with_a_chargeback(
    donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    pay(donor.pledge().location)
    outbox()
    stripe_sandbox.dispute(charge_of(gifts()[0].payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    db.session.rollback()
    assert db.session().scalars(sa.select(Subscription.state)).all() == [SubscriptionState.ENDED]


@pytest.mark.crooked
def test_what_cannot_follow_is_held_for_a_person(given: Any, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    gift = given()

    def broken(**_: Any) -> None:
        raise RuntimeError("the printer burns")

    with monkeypatch.context() as patch:
        patch.setattr("station.giving.reactors.returns.replace", broken)
        refund(gift, 5000, outbox)
    kinds = db.session().scalars(sa.select(WorkItem.kind)).all()
    assert "giving.return_held" in kinds
    assert now(gift).refunded_cents == 0
    refunded = [line for i in INVARIANTS if i.name == "gift-keeps-the-rest" for line in i.broken()]
    assert len(refunded) == 1  # and the books say so until it is mended


def test_the_evidence_is_ours_and_names_no_address(
    given: Any, stripe_sandbox: Handle, outbox: Outbox, mailbox: Mailbox
) -> None:
    earlier, gift = given(other_amount="25"), given()
    found = {each.title: each for each in evidence.evidence(gift.payment_id)}
    assert found["Donor"].lines == ("Maria Peña",)
    assert found["Donor"].field == "customer_name"
    assert found["Email address"].lines == ("maria@example.org",)
    held = receipt_of(gift.id)
    assert held is not None
    assert f"Receipt number: {held.label}" in found[f"Receipt {held.label}"].lines
    assert len(found["Mail sent to the donor"].lines) == 2
    assert found["Earlier gifts that nobody disputed"].lines == (f"{earlier.given_on}: $25.00",)
    said = "\n".join(line for each in found.values() for line in each.lines)
    assert "127.0.0.1" not in said
    stripe_sandbox.dispute(charge_of(earlier.payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    again = {each.title: each for each in evidence.evidence(gift.payment_id)}
    assert again["Earlier gifts that nobody disputed"].lines == ()


def test_payments_of_one_network_are_found(given: Any, donor: Donor, pay: Pay, outbox: Outbox) -> None:
    first, second = given(), given(email="other@example.org", given_name="Oscar")
    around = (clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1))
    assert evidence.same_network(first.payment_id, *around) == [first.payment_id, second.payment_id]
    assert evidence.same_network(first.payment_id, *(each - timedelta(days=1) for each in around)) == []


@pytest.mark.crooked
def test_a_receipt_is_replaced_once(given: Any, outbox: Outbox) -> None:
    gift = given()
    facts: dict[str, Any] = {
        "reference": gift.id,
        "email": "maria@example.org",
        "station_name": "News",
        "interval": None,
        "reason": "We refunded $10.00.",
        "tell": False,
        "actor": COMMAND,
    }
    assert replace(amount=Money(5000), **facts) is None  # nothing to replace
    made = replace(amount=Money(4000), **facts)
    assert made is not None
    assert replace(amount=Money(4000), **facts) is None
    found = receipt(made)
    assert found is not None
    assert found.amount == Money(4000)
    assert replace(amount=Money(0), **facts) is None
    assert replace(amount=Money(0), **facts) is None
    assert [bool(each.void_because) for each in versions_of(gift.id)] == [True, True]
    assert replace(**{**facts, "reference": gift.payment_id}, amount=Money(1)) is None  # no such receipt
