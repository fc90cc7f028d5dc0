"""The desk's pages of giving, what the member page and the dashboard show, and gifts that were held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem, WorkState
from station.accounts.places import TILES
from station.core import clock
from station.core.db import db, transaction
from station.core.events import recent_events
from station.core.ids import public_id
from station.core.places import INVARIANTS, sentences
from station.giving import policies, queries
from station.giving.reactors import held
from station.giving.reactors import money as reactors
from station.licensee.queries import stations
from station.payments.models import Payment, PaymentState
from tests.browsing import send
from tests.conftest import House
from tests.giving.conftest import Donor, gifts, pledges, thanks_page
from tests.giving.test_form import hidden
from tests.giving.test_in_page import Page

Pay = Callable[..., str | None]
Desk = Callable[..., FlaskClient]


def csrf(page: Any) -> str:
    return hidden(page, "csrf_token")


def test_staff_see_a_gift_and_everything_around_it(donor: Donor, pay: Pay, desk: Desk) -> None:
    pay(donor.pledge(source="footer").location)
    gift, browser = gifts()[0], desk("development")
    found = browser.get("/desk/gifts")
    assert all(said in found.text for said in ("Maria Peña", "$5.00", "1 gift", "News 88.9 KNPR", "-000001"))
    page = browser.get(f"/desk/gifts/{public_id('gift', gift.id)}").text
    member_id, payment_id = public_id("member", gift.member_id), public_id("pay", gift.payment_id)
    for said in (member_id, payment_id, "/desk/receipts/receipt_", "footer"):
        assert said in page
    member = browser.get(f"/desk/members/{public_id('member', gift.member_id)}").text
    assert f"/desk/gifts/{public_id('gift', gift.id)}" in member
    assert "/desk/receipts/receipt_" in member


def test_gifts_are_filtered_by_station_and_month(donor: Donor, pay: Pay, desk: Desk) -> None:
    pay(donor.pledge(frequency="once").location)
    pay(donor.pledge(frequency="once", station="classical", amount="25").location)
    browser, month = desk("development"), f"{clock.today('America/Los_Angeles'):%Y-%m}"
    totals = {
        query: browser.get(f"/desk/gifts?{query}").text
        for query in ("", "station=classical", f"month={month}", "month=2001-01", "station=jazz&month=x&page=-1")
    }
    assert "<b>$30.00</b> in 2 gifts" in totals[""]
    assert "<b>$25.00</b> in 1 gift" in totals["station=classical"]
    assert "<b>$30.00</b> in 2 gifts" in totals[f"month={month}"]
    assert "<b>$0.00</b> in 0 gifts" in totals["month=2001-01"]
    assert "<b>$30.00</b> in 2 gifts" in totals["station=jazz&month=x&page=-1"]


def test_the_dashboard_counts_gifts_and_sustainers(donor: Donor, pay: Pay, app: Any) -> None:
    pay(donor.pledge().location)
    with app.test_request_context("/desk"):
        shown = {tile.title: tile.load() for tile in TILES}
    assert (shown["Gifts today"].value, shown["Gifts today"].note) == ("$5.00", "1 gift")
    assert (shown["Gifts this month"].value, shown["Sustainers"].value) == ("$5.00", "1")


def test_volunteers_and_visitors_see_no_gifts(client: FlaskClient, desk: Desk) -> None:
    assert client.get("/desk/gifts").status_code == 303
    assert desk("volunteer").get("/desk/gifts").status_code == 403
    assert desk("auditor").get("/desk/gifts").status_code == 200
    assert desk("development").get("/desk/gifts/gift_nonsense").status_code == 404


def test_money_is_never_refused_and_a_held_gift_is_made_later(
    donor: Donor, pay: Pay, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as trouble:
        trouble.setattr(reactors, "issue", broken)
        pay(donor.pledge().location)
    pledge = pledges()[0]
    payment = db.session().get_one(Payment, pledge.payment_id)
    assert (payment.state, gifts(), pledge.member_id) == (PaymentState.SETTLED, [], None)
    item = db.session().scalars(sa.select(WorkItem)).one()
    assert (item.kind, item.role, "two members" in item.detail) == ("giving.gift_held", "development", True)
    assert {i.name for i in INVARIANTS if i.broken()} == set()
    page = donor.client.get(thanks_page(pledge.id)).text
    assert "Thank you, Maria" in page
    assert "finishing your receipt by hand" in page

    browser = desk("development")
    found = browser.get("/desk/gifts")
    made = browser.post(f"/desk/gifts/held/{public_id('pay', payment.id)}", data={"csrf_token": csrf(found)})
    assert (made.status_code, len(gifts())) == (303, 1)
    assert db.session().get_one(WorkItem, item.id, populate_existing=True).state is WorkState.DONE
    again = browser.post(f"/desk/gifts/held/{public_id('pay', payment.id)}", data={"csrf_token": csrf(found)})
    assert (again.location, len(gifts())) == (made.location, 1)
    assert {i.name for i in INVARIANTS if i.broken()} == set()


@pytest.fixture
def nameless(donor: Donor, stripe_sandbox: Handle, outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A gift paid past our page, and held: nameless(email, name) is what Stripe was told; its payment's public id."""

    def paid(email: str, name: str) -> str:
        secret = Page(donor, stripe_sandbox).open(frequency="once").json["client_secret"]
        stripe_sandbox.pay(secret.partition("_secret_")[0], email=email, name=name)
        stripe_sandbox.deliver_now(delayed=True)
        with monkeypatch.context() as trouble:
            trouble.setattr(reactors, "make_gift", broken)
            outbox()
        assert (gifts(), pledges()[0].email) == ([], "")
        return public_id("pay", pledges()[0].payment_id)

    return paid


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("two members claim this address")


def make(browser: FlaskClient, payment_id: str) -> str:
    """Press the button of a held gift; the page that comes then."""
    token = csrf(browser.get("/desk/gifts"))
    done = browser.post(f"/desk/gifts/held/{payment_id}", data={"csrf_token": token})
    assert done.status_code == 303
    return browser.get(done.location).text


def test_a_held_gift_is_of_whom_stripe_was_told(nameless: Any, stripe_sandbox: Handle, desk: Desk) -> None:
    payment_id, browser = nameless("someone@example.org", "Some One"), desk("development")
    stripe_sandbox.fault("error_before", count=3, method="GET", path="/v1/charges")
    assert "Stripe was asked who gave it, and has not answered" in make(browser, payment_id)
    stripe_sandbox.sandbox.faults.clear()
    assert "The gift is made" in make(browser, payment_id)
    assert [(p.given_name, p.family_name, p.email) for p in pledges()] == [("Some", "One", "someone@example.org")]
    assert {i.name for i in INVARIANTS if i.broken()} == set()


def test_a_held_gift_of_nobody_is_of_whom_staff_name(
    nameless: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id, browser = nameless("someone@example.org", "Some One"), desk("development")
    monkeypatch.setattr(held, "who_paid", lambda _: ("", ""))
    assert "Neither we nor Stripe were told who gave" in make(browser, payment_id)
    assert (gifts(), {i.name for i in INVARIANTS if i.broken()}) == ([], set())
    page = f"/desk/gifts/held/{payment_id}"
    refused = send(browser, page, {"name": "Some One", "email": "someone"})
    assert (refused.status_code, 'value="Some One"' in refused.text) == (422, True)
    assert send(browser, page, {"name": "", "email": "someone@example.org"}).status_code == 422
    assert send(browser, page, {"name": "Some One", "email": "someone@example.org"}).status_code == 303
    assert (len(gifts()), pledges()[0].email) == (1, "someone@example.org")
    assert browser.get(page).status_code == 404
    assert {i.name for i in INVARIANTS if i.broken()} == set()


def test_a_held_gift_that_fails_again_says_why(nameless: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    payment_id, browser = nameless("someone@example.org", "Some One"), desk("development")
    monkeypatch.setattr(reactors, "issue", broken)
    assert "It failed again (RuntimeError: two members claim this address)." in make(browser, payment_id)
    assert (gifts(), pledges()[0].email, {i.name for i in INVARIANTS if i.broken()}) == ([], "", set())


def test_a_held_gift_that_is_none_is_not_found(donor: Donor, stripe_sandbox: Handle, desk: Desk) -> None:
    donor.pledge()
    browser = desk("development")
    token = csrf(browser.get("/desk/ask"))
    for text in (public_id("pay", pledges()[0].payment_id), "pay_nonsense"):
        assert browser.post(f"/desk/gifts/held/{text}", data={"csrf_token": token}).status_code == 404


def test_the_checks_find_a_payment_without_a_gift(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge()
    with transaction() as session:
        row = session.get_one(Payment, pledges()[0].payment_id)
        row.state, row.settled_at = PaymentState.SETTLED, clock.now()
    broken = {i.name: i.broken() for i in INVARIANTS if i.name.startswith("gift")}
    assert len(broken["gift-of-each-payment"]) == 1
    assert public_id("pay", pledges()[0].payment_id) in broken["gift-of-each-payment"][0]
    with transaction() as session:
        row = session.get_one(Payment, pledges()[0].payment_id)
        row.state, row.settled_at = PaymentState.AWAITING_DONOR, None


def test_the_ask_is_written_at_the_desk_and_shown_at_once(house: House, desk: Desk) -> None:
    today = clock.today("America/Los_Angeles")
    assert "not counting" in " ".join(queries.current_ask(house.news, today).paragraphs)
    browser = desk("development")
    page = browser.get("/desk/ask?station=classical")
    assert policies.DEFAULT_ASK[0] in page.text
    saved = browser.post(
        "/desk/ask",
        data={
            "csrf_token": csrf(page),
            "station": "classical",
            "starts_on": today.isoformat(),
            "ends_on": "",
            "body": "Schubert is free here.\r\n\r\nFrom {minimum} a month, you keep it so.",
        },
    )
    assert saved.status_code == 303
    assert queries.current_ask(house.classical, today).paragraphs == (
        "Schubert is free here.",
        "From $5 a month, you keep it so.",
    )
    assert "not counting" in queries.current_ask(house.news, today).paragraphs[0]
    assert "Schubert is free here." in browser.get("/desk/ask").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": ""}, "Write the words of the ask."),
        ({"body": " \n \n"}, "Write the words of the ask."),
        ({"body": "x" * 2001}, "Shorten the words"),
        ({"body": "Give {name}"}, "{name} is not known here"),
        ({"body": "Only $5 a month"}, "Write {minimum} where it says $5"),
        ({"station": "jazz"}, "Choose the station"),
        ({"starts_on": "soon"}, "Not a valid date value"),
        ({"ends_on": "2020-01-01"}, "The last day is before"),
    ],
)
def test_an_ask_that_cannot_be_shown_is_refused(desk: Desk, changes: dict[str, str], sentence: str) -> None:
    browser = desk("development")
    facts = {"station": "news", "body": "Give {minimum}.", "starts_on": "2026-11-23", "ends_on": ""}
    page = browser.post("/desk/ask", data={**facts, "csrf_token": csrf(browser.get("/desk/ask")), **changes})
    assert (page.status_code, sentence in page.text, "<title>Error: " in page.text) == (422, True, True)


def test_a_warm_ask_asks_the_database_nothing(house: House) -> None:
    today = clock.today("America/Los_Angeles")
    queries.current_ask(house.news, today)
    said: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    for station in stations():
        queries.current_ask(station, today)
    assert said == []


def test_every_event_of_giving_is_told_in_words(donor: Donor, pay: Pay) -> None:
    pay(donor.pledge().location)
    known = sentences()
    told = {e.name: known[e.name](e) for e in recent_events() if e.name.startswith(("giving.", "receipts."))}
    assert told["giving.pledge.begun"] == "began a pledge of $5 a month"
    assert told["giving.gift.received"].startswith("gave $5.00 (monthly) to News 88.9 KNPR, receipt ")
    assert "maria@example.org" in told["receipts.receipt.issued"]
