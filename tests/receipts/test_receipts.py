"""Receipts: words that the law asks for, numbers without a gap, rows that nobody edits, mail that arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mailbox.testing import Mailbox
from station.core.actor import COMMAND
from station.core.db import db, transaction, writable
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.core.places import INVARIANTS
from station.members.services import match_or_create
from station.payments.models import Interval
from station.receipts import policies, queries
from station.receipts.models import Receipt, ReceiptCounter
from station.receipts.services import issue
from tests.conftest import LICENSEE

DAY = date(2026, 11, 23)


def give(
    *,
    reference: UUID | None = None,
    day: date = DAY,
    cents: int = 500,
    name: str = "Maria Peña",
    monthly: bool = False,
    email: str = "maria@example.org",
) -> UUID:
    with transaction():
        member = match_or_create("Maria", "Peña", email, COMMAND)
        issued = issue(
            reference=reference or new_id(),
            member_id=member,
            donor_name=name,
            email=email,
            amount=Money(cents),
            given_on=day,
            station_name="News 88.9 KNPR",
            interval=Interval.MONTH if monthly else None,
            actor=COMMAND,
        )
        assert issued is not None
        return issued


def breaches() -> dict[str, list[str]]:
    return {
        i.name: i.broken()
        for i in INVARIANTS
        if i.name.startswith("receipt-") and i.broken() and i.name != "receipt-of-each-gift"
    }


def test_a_receipt_says_what_the_law_asks_for(app: Flask) -> None:
    view = queries.receipt(give(cents=123_456))
    assert view is not None
    for said in (
        LICENSEE.legal_name,
        LICENSEE.ein,
        "1289 Example Drive, Las Vegas, NV 89146",
        "$1,234.56",
        "November 23, 2026",
        "Tax year: 2026",
        "Receipt number: 2026-000001",
        "Maria Peña",
        "501(c)(3)",
        "No goods or services were provided in exchange for this contribution.",
    ):
        assert said in view.text
    assert "monthly" not in view.text.lower()


def test_a_monthly_receipt_is_for_one_charge(app: Flask) -> None:
    view = queries.receipt(give(monthly=True))
    assert view is not None
    assert "one charge of your monthly contribution" in view.text
    assert policies.NO_GOODS in view.text


def test_numbers_run_by_the_calendar_year_of_the_gift(app: Flask) -> None:
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2026, 1, 1), date(2027, 6, 1)]
    labels = [queries.receipt(give(day=day)) for day in days]
    assert [view.label for view in labels if view] == ["2026-000001", "2027-000001", "2026-000002", "2027-000002"]
    assert breaches() == {}


def test_one_gift_has_one_receipt_and_one_mail(app: Flask, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    reference = new_id()
    assert give(reference=reference) == give(reference=reference)
    outbox()
    assert (len(mailbox.messages), queries.receipt_of(reference) is not None) == (1, True)


def test_a_gift_that_falls_through_takes_no_number(app: Flask) -> None:
    with suppress(RuntimeError), transaction():
        give()
        raise RuntimeError
    view = queries.receipt(give())
    assert view is not None
    assert view.label == "2026-000001"
    assert breaches() == {}


@pytest.mark.parametrize("sql", ["UPDATE receipt SET amount_cents = 1", "DELETE FROM receipt"])
def test_nobody_edits_a_receipt(app: Flask, sql: str) -> None:
    give()
    with writable(), pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session().execute(sa.text(sql))
    db.session.rollback()


def test_parallel_receipts_have_their_own_numbers_without_a_gap(app: Flask) -> None:
    """Eight threads, each with its own connection, five receipts each; every other one takes its number back."""
    failed: list[BaseException] = []

    def work(number: int) -> None:
        with app.app_context():
            try:
                for turn in range(5):
                    give(email=f"donor{number}@example.org")
                    try:
                        with transaction():
                            give(email=f"donor{number}@example.org")
                            raise KeyError(turn)
                    except KeyError:
                        pass
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    numbers = db.session().scalars(sa.select(Receipt.number).order_by(Receipt.number)).all()
    assert numbers == list(range(1, 41))
    assert db.session().get_one(ReceiptCounter, 2026).last == 40
    assert breaches() == {}


def test_the_check_sees_a_gap(app: Flask) -> None:
    give()
    with transaction() as session:
        session.get_one(ReceiptCounter, 2026).last = 7
    assert list(breaches()) == ["receipt-numbers"]


def test_the_mail_carries_the_receipt_in_both_forms(app: Flask, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    receipt_id = give(name="Ann <b>& Co</b>", monthly=True)
    outbox()
    mail, view = mailbox.messages[0], queries.receipt(receipt_id)
    assert view is not None
    plain, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    assert mail["Subject"] == "Your receipt for $5.00, November 23, 2026 (number 2026-000001)"
    assert view.text in plain
    assert f"/receipt/{view.public_id}" in plain
    assert f"/receipt/{view.public_id}" in html
    assert "Ann &lt;b&gt;&amp; Co&lt;/b&gt;" in html
    assert "<b>& Co" not in html
    assert policies.NO_GOODS in html
    assert "change or stop" in plain
    assert "\n\n\n\n" not in plain
    assert "{" not in plain


def test_the_page_shows_the_receipt_and_nothing_more(client: FlaskClient) -> None:
    receipt_id = give(email="private@example.org")
    page = client.get(f"/receipt/{public_id('receipt', receipt_id)}")
    assert page.status_code == 200
    for said in ("Receipt 2026-000001", "Maria Peña", "$5.00", policies.NO_GOODS, LICENSEE.ein):
        assert said in page.text
    assert "private@example.org" not in page.text
    assert page.headers["Cache-Control"].startswith("private")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    "text",
    [
        "receipt_",
        "x",
        "receipt_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        public_id("receipt", UUID(int=7)),
        public_id("gift", UUID(int=7)),
    ],
)
def test_an_address_that_is_no_receipt_is_not_found(client: FlaskClient, text: str) -> None:
    assert client.get(f"/receipt/{text}").status_code == 404


DAYS = st.dates(date(2020, 1, 1), date(2100, 1, 1))
names = st.text(st.characters(exclude_categories=("Cs",)), max_size=150)


@given(names, names, st.integers(1, 99_999_999), DAYS, st.sampled_from([None, *Interval]))
def test_the_parts_of_a_stored_text_are_its_facts(
    donor: str, station: str, cents: int, day: date, interval: Interval | None
) -> None:
    facts = policies.ReceiptFacts(
        "2026-000001",
        "A: B",
        "88-0000001",
        ("One", "Two"),
        donor,
        Money(cents),
        day,
        station,
        interval,
        policies.judged(Money(cents), day).in_return,
    )
    listed, *paragraphs = policies.sections(policies.receipt_text(facts))
    known = dict(listed.facts)
    assert (len(listed.facts), known["Amount"], known["Received by"]) == (10, str(Money(cents)), "A: B")
    assert known["Received from"] == " ".join(donor.split())
    assert policies.NO_GOODS in [p.paragraph for p in paragraphs]
