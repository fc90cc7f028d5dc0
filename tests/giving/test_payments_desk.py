"""The desk's pages of payments, with what giving knows of them: who gave, what it became, what was written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.accounts.models import Role
from station.core.db import db
from station.core.events import Event
from station.core.ids import public_id
from station.payments.models import Payment, PaymentKind, StripeEvent
from station.receipts.models import Receipt
from tests.browsing import send
from tests.giving.conftest import Donor

Desk = Callable[..., FlaskClient]
Pay = Callable[..., str | None]
LIST = "/desk/payments"


@pytest.fixture
def given(donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Callable[[], int]) -> dict[str, str]:
    """Maria's monthly $5 with one renewal, and Öykü's $25 once; the public ids of their payments."""
    pay(donor.pledge().location)
    order = str(stripe_sandbox.sandbox.store.all("subscription")[0]["id"])
    stripe_sandbox.renew(order)
    stripe_sandbox.deliver_now()
    outbox()
    others = {"given_name": "Öykü", "family_name": "O’Hara", "email": "oyku@example.net", "station": "classical"}
    pay(donor.pledge(frequency="once", amount="25", **others).location)
    found = {row.kind: public_id("pay", row.id) for row in db.session.scalars(sa.select(Payment))}
    names = {"monthly": PaymentKind.FIRST, "renewal": PaymentKind.RENEWAL, "once": PaymentKind.ONCE}
    return {name: found[kind] for name, kind in names.items()}


def listed(browser: FlaskClient, given: dict[str, str], **query: str) -> set[str]:
    page = browser.get(LIST, query_string=query)
    assert page.status_code == 200
    return {name for name, payment in given.items() if payment in page.text}


def test_every_way_to_search(given: dict[str, str], desk: Desk) -> None:
    person, session = desk(Role.DEVELOPMENT), db.session()
    once = session.scalars(sa.select(Payment).where(Payment.kind == PaymentKind.ONCE)).one()
    receipt = session.scalars(sa.select(Receipt).where(Receipt.amount_cents == 2500)).one()
    event = session.scalars(sa.select(StripeEvent.id).where(StripeEvent.payment_id == once.id).limit(1)).one()
    for words in (
        *("oyku", "O’Hara", "öykü o’hara", "OYKU@example.net", "25", "$25.00", given["once"], receipt.label, event),
        *(once.checkout_session, once.payment_intent, once.charge, once.balance_transaction),
        f"checkout:{once.id}:1",
    ):
        assert listed(person, given, q=str(words)) == {"once"}, words
    for words in ("Maria", "pena", "maria@example"):
        assert listed(person, given, q=words) == {"monthly", "renewal"}, words
    assert listed(person, given, q="4242") == set(given)


NOTHING = ["x", "nobody", "%", "_", "pi_", "ch_", "' OR 1=1", "999", "pay_", "sustainer_"]


@pytest.mark.parametrize("words", NOTHING)
def test_what_is_not_there_is_not_found_and_never_everything(words: str, given: dict[str, str], desk: Desk) -> None:
    assert listed(desk(Role.DEVELOPMENT), given, q=words) == set()


def test_filters_alone_and_together(given: dict[str, str], desk: Desk) -> None:
    person = desk(Role.DEVELOPMENT)
    for query, there in (
        ({"state": "settled"}, set(given)),
        ({"state": "failed"}, set()),
        ({"kind": "renewal"}, {"renewal"}),
        ({"station": "classical"}, {"once"}),
        ({"tender": "check"}, set()),
        ({"method": "card", "least": "5.01"}, {"once"}),
        ({"most": "5"}, {"monthly", "renewal"}),
        ({"least": "25", "most": "25"}, {"once"}),
        ({"first": "2020-01-01", "last": "2099-01-01"}, set(given)),
        ({"last": "2020-01-01"}, set()),
        ({"first": "2099-01-01"}, set()),
        ({"refunded": "y"}, set()),
        ({"q": "maria", "kind": "first"}, {"monthly"}),
    ):
        assert listed(person, given, **query) == there, query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"first": "yesterday"}, "Not a valid date"),
        ({"first": "2026-11-02", "last": "2026-11-01"}, "before the first day"),
        ({"least": "lots"}, "Type an amount such as"),
        ({"least": "20", "most": "10"}, "less than the smallest amount"),
        ({"state": "gone"}, "Not a valid choice"),
        ({"q": "x" * 201}, "at most 200"),
    ],
)
def test_a_filter_that_says_nothing_is_explained(
    query: dict[str, str], words: str, given: dict[str, str], desk: Desk
) -> None:
    page = desk(Role.DEVELOPMENT).get(LIST, query_string=query)
    assert page.status_code == 200
    assert words in page.text
    assert "There is a problem" in page.text


def test_the_list_says_whose_and_how_much(given: dict[str, str], desk: Desk) -> None:
    text = desk(Role.DEVELOPMENT).get(LIST).text
    assert "<b>$35.00</b> in 3 payments" in text
    assert text.count("Maria Peña") == 2


def test_what_looks_alike_says_whose_it_is(given: dict[str, str], desk: Desk) -> None:
    person, page = desk(Role.DEVELOPMENT), f"{LIST}/{given['once']}/alike"
    text = person.get(f"{page}?by=card&hours=24").text
    for words in ("Maria Peña", "Öykü O’Hara", "oyku@example.net", "3 payments, $35.00 in all"):
        assert words in text
    assert "press “Show”" in person.get(page).text, "nothing was looked for yet"


def test_the_export_holds_what_the_list_shows(given: dict[str, str], desk: Desk, donor: Donor, pay: Pay) -> None:
    pay(donor.pledge(frequency="once", given_name='=HYPERLINK("x")', email="formula@example.org").location)
    answer = send(desk(Role.DEVELOPMENT), LIST, to=f"{LIST}/export?least=5")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 4
    mine = next(row for row in rows if row["Payment"] == given["once"])
    assert (mine["Donor"], mine["Amount"], mine["State"], mine["Station"]) == (
        "Öykü O’Hara",
        "25.00",
        "settled",
        "Classical 89.7 KCNV",
    )
    assert (mine["Fee"], mine["Currency"], mine["Refunded"]) == ("1.03", "USD", "0.00")
    assert mine["Receipt"].startswith("20")
    assert mine["Asked for"][-6:] in ("-07:00", "-08:00")
    assert {row["Donor"][:2] for row in rows if row["Email"] == "formula@example.org"} == {"'="}
    told = db.session.scalars(sa.select(Event).where(Event.name == "payments.list.exported")).one()
    assert told.data == {"what": "least 5"}


def test_an_auditor_reads_and_takes_nothing_away(given: dict[str, str], desk: Desk) -> None:
    auditor = desk(Role.AUDITOR)
    assert listed(auditor, given) == set(given)
    assert send(auditor, LIST, to=f"{LIST}/export").status_code == 403


def test_the_whole_story(given: dict[str, str], desk: Desk) -> None:
    text = desk(Role.DEVELOPMENT).get(f"{LIST}/{given['monthly']}").text
    for words in (
        *("Payment of $5.00 from Maria Peña", "Awaiting donor", "Idempotency key", "Parameters of checkout:"),
        *("Gift and letters", "maria@example.org", "Made at Stripe", "Sum so far"),
        *("adds up to $0.00", "/desk/members/member_", "/desk/gifts/gift_", "/receipt/receipt_"),
    ):
        assert words in text, words
    assert "_secret_" not in text


def test_a_payment_that_nobody_completed_has_no_gift_panel(donor: Donor, stripe_sandbox: Any, desk: Desk) -> None:
    donor.pledge()
    payment = db.session.scalars(sa.select(Payment.id)).one()
    text = desk(Role.DEVELOPMENT).get(f"{LIST}/{public_id('pay', payment)}").text
    assert "Gift and letters" not in text
    assert "Payment of $5.00 from Maria Peña" in text
