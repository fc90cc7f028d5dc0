"""Receipts that no rule can say yet: they wait, with the money booked, and are written when they can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.accounts.models import WorkItem, WorkState
from station.core.actor import COMMAND
from station.core.db import db, transaction, writable
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.members.services import match_or_create
from station.receipts import queries
from station.receipts.models import HeldReceipt, Receipt
from station.receipts.policies import Because, Benefit, Why, thresholds
from station.receipts.policies.thresholds import Thresholds
from station.receipts.services import HELD, issue, release, release_held
from station.receipts.services import replace as replace_receipt
from tests.receipts.test_letters import send

POSTER = Benefit("Concert poster", Money(40_00), Money(12_00))
NEXT = date(2027, 1, 5)


def give(
    reference: UUID, *benefits: Benefit, day: date = NEXT, cents: int = 300_00, language: str = "en"
) -> UUID | None:
    with transaction():
        return issue(
            reference=reference,
            member_id=match_or_create("Maria", "Peña", "maria@example.org", COMMAND),
            donor_name="Maria Peña",
            email="maria@example.org",
            amount=Money(cents),
            given_on=day,
            station_name="News 88.9 KNPR",
            interval=None,
            actor=COMMAND,
            benefits=benefits,
            language=language,
        )


def left(reference: UUID, cents: int) -> UUID | None:
    with transaction():
        return replace_receipt(
            reference=reference,
            amount=Money(cents),
            email="maria@example.org",
            station_name="News 88.9 KNPR",
            interval=None,
            reason=Why(Because.REFUNDED, Money(100_00), NEXT),
            tell=True,
            actor=COMMAND,
        )


def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thresholds of 2027 have come (numbers of a year that is made up)."""
    row = Thresholds(2027, Money(14_20), Money(71_00), Money(142_00), "Rev. Proc. 2026-99", Money(115_000_00))
    monkeypatch.setattr(thresholds, "TABLE", MappingProxyType({**thresholds.TABLE, 2027: row}))


def work() -> list[str]:
    wanted = sa.select(WorkItem.kind).where(WorkItem.state == WorkState.OPEN)
    return list(db.session().scalars(wanted))


def test_without_thresholds_a_receipt_without_benefits_goes_out(app: Flask) -> None:
    assert give(new_id()) is not None
    assert give(new_id(), replace(POSTER, declined=True)) is not None
    assert work() == []


def test_without_thresholds_one_with_benefits_waits_and_says_why(app: Flask) -> None:
    reference = new_id()
    assert give(reference, POSTER) is None
    assert give(reference, POSTER) is None
    assert work() == [HELD]
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Receipt)) == 0
    waits = queries.held_of(reference)
    assert waits is not None
    assert "2027" in waits.reason
    assert waits.benefits == ["Concert poster"]
    assert release(reference, COMMAND) is None
    assert (release_held(), work()) == (0, [HELD])


def test_it_is_written_when_the_thresholds_come(
    app: Flask, monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    reference = new_id()
    give(reference, POSTER, language="es")
    known(monkeypatch)
    assert release_held() == 1
    receipt = queries.receipt_of(reference)
    assert receipt is not None
    assert (receipt.label, receipt.deductible, receipt.disclosure) == ("2027-000001", Money(260_00), "QPQ+CWA1")
    assert receipt.thresholds["year"] == 2027
    assert "bienes o servicios: Concert poster" in receipt.text
    assert (work(), release_held(), queries.held_of(reference)) == ([], 0, None)
    outbox()
    assert [mail["Subject"] for mail in mailbox.messages] == [
        "Su recibo por $300.00, 5 de enero de 2027 (número 2027-000001)"
    ]


def test_a_value_that_nobody_knows_waits_too(app: Flask) -> None:
    assert give(new_id(), Benefit("A lamp", None), day=date(2026, 11, 23)) is None
    assert work() == [HELD]


def test_what_goes_back_meanwhile_is_what_the_receipt_then_lacks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    some, none = new_id(), new_id()
    give(some, POSTER)
    give(none, POSTER)
    left(some, 200_00)
    left(none, 0)
    assert work() == [HELD]
    known(monkeypatch)
    assert release_held() == 1
    receipt = queries.receipt_of(some)
    assert receipt is not None
    assert (receipt.amount, receipt.deductible) == (Money(200_00), Money(160_00))
    assert queries.receipt_of(none) is None


def test_a_replaced_receipt_keeps_its_benefits_and_its_language(
    app: Flask, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    reference = new_id()
    give(reference, POSTER, day=date(2026, 11, 23), language="es")
    left(reference, 200_00)
    new, old = queries.versions_of(reference)
    assert (new.deductible, new.language, new.benefits) == (Money(160_00), "es", old.benefits)
    assert old.void_because == "Le reembolsamos $100.00 de su donativo el 5 de enero de 2027."
    assert f"Este recibo sustituye al recibo {old.label}, que queda anulado. {old.void_because}" in new.text
    outbox()
    mail = mailbox.messages[-1]
    assert mail["Subject"] == f"El recibo {old.label} se sustituye por el {new.label}"
    plain, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    assert new.text in plain
    assert '<html lang="es">' in html
    assert "Questions about" not in html
    assert "You get this" not in plain


def test_the_database_itself_refuses_a_silent_receipt(app: Flask) -> None:
    reference = new_id()
    give(reference, day=date(2026, 11, 23))
    row = db.session().scalars(sa.select(Receipt)).one()
    facts = {c.name: getattr(row, c.name) for c in Receipt.__table__.columns}
    silent = {**facts, "id": new_id(), "number": 2, "version": 2, "text": "Thank you for $300."}
    db.session.rollback()
    with writable(), pytest.raises(sa.exc.IntegrityError, match="goods_or_services"):
        db.session().execute(sa.insert(Receipt).values(silent))
    db.session.rollback()


def test_the_desk_says_why_and_tries_again(
    app: Flask, desk: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = new_id()
    give(reference, POSTER)
    held = db.session().scalars(sa.select(HeldReceipt)).one()
    browser = desk("development")
    assert "Receipts that wait" in browser.get("/desk/receipts").text
    address = f"/desk/receipts/held/{public_id('held', held.id)}"
    page = browser.get(address)
    assert "2027" in page.text
    assert "Concert poster" in page.text
    assert "It still waits" in send(browser, f"{address}/try", {}, address).text
    known(monkeypatch)
    done = send(browser, f"{address}/try", {}, address)
    assert "Receipt 2027-000001" in done.text
    assert "Concert poster" in done.text
    assert "Rev. Proc. 2026-99" in done.text
