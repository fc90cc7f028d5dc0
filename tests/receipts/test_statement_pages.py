"""Statements where people meet them: the donor's page, the desk, the command, and a refund at Stripe."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import public_id
from station.core.money import Money
from station.giving.models import Gift
from station.members.models import Member
from station.payments.models import RefundReason
from station.payments.services import ask_refund, send_refund
from station.receipts.cli import group
from station.receipts.models import YearlyStatement
from station.receipts.queries import statements as queries
from station.receipts.services import statements as services
from tests.giving.conftest import Donor, donor, pay  # noqa: F401  # fixtures
from tests.receipts.yearly import YEAR, books_are_in_order, freeze, give, person, rows, send

Run = Callable[[], int]
Desk = Callable[..., FlaskClient]


def token(browser: FlaskClient, page: str) -> dict[str, str]:
    """The CSRF token of a desk page."""
    text = browser.get(page).text
    return {"csrf_token": text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]}


def page_of(row: YearlyStatement) -> str:
    return f"/statement/{public_id('statement', row.id)}"


def test_the_donors_page_shows_what_was_issued(app: Flask, outbox: Run, client: FlaskClient) -> None:
    give(person("Ana"), 30_000)
    freeze(outbox)
    answer = client.get(page_of(rows()[0]))
    assert answer.status_code == 200
    for said in ("Ana Example", f"S-{YEAR}-000001", "$300.00", "No goods or services were provided", "501(c)(3)"):
        assert said in answer.text
    assert "Not official" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/statement/statement_00000000000000000000000000").status_code == 404


def test_an_old_version_leads_to_the_one_that_holds(app: Flask, outbox: Run, client: FlaskClient) -> None:
    gift = give(person("Ana"))
    freeze(outbox)
    services.correct(gift.member_id, YEAR, COMMAND, "Your name was misspelled.")
    old, new = rows()
    assert page_of(new) in client.get(page_of(old)).text
    assert "Your name was misspelled." in client.get(page_of(new)).text


def test_a_page_keeps_the_names_of_its_day(app: Flask, outbox: Run, client: FlaskClient) -> None:
    gift = give(person("Ana"))
    freeze(outbox)
    with transaction() as session:
        session.get_one(Member, gift.member_id).name = "Ana Ruiz"
    assert "Ana Example" in client.get(page_of(rows()[0])).text


def test_the_desk_freezes_mails_and_writes_down_what_was_posted(
    app: Flask, outbox: Run, desk: Desk, mailbox: Mailbox
) -> None:
    give(person("Ana"))
    give(person("Ben", email=False))
    browser, year = desk("development"), f"/desk/statements/{YEAR}"
    assert "Freeze 2 statements" in browser.get(year).text
    said = token(browser, year)
    assert browser.post(f"{year}/freeze", data=said).status_code == 303
    outbox()
    assert browser.post(f"{year}/send", data=said).status_code == 303
    outbox()
    text = browser.get(year).text
    assert "1 by email, 0 on paper" in text
    assert "Mailed" in text or "mailed" in text
    paper = browser.get(f"{year}/paper").text
    assert "Ben Example" in paper
    assert "Ana Example" not in paper
    assert "Ben Example" in browser.get(f"{year}/paper/print").text
    (waiting,) = queries.for_paper(YEAR).rows
    browser.post(f"{year}/paper/posted", data={**said, "statement": waiting.public_id})
    assert "Nothing waits to be printed" in browser.get(f"{year}/paper").text
    assert queries.year_counts(YEAR).sent == 2


def test_the_desk_says_why_it_cannot(app: Flask, desk: Desk) -> None:
    give(person("Ana"))
    browser = desk("development")
    said, this_year = token(browser, f"/desk/statements/{YEAR}"), YEAR + 1
    browser.post(f"/desk/statements/{this_year}/freeze", data=said)
    assert f"{this_year} has not ended" in browser.get(f"/desk/statements/{this_year}").text
    browser.post(f"/desk/statements/{YEAR}/send", data=said)
    assert "No statement of this year waits" in browser.get(f"/desk/statements/{YEAR}").text
    browser.post(f"/desk/statements/{YEAR}/paper/posted", data=said)
    assert "Tick the statements that were posted" in browser.get(f"/desk/statements/{YEAR}/paper").text
    for path in ("next", "20255", "1066"):
        assert browser.get(f"/desk/statements/{path}").status_code == 404


def test_a_member_has_a_running_view_and_versions(app: Flask, outbox: Run, desk: Desk) -> None:
    gift = give(person("Ana"))
    browser, member = desk("development"), public_id("member", gift.member_id)
    page = f"/desk/statements/{YEAR}/members/{member}"
    assert "This is a running view, not an official statement" in browser.get(page).text
    assert "Not official" in browser.get(f"{page}/running").text
    freeze(outbox)
    said = token(browser, page)
    refused = browser.post(f"{page}/again", data=said)
    assert (refused.status_code, "Say why, in a sentence" in refused.text) == (422, True)
    browser.post(f"{page}/again", data={**said, "reason": "Your name was misspelled."})
    text = browser.get(page).text
    assert "2 (holds)" in text
    assert "Your name was misspelled." in text
    assert f"S-{YEAR}-000001" in browser.get(f"/desk/members/{member}").text


@pytest.mark.parametrize("role", ["auditor"])
def test_an_auditor_reads_and_changes_nothing(app: Flask, desk: Desk, role: str) -> None:
    give(person("Ana"))
    browser = desk(role)
    text = browser.get(f"/desk/statements/{YEAR}").text
    assert "Ready" in text
    assert "<button" not in text.split("<main")[1]
    assert browser.post(f"/desk/statements/{YEAR}/freeze").status_code in (400, 403)
    assert rows() == []


def test_the_command_freezes_mails_and_counts(
    app: Flask, mailbox: Mailbox, outbox: Run, later: Callable[..., None]
) -> None:
    give(person("Ana"))
    give(person("Ben", email=False))
    runner = app.test_cli_runner()
    said = runner.invoke(group, ["statements", "--year", str(YEAR), "--freeze", "--send", "--here", "--json"])
    assert said.exit_code == 0, said.output
    later(minutes=1)
    outbox()
    told = json.loads(runner.invoke(group, ["statements", "--year", str(YEAR), "--json"]).output)
    assert told == {
        "year": YEAR,
        "ready": 0,
        "frozen": 2,
        "stale": 0,
        "to_mail": 0,
        "to_print": 1,
        "sent": 1,
        "running": [],
    }
    refused = runner.invoke(group, ["statements", "--year", str(YEAR + 1), "--freeze"])
    assert (refused.exit_code, "has not ended" in refused.output) == (1, True)


def test_a_refund_at_stripe_in_the_new_year_corrects_last_years_statement(
    donor: Donor,  # noqa: F811
    pay: Any,  # noqa: F811
    outbox: Run,
    later: Callable[..., None],
    mailbox: Mailbox,
) -> None:
    """The whole way: a pledge, its settlement, the freeze after New Year, a partial refund, a corrected statement."""
    pay(donor.pledge(frequency="once", amount="other", other_amount="100").location)
    outbox()
    gift = db.session().scalars(sa.select(Gift)).one()
    year = gift.given_on.year
    later(days=400 - clock.today("America/Los_Angeles").timetuple().tm_yday)
    freeze(outbox, year)
    send(outbox, year)
    refund_id = ask_refund(gift.payment_id, Money(2_500), RefundReason.REQUESTED, "Called", COMMAND)
    send_refund(refund_id)
    outbox()
    later(minutes=1)
    outbox()
    assert [(row.number, row.version, row.total_cents) for row in rows()] == [(1, 1, 10_000), (1, 2, 7_500)]
    subjects = [str(message["Subject"]) for message in mailbox.messages]
    assert [each for each in subjects if each.startswith("Statement")] == [
        f"Statement of contributions, {year} (number S-{year}-000001)",
        f"Statement of contributions, {year} (number S-{year}-000001, version 2)",
    ]
    books_are_in_order()
