"""Letters that are no receipts, states' legends, print jobs, and the desk's pages of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
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
from station.core.places import INVARIANTS
from station.mail.facts import MailBounced
from station.members.services import change_member, match_or_create
from station.receipts import queries
from station.receipts.models import Letter, LetterKind
from station.receipts.policies import Place
from station.receipts.policies.legends import WANTED
from station.receipts.reactors import mail_bounced
from station.receipts.services import issue, mail_letter, review_legends, write_legend, write_letter

Desk = Callable[..., FlaskClient]
DAY = date(2026, 11, 23)
FORM = {
    "kind": "goods",
    "description": "A Steinway upright piano",
    "received_on": DAY.isoformat(),
    "vin": "",
    "sold_on": "",
    "proceeds": "",
}


def bounced(kind: str, key: str, severity: str = "hard") -> MailBounced:
    return MailBounced(new_id(), kind, key, None, severity)


def member(language: str = "en") -> UUID:
    with transaction():
        found = match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
        change_member(found, "Ana", "Ruiz", "", "ana@example.org", COMMAND, language)
        return found


def letter(reference: UUID, reason: str = "", language: str = "en") -> UUID:
    who = member(language)
    facts = queries.letter_facts(LetterKind.STOCK, "Ana Ruiz", DAY, language, symbol="ACME", shares="12.5")
    return write_letter(reference, who, facts, COMMAND, reason)


def send(browser: FlaskClient, address: str, data: dict[str, str], page: str = "") -> Any:
    """Send a form of a page, with what the page hides in it; the page that follows."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page or address).text)
    assert token
    answer = browser.post(address, data={**data, "csrf_token": token[1]})
    return browser.get(answer.location) if answer.status_code == 303 else answer


def open_work() -> list[tuple[str, str]]:
    rows = sa.select(WorkItem.kind, WorkItem.title).where(WorkItem.state == WorkState.OPEN).order_by(WorkItem.id)
    return [(kind, title) for kind, title in db.session().execute(rows)]


def test_letters_are_numbered_and_nobody_edits_them(app: Flask) -> None:
    first, second = letter(new_id()), letter(new_id())
    labels = [view.label for each in (first, second) if (view := queries.letter(each))]
    assert labels == ["L2026-000001", "L2026-000002"]
    db.session.rollback()
    for sql in ("UPDATE letter SET text = 'x'", "DELETE FROM letter"):
        with writable(), pytest.raises(sa.exc.DBAPIError, match="append-only"):
            db.session().execute(sa.text(sql))
        db.session.rollback()


def test_a_letter_is_written_once_and_replaced_with_a_reason(app: Flask) -> None:
    reference = new_id()
    first = letter(reference)
    assert letter(reference) == first
    second = letter(reference, reason="The number of shares was wrong.")
    new, old = queries.letters_of(reference)
    assert (new.id, old.id, old.void_because) == (second, first, "The number of shares was wrong.")
    assert f"This letter replaces our letter {old.label}, which is void." in new.text
    assert {i.name: i.broken() for i in INVARIANTS if i.name in ("letter-numbers", "receipt-says-goods")} == {
        "letter-numbers": [],
        "receipt-says-goods": [],
    }


def test_a_letter_goes_out_in_the_members_language(app: Flask, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    found = letter(new_id(), language="es")
    assert mail_letter(found, "ana@example.org", COMMAND) == mail_letter(found, "ana@example.org", COMMAND)
    outbox()
    (mail,) = mailbox.messages
    assert mail["Subject"] == "Nuestra carta sobre su donativo (número L2026-000001)"
    assert "12.5 acciones de ACME" in mail.get_body(("plain",)).get_content()


def test_goods_and_a_vehicle_get_their_letter_from_the_members_record(app: Flask, desk: Desk) -> None:
    browser, who = desk("development"), public_id("member", member())
    address = f"/desk/letters/new/{who}"
    assert "states no value" in browser.get(address).text
    made = send(browser, address, FORM)
    assert "A Steinway upright piano" in made.text
    assert "No goods or services were provided" in made.text
    missing = send(browser, address, {**FORM, "kind": "vehicle", "description": "A 2014 sedan"})
    assert missing.status_code == 422
    assert "Type the identification number" in missing.text
    assert "A 2014 sedan" in missing.text
    sold = {"vin": "1HGCM82633A004352", "sold_on": DAY.isoformat(), "proceeds": "2,400"}
    car = send(browser, address, {**FORM, "kind": "vehicle", "description": "A 2014 sedan", **sold})
    assert "gross proceeds of the sale were $2,400.00" in car.text
    assert f"L{DAY.year}-000002" in browser.get("/desk/letters").text
    assert f"L{DAY.year}-000002" in browser.get(f"/desk/members/{who}").text
    first = db.session().scalars(sa.select(Letter.id).order_by(Letter.id)).first()
    paper = browser.get(f"/desk/letters/{public_id('letter', first)}/print")
    assert paper.status_code == 200


def test_a_letter_about_goods_is_taken_back_by_itself(app: Flask, desk: Desk) -> None:
    browser, who = desk("development"), member()
    made = send(browser, f"/desk/letters/new/{public_id('member', who)}", FORM)
    assert "Take the letter back" in made.text
    page = f"/desk/letters/{public_id('letter', db.session().scalars(sa.select(Letter.id)).one())}"
    assert (
        ">The gift that it is about was entered in our books by mistake.</span>"
        in send(browser, f"{page}/take-back", {}, page).text
    )
    title = f"Tell Ana Ruiz by post that letter L{DAY.year}-000001 is void"
    assert open_work() == [("receipts.letter_by_post", title)]
    assert "Take the letter back" not in browser.get(page).text
    other = f"/desk/letters/{public_id('letter', letter(new_id()))}"
    assert "Take the letter back" not in browser.get(other).text
    new = f"/desk/letters/new/{public_id('member', who)}"
    for address in (page, other):
        assert "take that back instead" in send(browser, f"{address}/take-back", {}, new).text
    assert len(open_work()) == 1


def test_what_came_back_for_good_is_printed(app: Flask) -> None:
    reference = new_id()
    with transaction():
        receipt_id = issue(
            reference=reference,
            member_id=member(),
            donor_name="Ana Ruiz",
            email="ana@example.org",
            amount=Money(50_00),
            given_on=DAY,
            station_name="News 88.9 KNPR",
            interval=None,
            actor=COMMAND,
        )
    assert receipt_id
    mail_bounced(bounced("receipt", str(reference), "soft"))
    mail_bounced(bounced("receipt", str(reference), "policy"))
    mail_bounced(bounced("accounts.alert", "x"))
    assert open_work() == []
    mail_bounced(bounced("receipt", f"{reference}:again:2"))
    mail_bounced(bounced("receipt_replaced", f"{reference}:1:2"))
    found = letter(new_id())
    mail_bounced(bounced("letter", f"{found}:ana@example.org"))
    assert open_work() == [
        ("receipts.by_post", "Post receipt 2026-000001 to Ana Ruiz"),
        ("receipts.letter_by_post", "Post letter L2026-000001 to Ana Ruiz"),
    ]
    item = db.session().scalars(sa.select(WorkItem).order_by(WorkItem.id)).first()
    assert item
    assert "No postal address is kept here" in item.detail
    assert item.subject_id == receipt_id


def test_legends_are_versions_and_nevadas_is_printed_always(app: Flask) -> None:
    write_legend("NV", "Formed in Nevada.", {Place.RECEIPT}, False, date(2027, 1, 1), COMMAND)
    write_legend("FL", "FLORIDA SAYS.", {Place.RECEIPT, Place.FORM}, False, date(2027, 1, 1), COMMAND)
    assert queries.legends_for(Place.RECEIPT) == ("Formed in Nevada.",)
    assert queries.legends_for(Place.RECEIPT, "FL") == ("FLORIDA SAYS.", "Formed in Nevada.")
    assert queries.legends_for(Place.FORM) == ()
    write_legend("FL", "", set(), False, None, COMMAND)
    assert queries.legends_for(Place.RECEIPT, "FL") == ("Formed in Nevada.",)
    assert len(queries.versions("FL")) == 2
    assert len(queries.missing()) == len(WANTED) - 1
    text = queries.letter(letter(new_id()))
    assert text is not None
    assert text.text.endswith("Formed in Nevada.")


def test_an_overdue_review_is_work_until_it_is_written_anew(app: Flask) -> None:
    write_legend("FL", "FLORIDA SAYS.", {Place.RECEIPT}, True, date(2026, 1, 1), COMMAND)
    review_legends()
    review_legends()
    assert open_work() == [("receipts.legend_review", "Look at the legend of Florida again")]
    write_legend("FL", "FLORIDA SAYS SO.", {Place.RECEIPT}, True, date(2100, 1, 1), COMMAND)
    review_legends()
    assert open_work() == []


def test_the_desk_writes_legends_and_flags_missing_ones(app: Flask, desk: Desk, client: FlaskClient) -> None:
    browser = desk("development")
    assert f"{len(WANTED)} states ask for a legend" in browser.get("/desk/legends").text
    assert "[place of formation]" in browser.get("/desk/legends/NV").text
    bad = send(browser, "/desk/legends/FL", {"body": "FLORIDA SAYS.", "review_on": ""})
    assert bad.status_code == 422
    assert "Choose where it is shown." in bad.text
    assert "FLORIDA SAYS." in bad.text
    assert "Say when somebody looks at it again" in bad.text
    undated = send(browser, "/desk/legends/FL", {"body": "FLORIDA SAYS.", "on_form": "y", "review_on": ""})
    assert (undated.status_code, '<a href="#review_on">Say when somebody' in undated.text) == (422, True)
    good = {"body": "FLORIDA SAYS.", "on_form": "y", "always": "y", "review_on": "2100-01-01"}
    assert "Saved." in send(browser, "/desk/legends/FL", good).text
    page = browser.get("/desk/legends").text
    assert f"{len(WANTED) - 1} states ask for a legend" in page
    assert "Pledge form, always" in page
    assert "FLORIDA SAYS." in client.get("/give").text
    assert browser.get("/desk/legends/XX").status_code == 404
    assert desk("news").get("/desk/legends").status_code == 403


def test_receipts_are_found_by_number_donor_year_and_state(app: Flask, desk: Desk) -> None:
    for name, day in (("Ana Ruiz", DAY), ("Bo Li", date(2025, 5, 5))):
        with transaction():
            issue(
                reference=new_id(),
                member_id=member(),
                donor_name=name,
                email="ana@example.org",
                amount=Money(50_00),
                given_on=day,
                station_name="News 88.9 KNPR",
                interval=None,
                actor=COMMAND,
            )
    browser = desk("development")

    def found(query: str) -> list[str]:
        return sorted(set(re.findall(r">(20\d\d-\d{6})<", browser.get(f"/desk/receipts?{query}").text)))

    assert found("") == ["2025-000001", "2026-000001"]
    assert found("q=2025-000001") == found("q=bo") == found("year=2025") == ["2025-000001"]
    assert found("q=1") == ["2025-000001", "2026-000001"]
    assert found("state=void") == found("q=%25") == []
    assert found("state=holds&year=2026&page=1") == ["2026-000001"]
    assert browser.get("/desk/receipts?page=999999&year=99999&state=x").status_code == 200
