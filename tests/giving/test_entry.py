"""The desk's entry of one gift, the deposits page, and taking a gift back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from justhtml import JustHTML

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from station.core.places import INVARIANTS
from station.giving.models import Gift
from station.members.models import Member
from station.members.services import add_member, match_or_create
from station.payments.models import Deposit, Payment, Tender, Tendered, Way
from station.payments.queries import held_money
from station.receipts.models import Receipt, ReceiptVoid
from tests.giving.test_form import hidden

Desk = Callable[..., FlaskClient]
CHECK = {"donor": "ana@example.org", "amount": "1,200", "tender": "check", "number": "1047", "station": "news"}


class Entry:
    """Somebody at the keyboard of the entry page."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        self.page: Any = browser.get("/desk/gifts/new")

    def enter(self, **typed: str) -> Any:
        """Type into the fields and press Enter; fields that are shown keep what they hold."""
        kept = {
            box.attrs["name"]: str(box.attrs.get("value", ""))
            for box in JustHTML(self.page.text, sanitize=False).query("form.panel input")
            if box.attrs.get("type") not in ("radio", "checkbox") or "checked" in box.attrs
        }
        self.page = self.browser.post("/desk/gifts/new", data={"station": "news", "way": "wire", **kept, **typed})
        return self.page


@pytest.fixture
def entry(desk: Desk) -> Entry:
    return Entry(desk("development"))


def count(table: Any) -> int:
    db.session.rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(table)) or 0


def books_are_in_order() -> None:
    db.session.rollback()
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_a_known_donor_takes_two_presses_of_enter(entry: Entry) -> None:
    match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    seen = entry.enter(**CHECK)
    assert (seen.status_code, count(Gift)) == (200, 0)
    assert "$1,200.00 from Ana Ruiz" in seen.text
    assert "the next number" in seen.text
    done = entry.enter()
    assert done.status_code == 303
    assert "tender=check" in done.location
    assert (count(Gift), count(Receipt), count(Member)) == (1, 1, 1)
    payment = db.session().scalars(sa.select(Payment)).one()
    assert (payment.amount_cents, payment.tender, payment.method_label) == (120_000, Tender.CHECK, "Check 1047")
    after = entry.browser.get(done.location)
    assert "Recorded $1,200.00 from Ana Ruiz, receipt" in after.text
    books_are_in_order()


def test_a_name_is_looked_up_and_a_person_chooses(entry: Entry) -> None:
    first = match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    match_or_create("Ana", "Ruiz", "other@example.org", COMMAND)
    asked = entry.enter(**{**CHECK, "donor": "ana ruiz"})
    assert asked.status_code == 422
    assert "Choose who it is" in asked.text
    assert "Ana Ruiz, other@example.org" in asked.text
    entry.enter(member=public_id("member", first))
    entry.enter()
    assert db.session().scalars(sa.select(Gift.member_id)).all() == [first]


@pytest.mark.parametrize(
    ("typed", "name", "kind"),
    [
        ({"new_given": "Ida", "new_family": "Paper"}, "Ida Paper", "person"),
        ({"new_name": "Desert Fund", "new_email": "grants@example.org"}, "Desert Fund", "organisation"),
    ],
)
def test_somebody_new_becomes_a_member_with_the_gift(
    entry: Entry, typed: dict[str, str], name: str, kind: str
) -> None:
    entry.enter(**{**CHECK, "donor": name})
    assert "Type the name of the new member." in entry.enter(member="new").text
    assert f"from {name}" in entry.enter(**typed).text
    assert count(Member) == 0
    entry.enter()
    member = db.session().scalars(sa.select(Member)).one()
    assert (member.name, member.kind.value) == (name, kind)
    books_are_in_order()


def test_what_was_changed_after_the_preview_is_shown_again(entry: Entry) -> None:
    match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    entry.enter(**CHECK)
    again = entry.enter(amount="12")
    assert (again.status_code, "$12.00 from Ana Ruiz" in again.text, count(Gift)) == (200, True, 0)
    entry.enter()
    assert db.session().scalars(sa.select(Gift.amount_cents)).all() == [1200]


def test_the_same_check_is_asked_about_once_and_entered_when_meant(entry: Entry) -> None:
    match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    for _ in range(2):
        entry.page = entry.browser.get("/desk/gifts/new")
        entry.enter(**CHECK)
        entry.enter()
    assert (entry.page.status_code, "entered before" in entry.page.text, count(Gift)) == (422, True, 1)
    assert entry.enter().status_code == 303
    assert count(Gift) == 2


def test_stock_is_worked_out_and_gets_a_letter(entry: Entry) -> None:
    match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    stock = {"tender": "stock", "symbol": "acme", "shares": "12.5", "high": "182.35", "low": "180.10", "amount": ""}
    seen = entry.enter(**{**CHECK, **stock})
    assert "$2,265.31 from Ana Ruiz" in seen.text
    assert "State no value" in seen.text
    entry.enter()
    facts = db.session().scalars(sa.select(Tendered)).one()
    assert (facts.symbol, facts.shares_e4, facts.number, count(Receipt)) == ("ACME", 125_000, "", 0)
    books_are_in_order()


def test_a_postmark_decides_the_day_of_the_gift(entry: Entry) -> None:
    match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    entry.enter(**CHECK, received_on="2026-01-04", given_on="2025-12-31")
    entry.enter()
    receipt = db.session().scalars(sa.select(Receipt)).one()
    assert (receipt.year, receipt.given_on.isoformat()) == (2025, "2025-12-31")
    assert db.session().scalars(sa.select(Tendered.received_on)).one().isoformat() == "2026-01-04"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"donor": " "}, "Type who gave it"),
        ({"amount": ""}, "Type the amount"),
        ({"amount": "12.345"}, "Type the amount"),
        ({"amount": "-5"}, "Type the amount"),
        ({"amount": "0"}, "The amount is zero"),
        ({"amount": "9" * 12}, "more than one gift can be"),
        ({"amount": "=1+1"}, "Type the amount"),
        ({"tender": "gold"}, "Choose what it came as"),
        ({"tender": "stock"}, "Type the ticker"),
        ({"tender": "stock", "symbol": "A", "shares": "1", "high": "1", "low": "2"}, "not above the highest"),
        ({"tender": "other", "way": "pigeon"}, "Choose how it came"),
        ({"station": "jazz"}, "Choose the station"),
        ({"received_on": "2999-01-01"}, "has not come yet"),
        ({"received_on": "soon"}, "Not a valid date"),
        ({"received_on": "2026-01-04", "given_on": "2026-01-05"}, "received before this day"),
        ({"goods": "Mug"}, "Say both what"),
        ({"goods": "Mug", "goods_value": "-1"}, "Type what it is worth"),
        ({"goods_value": "5"}, "Say both what"),
        ({"number": "1" * 41}, "Use at most 40"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(entry: Entry, changes: dict[str, str], sentence: str) -> None:
    match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    page = entry.enter(**{**CHECK, **changes})
    assert (page.status_code, sentence in page.text, count(Gift)) == (422, True, 0)


def test_goods_for_a_grant_are_refused_when_it_is_recorded(entry: Entry) -> None:
    match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    entry.enter(**CHECK | {"tender": "other", "way": Way.FUND.value, "goods": "Mug", "goods_value": "50"})
    page = entry.enter(way=Way.FUND.value)
    assert (page.status_code, "may buy nothing" in page.text, count(Gift)) == (422, True, 0)


def test_only_development_enters_gifts(desk: Desk) -> None:
    assert desk("auditor").get("/desk/gifts/new").status_code == 403
    assert desk("volunteer").get("/desk/deposits").status_code == 403


def entered(entry: Entry, *amounts: str) -> list[str]:
    add_member("Ana", "Ruiz", "", "ana@example.org", COMMAND)
    for number, amount in enumerate(amounts):
        entry.page = entry.browser.get("/desk/gifts/new")
        entry.enter(**CHECK | {"amount": amount, "number": str(number)})
        entry.enter()
    db.session.rollback()
    return [row.public_id for row in held_money()]


def deposit(entry: Entry, money: list[str], counted: str) -> Any:
    today = f"{clock.today('America/Los_Angeles')}"
    token = hidden(entry.browser.get("/desk/deposits"), "csrf_token")
    sent = {"csrf_token": token, "money": money, "counted": counted, "deposited_on": today, "note": "slip 7"}
    return entry.browser.post("/desk/deposits", data=sent)


def test_checks_go_to_the_bank_and_one_comes_back(entry: Entry) -> None:
    money = entered(entry, "10", "20", "30")
    page = entry.browser.get("/desk/deposits").text
    assert "In our hands: $60.00" in page
    wrong = deposit(entry, money[:2], "29")
    assert (wrong.status_code, "adds up to $30.00, you counted $29.00" in wrong.text, count(Deposit)) == (
        422,
        True,
        0,
    )
    made = deposit(entry, money[:2], "30")
    assert (made.status_code, count(Deposit)) == (303, 1)
    assert "Check 0" in entry.browser.get(made.location).text
    assert "In our hands: $30.00" in entry.browser.get("/desk/deposits").text
    gift = db.session().scalars(sa.select(Gift).order_by(Gift.id)).first()
    assert gift is not None
    url = f"/desk/gifts/{public_id('gift', gift.id)}"
    shown = entry.browser.get(url)
    assert "The check bounced" in shown.text
    sent = {"csrf_token": hidden(shown, "csrf_token"), "why": "bounced", "reason": "no funds"}
    assert (
        "Say why"
        in entry.browser.get(entry.browser.post(f"{url}/take-back", data={**sent, "reason": ""}).location).text
    )
    entry.browser.post(f"{url}/take-back", data=sent)
    shown = entry.browser.get(url).text
    assert ("taken back" in shown, "The check bounced" in shown, count(ReceiptVoid)) == (True, False, 1)
    assert "<b>$50.00</b> in 2 gifts" in entry.browser.get("/desk/gifts").text
    receipt = db.session().scalars(sa.select(Receipt).where(Receipt.reference == gift.id)).one()
    assert "This receipt holds no more" in entry.browser.get(f"/receipt/{public_id('receipt', receipt.id)}").text
    assert "(bounced)" in entry.browser.get(made.location).text
    books_are_in_order()


@pytest.mark.parametrize(
    ("money", "counted", "sentence"),
    [([], "30", "Choose what goes"), (["pay_nonsense"], "30", "Choose what goes"), (None, "lots", "Type the total")],
)
def test_a_deposit_that_cannot_be_is_refused(
    entry: Entry, money: list[str] | None, counted: str, sentence: str
) -> None:
    held = entered(entry, "30")
    page = deposit(entry, held if money is None else money, counted)
    assert (page.status_code, sentence in page.text, count(Deposit)) == (422, True, 0)
