"""Buttons of the receipts' desk that are pressed twice, from a page that is old, or with nothing in the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import new_id, public_id
from station.core.outbox import Outbox
from station.mail.models import OutgoingMail
from station.receipts.desk import statements as desk_pages
from station.receipts.models import HeldReceipt, Letter
from station.receipts.pdf import CannotRender
from station.receipts.queries import statements as queries
from station.receipts.services import mail_letter, release
from tests.browsing import send, token_of
from tests.receipts.test_held import POSTER, give, known
from tests.receipts.test_letters import FORM, letter, member
from tests.receipts.yearly import YEAR, freeze, person, rows
from tests.receipts.yearly import give as give_last_year

Desk = Callable[..., FlaskClient]
Run = Callable[[], int]


def follow(browser: FlaskClient, answer: Any) -> str:
    assert answer.status_code == 303
    return browser.get(answer.location).text


def test_the_form_of_a_letter_sent_twice_is_one_letter(app: Flask, desk: Desk) -> None:
    browser, page = desk("development"), f"/desk/letters/new/{public_id('member', member())}"
    text = browser.get(page).text
    attempt = text.split('name="attempt"')[1].split('value="')[1].split('"')[0]
    said = {**FORM, "attempt": attempt, "csrf_token": token_of(browser, page)}
    first, second = browser.post(page, data=said), browser.post(page, data={**said, "description": "A harp"})
    assert first.location == second.location
    assert "This letter was written before, as it stands here." in follow(browser, second)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Letter)) == 1
    blank = send(browser, page, {**FORM, "description": "  "})
    assert (blank.status_code, "Describe what was given." in blank.text) == (422, True)
    long = send(browser, page, {**FORM, "vin": "1" * 18})
    assert '<details class="details" open>' in long.text, "what is wrong is not behind a shut door"


def test_a_letter_is_mailed_once_to_an_address_and_its_page_says_so(
    app: Flask, desk: Desk, mailbox: Mailbox, outbox: Run
) -> None:
    browser, found = desk("development"), letter(new_id())
    page = f"/desk/letters/{public_id('letter', found)}"
    assert "Send it to ana@example.org" in browser.get(page).text
    assert "is on its way to ana@example.org" in follow(browser, send(browser, page, to=f"{page}/mail"))
    again = follow(browser, send(browser, "/desk/account", to=f"{page}/mail"))
    outbox()
    assert "It went to ana@example.org before." in again
    assert "Send it to ana@example.org" not in again
    assert len(mailbox.messages) == 1
    mail_letter(found, "ana@example.org", COMMAND)
    told = db.session().scalar(sa.text("SELECT count(*) FROM event WHERE name = 'receipts.letter.mailed'"))
    assert told == 1


def test_a_receipts_page_says_how_it_went_out(app: Flask, desk: Desk, outbox: Run, mailbox: Mailbox) -> None:
    browser = desk("development")
    page = f"/desk/receipts/{public_id('receipt', give(new_id()) or new_id())}"
    text = browser.get(page).text
    assert "How it went out" in text
    assert "/desk/mail/mail_" in text
    with transaction() as session:
        session.execute(sa.delete(Outbox))
        session.execute(sa.delete(OutgoingMail))
    assert "It was not mailed" in browser.get(page).text


def test_a_held_receipt_that_was_written_meanwhile_does_not_still_wait(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = new_id()
    give(reference, POSTER)
    held = db.session().scalars(sa.select(HeldReceipt)).one()
    browser, page = desk("development"), f"/desk/receipts/held/{public_id('held', held.id)}"
    token = token_of(browser, page)
    known(monkeypatch)
    release(reference, COMMAND)
    text = follow(browser, browser.post(f"{page}/try", data={"csrf_token": token}))
    assert "this was settled already" in text
    assert "It still waits" not in text


def test_a_new_version_asked_for_twice_is_one(app: Flask, desk: Desk, outbox: Run) -> None:
    gift = give_last_year(person("Ana"))
    freeze(outbox)
    browser, page = desk("development"), f"/desk/statements/{YEAR}/members/{public_id('member', gift.member_id)}"
    assert 'name="seen" value="1"' in browser.get(page).text
    said = {"seen": "1", "reason": "Your name was misspelled."}
    assert "A new version was issued." in follow(browser, send(browser, page, said, f"{page}/again"))
    text = follow(browser, send(browser, page, said, f"{page}/again"))
    assert "Version 2 was issued already. Look at it before you issue another one." in text
    assert len(rows()) == 2
    assert send(browser, page, {"seen": "2", "reason": "   "}, f"{page}/again").status_code == 422
    assert len(rows()) == 2, "blanks are no reason"
    send(browser, page, {"seen": "x", "reason": "Once more."}, f"{page}/again")
    assert len(rows()) == 3


def test_what_was_posted_before_is_no_error(app: Flask, desk: Desk, outbox: Run) -> None:
    give_last_year(person("Ben", email=False))
    freeze(outbox)
    browser, page = desk("development"), f"/desk/statements/{YEAR}/paper"
    said = {"csrf_token": token_of(browser, page), "statement": queries.for_paper(YEAR).rows[0].public_id}
    assert "1 statement is written down as posted." in follow(browser, browser.post(f"{page}/posted", data=said))
    text = follow(browser, browser.post(f"{page}/posted", data=said))
    assert "These were written down as posted before." in text
    assert "Tick the statements" not in text


def test_a_pdf_that_cannot_be_made_says_so_on_the_page_that_is_printed(
    app: Flask, desk: Desk, outbox: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise CannotRender("typst refused")

    give_last_year(person("Ben", email=False))
    freeze(outbox)
    monkeypatch.setattr(desk_pages, "render_many", refuse)
    browser = desk("development")
    text = follow(browser, browser.get(f"/desk/statements/{YEAR}/paper/print.pdf"))
    assert "The PDF could not be made just now." in text
    assert "Ben Example" in text
    assert "The PDF could not be made" not in browser.get(f"/desk/statements/{YEAR}/paper").text
