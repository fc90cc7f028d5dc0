"""Mail at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.core.actor import COMMAND, VISITOR
from station.core.db import db
from station.core.ids import new_id, public_id
from station.mail import queries, services
from station.mail.models import OutgoingMail, Stream
from station.members.services import change_member, match_or_create
from tests.browsing import send
from tests.mail.mailing_scenes import draft


@pytest.fixture
def ana(app: Flask) -> UUID:
    return match_or_create("Ana", "Peña", "ana@example.org", VISITOR)


@pytest.fixture
def letter(ana: UUID) -> str:
    """The desk page of a message to Ana."""
    return page_of(write(ana))


def write(member_id: UUID | None, key: str = "1", *, private: bool = False) -> UUID:
    return services.queue_mail(
        kind="test",
        key=key,
        stream=Stream.NOTICES,
        member_id=member_id,
        to_name="Ana Peña",
        to_email="ana@example.org",
        template="mail/notices/invitation",
        private=private,
        context={"name": "Ana", "link": "http://localhost/desk/join/secret-token", "purpose": "join"},
    )


def page_of(mail_id: UUID) -> str:
    return f"/desk/mail/{public_id('mail', mail_id)}"


def test_what_was_sent_can_be_seen(desk: Any, letter: str, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    browser = desk("development")
    assert "waiting" in browser.get(letter).get_data(as_text=True)
    outbox()
    answer = browser.get(letter)
    page = answer.get_data(as_text=True)
    assert "Ana Peña &lt;ana@example.org&gt;" in page
    assert "Hello Ana," in page
    assert 'sandbox title="The message as HTML"' in page
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_message_itself_can_do_nothing(desk: Any, letter: str) -> None:
    answer = desk("development").get(f"{letter}/message")
    policy = answer.headers["Content-Security-Policy"]
    assert "Hello Ana" in answer.get_data(as_text=True)
    assert "default-src 'none'" in policy
    assert "sandbox;" in policy
    assert "script-src" not in policy


def test_a_private_link_is_shown_to_nobody_and_what_was_written_with_it_is(
    desk: Any, ana: UUID, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    page = page_of(write(None, private=True))
    admin = desk("admin")
    for _ in range(2):
        for each in (page, f"{page}/message"):
            shown = admin.get(each).get_data(as_text=True)
            assert "secret-token" not in shown
            assert "lets you join the desk" in shown
            assert "http://localhost/desk/[private-link]" in shown
            assert "Send it once more" not in shown
        outbox()
    sent = mailbox.messages[0]
    assert "secret-token" in sent.as_string()
    kept = db.session.scalars(sa.select(OutgoingMail)).one()
    assert "secret-token" not in kept.text + kept.html
    assert send(admin, "/desk/account", to=f"{page}/send-again").status_code == 404


def test_once_more_goes_to_the_address_of_today(
    desk: Any, ana: UUID, letter: str, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    outbox()
    change_member(ana, "Ana", "Peña", "", "new@example.org", COMMAND)
    browser = desk("development")
    for _ in range(2):
        answer = send(browser, letter, to=f"{letter}/send-again")
        assert answer.status_code == 303
        twice = send(browser, letter, to=f"{letter}/send-again")
        assert twice.headers["Location"] == answer.headers["Location"], "a double click is one copy"
        outbox()
    went_to = [m["To"].addresses[0].addr_spec for m in mailbox.messages]
    assert went_to == ["ana@example.org", "new@example.org", "new@example.org"]
    assert len({m["Message-ID"] for m in mailbox.messages}) == 3
    assert "Asked for" in browser.get(letter).get_data(as_text=True)


def test_the_list_by_state(desk: Any, letter: str, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    browser = desk("development")
    assert letter in browser.get("/desk/mail?state=queued").get_data(as_text=True)
    assert "No such messages" in browser.get("/desk/mail?state=failed").get_data(as_text=True)
    outbox()
    assert letter in browser.get("/desk/mail?state=sent").get_data(as_text=True)
    assert letter in browser.get("/desk/mail?state=nonsense").get_data(as_text=True)


def test_the_list_is_paged(app: Flask, desk: Any) -> None:
    for number in range(55):
        write(None, f"{number:03d}")
    first = queries.messages()
    second = queries.messages(before=first.before or "")
    assert (len(first.messages), len(second.messages), second.before) == (50, 5, None)
    assert 'rel="next"' in desk("development").get("/desk/mail").get_data(as_text=True)


def test_the_members_page_lists_it(desk: Any, ana: UUID, letter: str) -> None:
    page = desk("development").get(f"/desk/members/{public_id('member', ana)}").get_data(as_text=True)
    assert letter in page


def test_who_may(desk: Any, client: FlaskClient, letter: str) -> None:
    assert desk("news").get(letter).status_code == 403
    assert desk("auditor").get(letter).status_code == 200
    assert client.get(letter).status_code == 303
    assert client.get(f"{letter}/message").status_code == 303
    assert desk("development").post(f"{letter}/send-again").status_code == 400
    assert send(desk("underwriting"), "/desk/account", to=f"{letter}/send-again").status_code == 403
    assert desk("volunteer").get("/desk/mail/mail_x").status_code == 403
    assert desk("admin").get("/desk/mail/mail_x").status_code == 404


def test_a_kind_of_mail_is_called_by_its_name(desk: Any, letter: str) -> None:
    browser = desk("development")
    text = browser.get("/desk/mail?kind=giving.failed").text
    assert '<option value="giving.failed" selected>Failed charge</option>' in text, "what is asked for can be seen"
    assert {queries.kind_name(code) for code in ("receipt", "receipts.statement", "giving.notice.terms")} == {
        "Receipt",
        "Yearly statement",
        "Notice: terms at the start",
    }
    assert queries.kind_name("some.new_kind") == "New kind"
    mailing_id = draft(name="Fall drive")
    assert queries.kind_name(f"mailing.{mailing_id.hex}") == "Mailing “Fall drive”"
    assert {queries.kind_name(f"mailing.{text}") for text in ("x", new_id().hex)} == {"Mailing"}
