"""What is paid at Stripe before we are told: the pledge does not move any more, and nobody pays twice by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem
from station.core import clock
from station.core.db import db, transaction
from station.core.money import Money
from station.giving.services import in_page
from station.payments import gateway
from station.payments import queries as payment_queries
from station.payments.models import Interval, PaymentState, Subscription
from station.payments.services.folding import fold_session
from tests.giving.conftest import FACTS, Donor, gifts, pledges
from tests.giving.test_in_page import NOBODY, Page, books_are_in_order, payments, sessions

Outbox = Callable[[], int]


@pytest.fixture
def page(donor: Donor, stripe_sandbox: Handle) -> Page:
    return Page(donor, stripe_sandbox)


@pytest.fixture
def told(stripe_sandbox: Handle, outbox: Outbox) -> Callable[[], None]:
    """Stripe's news arrive and are applied."""

    def tell() -> None:
        stripe_sandbox.deliver_now(delayed=True)
        outbox()

    return tell


def work() -> list[str]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(WorkItem.kind)))


def names() -> list[tuple[str, str, int]]:
    db.session.rollback()
    return [(p.given_name, p.email, p.amount_cents) for p in pledges()]


def paid_untold(page: Page, frequency: str = "once") -> None:
    secret = page.open(frequency=frequency).json["client_secret"]
    page.send()
    page.confirm(secret)


def test_facts_that_come_after_the_payment_change_nothing(page: Page, told: Callable[[], None]) -> None:
    paid_untold(page)
    late = page.send(given_name="Mallory", email="mallory@example.org")
    assert (late.status_code, late.json["again"]) == (422, True)
    assert names() == [("Maria", "maria@example.org", 500)]
    told()
    assert len(gifts()) == 1
    books_are_in_order()


@pytest.mark.parametrize("frequency", ["once", "month"])
def test_an_amount_that_comes_after_the_payment_is_answered_with_that_gift(
    page: Page, told: Callable[[], None], frequency: str
) -> None:
    paid_untold(page, frequency)
    late = page.open(amount="25")
    assert (late.status_code, late.json["again"]) == (422, True)
    assert "reached us" in late.json["message"]
    told()
    assert names() == [("Maria", "maria@example.org", 500)]
    assert ([g.amount_cents for g in gifts()], work()) == ([500], [])


@pytest.mark.parametrize("ask", ["open", "send"])
def test_money_that_arrives_while_we_look_is_never_called_nothing(
    page: Page, told: Callable[[], None], monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    secret = page.open(frequency="once").json["client_secret"]
    page.facts["email"] = "payer@example.org"
    page.confirm(secret)
    monkeypatch.setattr(in_page, "point", lambda name: told() if name.endswith("drafted") else None)
    answer = getattr(page, ask)()
    assert (answer.status_code, answer.json["again"]) == (422, True)
    assert "Nothing was charged" not in answer.json["message"]


def test_a_donor_is_not_written_over_a_gift_that_was_made_meanwhile(
    page: Page, stripe_sandbox: Handle, told: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = page.open(frequency="once").json["client_secret"]
    opened = in_page.open_in_page

    def and_paid(*args: Any) -> Any:
        checkout = opened(*args)
        stripe_sandbox.pay(secret.partition("_secret_")[0], email="payer@example.org", name="Pay Er")
        told()
        return checkout

    monkeypatch.setattr(in_page, "open_in_page", and_paid)
    late = page.send()
    assert (late.status_code, late.json["again"]) == (422, True)
    assert names() == [("Pay", "payer@example.org", 500)]


def test_an_amount_is_not_written_over_a_gift_that_was_made_meanwhile(
    page: Page, stripe_sandbox: Handle, told: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = page.open(frequency="once").json["client_secret"]
    changed = gateway.update_checkout

    def and_paid(*args: Any) -> Any:
        session = changed(*args)
        stripe_sandbox.pay(secret.partition("_secret_")[0], email="payer@example.org", name="Pay Er")
        told()
        return session

    monkeypatch.setattr(gateway, "update_checkout", and_paid)
    late = page.open(amount="25")
    assert (late.status_code, late.json["again"]) == (422, True)
    assert [g.amount_cents for g in gifts()] == [2500]
    assert names() == [("Pay", "payer@example.org", 2500)]
    books_are_in_order()


@pytest.mark.parametrize("frequency", ["once", "month"])
def test_books_pledge_and_subscription_hold_what_was_charged(
    page: Page, stripe_sandbox: Handle, told: Callable[[], None], frequency: str
) -> None:
    page.open(frequency=frequency)
    secret = page.send().json["client_secret"]
    lines = gateway.line_items(Money(2500, "usd"), "Gift", Interval.MONTH if frequency == "month" else None)
    gateway.update_checkout(secret.partition("_secret_")[0], {"line_items": lines}, "not-ours")
    page.confirm(secret)
    told()
    orders = db.session().scalars(sa.select(Subscription.amount_cents)).all()
    assert (names()[0][2], [g.amount_cents for g in gifts()], work()) == (2500, [2500], ["payments.amount"])
    assert orders == ([2500] if frequency == "month" else [])
    books_are_in_order()


def test_one_form_on_stripes_page_and_in_ours_is_open_in_one(
    donor: Donor, page: Page, stripe_sandbox: Handle
) -> None:
    donor.send({**page.facts, **{name: FACTS[name] for name in NOBODY}, "frequency": "once"})
    page.open(frequency="once")
    assert page.send().status_code == 200
    assert sorted(status for _, status, _ in sessions(stripe_sandbox)) == ["expired", "open"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_same_facts_in_two_tabs_are_open_in_one(
    donor: Donor, page: Page, stripe_sandbox: Handle, elsewhere: bool
) -> None:
    page.open(frequency="once")
    page.send()
    second = Page(donor, stripe_sandbox)
    if elsewhere:
        assert donor.send({**second.facts, **{n: FACTS[n] for n in NOBODY}, "frequency": "once"}).status_code == 303
    else:
        second.open(frequency="once")
        assert second.send().status_code == 200
    assert sorted(status for _, status, _ in sessions(stripe_sandbox)) == ["expired", "open"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_same_facts_in_a_second_tab_when_the_first_has_paid_are_asked_about(
    donor: Donor, page: Page, stripe_sandbox: Handle, elsewhere: bool
) -> None:
    paid_untold(page)
    second = Page(donor, stripe_sandbox)
    if elsewhere:
        answer = donor.send({**second.facts, **{n: FACTS[n] for n in NOBODY}, "frequency": "once"})
        assert (answer.status_code, "minutes ago" in " ".join(answer.text.split())) == (422, True)
    else:
        second.open(frequency="once")
        asked = second.send()
        assert (asked.status_code, asked.json["again"]) == (422, True)
        meant = second.send(attempt=asked.json["attempt"])
        assert meant.status_code == 200


def test_nobody_elsewhere_closes_a_donors_page_by_typing_the_same_facts(
    donor: Donor, page: Page, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open(frequency="once")
    page.send()
    monkeypatch.setattr("station.giving.views.admission.sender", lambda: "another network")
    second = Page(donor, stripe_sandbox)
    second.open(frequency="once")
    assert second.send().status_code == 200
    assert [status for _, status, _ in sessions(stripe_sandbox)] == ["open", "open"]


def test_rows_are_locked_in_one_order(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.open(frequency="month")
    locked: list[str] = []
    for name in ("lock_subscription", "lock_payment"):
        real = getattr(payment_queries, name)
        monkeypatch.setattr(
            payment_queries, name, lambda row_id, name=name, real=real: (locked.append(name), real(row_id))[1]
        )
    assert page.open(amount="25").status_code == 200
    assert locked == ["lock_payment", "lock_payment", "lock_subscription", "lock_payment", "lock_payment"]
    assert [p.amount_cents for p in payments()] == [2500]


def test_two_changes_at_once_are_made_certain_by_the_next(
    page: Page, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open(frequency="once")
    changed = gateway.update_checkout

    def overtaken(*args: Any) -> Any:
        """The later change is made and answered before the earlier one reaches Stripe."""
        monkeypatch.setattr(gateway, "update_checkout", changed)
        page.open(amount="10")
        return changed(*args)

    monkeypatch.setattr(gateway, "update_checkout", overtaken)
    page.open(amount="25")
    assert [total for _, _, total in sessions(stripe_sandbox)] == [2500]
    sent = page.send(amount="10")
    assert (sent.status_code, sent.json["amount_cents"]) == (200, 1000)
    assert [total for _, _, total in sessions(stripe_sandbox)] == [1000]
    asked = len(stripe_sandbox.requests)
    assert page.open(amount="10").status_code == 200
    assert len(stripe_sandbox.requests) == asked, "and then it is certain"


def test_a_look_that_is_late_brings_no_secret_back(
    page: Page, stripe_sandbox: Handle, told: Callable[[], None]
) -> None:
    secret = page.open(frequency="once").json["client_secret"]
    open_one = gateway.fetch_session(secret.partition("_secret_")[0])
    page.confirm(page.send().json["client_secret"])
    told()
    with transaction():
        fold_session(open_one, clock.now())
    assert [(p.state, p.checkout_secret, p.checkout_url) for p in payments()] == [(PaymentState.SETTLED, "", "")]


def test_the_desk_shows_no_key_to_a_payment(page: Page, told: Callable[[], None]) -> None:
    secret = page.open(frequency="once").json["client_secret"]
    page.confirm(page.send().json["client_secret"], card="4000000000000002")
    told()
    story = payment_queries.story(payments()[0].id)
    assert story is not None
    bodies = " ".join(note.shown.body for note in story.notes)
    assert "payment_intent.payment_failed" in bodies
    assert "_secret_" not in bodies
    assert secret not in bodies


def test_a_second_gift_that_is_meant_is_asked_about_once_and_open_in_one_tab(
    donor: Donor, page: Page, stripe_sandbox: Handle, told: Callable[[], None]
) -> None:
    paid_untold(page)
    told()
    tabs = [Page(donor, stripe_sandbox) for _ in range(3)]
    for tab in tabs:
        tab.open(frequency="once")
        tab.facts["attempt"] = tab.send().json["attempt"]  # each is asked, and each means it
    for tab in tabs[:2]:
        assert tab.send().status_code == 200
    assert sorted(s for _, s, _ in sessions(stripe_sandbox)) == ["complete", "expired", "open", "open"]
    tabs[1].confirm(tabs[1].send().json["client_secret"])
    assert tabs[2].send().status_code == 200
