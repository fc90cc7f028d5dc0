"""Mail over real SMTP: server up, down, refusing; a sender killed in between."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from station.accounts import queries as accounts
from station.accounts.models import Role
from station.core import events
from station.core.actor import VISITOR
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.outbox import JobState, Outbox, Permanent, sweep, take_due
from station.core.places import INVARIANTS
from station.mail import gateway, policies, services
from station.mail.models import MailState, OutgoingMail, Stream
from station.members.services import match_or_create
from worker import jobs


def queue(key: str = "1", name: str = "Ana Peña", email: str = "ana@example.org", **changes: Any) -> UUID:
    values: dict[str, Any] = {
        "kind": "test",
        "key": key,
        "stream": Stream.NOTICES,
        "member_id": None,
        "to_name": name,
        "to_email": email,
        "template": "mail/notices/invitation",
        "context": {"name": name, "link": "http://localhost/desk/join/abc", "purpose": "join"},
        **changes,
    }
    return services.queue_mail(**values)


def row(mail_id: UUID) -> OutgoingMail:
    db.session.rollback()
    return db.session.get_one(OutgoingMail, mail_id)


def test_a_message_arrives_in_both_forms(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    mail_id = queue()
    outbox()
    letter = mailbox.stored[0]
    message = letter.message
    assert message["To"] == "Ana Peña <ana@example.org>"
    assert message["From"] == "Desert Public Radio <membership@example.org>"
    assert message["Reply-To"] == "membership@example.org"
    assert message["Subject"] == "Your link to the desk of Desert Public Radio"
    assert message["Message-ID"] == f"<{mail_id.hex}@example.org>" == row(mail_id).message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    assert message.get_content_type() == "multipart/alternative"
    assert "Hello Ana Peña," in letter.text
    assert "http://localhost/desk/join/abc" in letter.text
    assert 'style="' in letter.html, "the style sheet is inlined"
    assert "prefers-color-scheme: dark" in letter.html
    assert (row(mail_id).state, row(mail_id).attempts) == (MailState.SENT, 1)


def test_receipts_are_not_called_automatic(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    queue(stream=Stream.RECEIPTS)
    outbox()
    assert mailbox.messages[0]["Auto-Submitted"] is None


def test_the_same_kind_and_key_is_one_message(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    assert queue() == queue(name="Somebody Else")
    queue(key="2")
    outbox()
    outbox()
    assert len(mailbox.messages) == 2


def test_a_message_lives_and_dies_with_its_transaction(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    def fails() -> None:
        with transaction():
            queue()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert outbox() == 0
    assert mailbox.messages == []


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: all@example.org",
        "Eve\nX-Evil: 1",
        "Eve\u2028Bcc: all@example.org",
        'Eve" <evil@example.org>, "',
        "=?utf-8?q?=0ABcc:all@example.org?=",
        "Eve\x00",
    ],
)
def test_no_name_starts_a_header(mailbox: Mailbox, outbox: Callable[[], int], name: str) -> None:
    queue(name=name)
    outbox()
    message = mailbox.messages[0]
    assert [address.addr_spec for address in message["To"].addresses] == ["ana@example.org"]
    assert message["Bcc"] is None
    assert message["X-Evil"] is None


def test_html_in_a_name_is_text(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    queue(name="<b>Eve & co</b>")
    outbox()
    assert "&lt;b&gt;Eve &amp; co&lt;/b&gt;" in mailbox.stored[0].html
    assert "Hello <b>Eve & co</b>," in mailbox.stored[0].text


@pytest.mark.parametrize("name", ["O'Brien, Sinéad", "李小龍", "Sunny ☀️", "Ana " * 40, ""])
def test_every_name_arrives(mailbox: Mailbox, outbox: Callable[[], int], name: str) -> None:
    queue(name=name)
    outbox()
    assert mailbox.messages[0]["To"].addresses[0].display_name == name.strip()


def test_a_template_that_misses_a_value_fails_loudly(app: Flask) -> None:
    with pytest.raises(Exception, match="'link' is undefined"):
        queue(context={"name": "Ana", "purpose": "join"})


def test_server_down_then_up(mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None]) -> None:
    mailbox.down()
    mail_id = queue()
    outbox()
    assert (row(mail_id).state, row(mail_id).attempts) == (MailState.QUEUED, 1)
    assert "ConnectionRefused" in row(mail_id).last_error
    mailbox.up()
    later(seconds=10)
    outbox()
    assert (row(mail_id).state, row(mail_id).attempts) == (MailState.SENT, 2)
    assert len(mailbox.messages) == 1


def test_try_later_is_tried_later(mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None]) -> None:
    mailbox.refuse("ana@example.org", 451)
    mail_id = queue()
    outbox()
    assert row(mail_id).state is MailState.QUEUED
    assert row(mail_id).last_error.startswith("451")
    mailbox.accept("ana@example.org")
    later(seconds=10)
    outbox()
    assert row(mail_id).state is MailState.SENT


def test_no_such_mailbox_becomes_work(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    member_id = match_or_create("Ana", "Peña", "ana@example.org", VISITOR)
    mailbox.refuse("ana@example.org", 550)
    mail_id = queue(member_id=member_id)
    outbox()
    assert row(mail_id).state is MailState.BOUNCED
    assert row(mail_id).last_error.startswith("550")
    assert row(mail_id).status == "5.1.1"
    waiting = accounts.work_items([Role.DEVELOPMENT])
    assert [item.kind for item in waiting] == ["mail.failed"]
    assert "ana@example.org" in waiting[0].title
    assert "mail.message.bounced" in [e.name for e in events.events_of(Subject("member", member_id))]
    assert db.session.scalars(sa.select(Outbox.state)).all() == [JobState.DONE], "no retry can mend it"


@pytest.mark.parametrize(
    "address", ["", "not an address", "ana@", "@example.org", "ana@exa mple.org", "a@b\r\nBcc: x@y", "a,b@c.d"]
)
def test_an_impossible_address_refuses_nothing_but_becomes_work(
    mailbox: Mailbox, outbox: Callable[[], int], address: str
) -> None:
    mail_id = queue(email=address)
    assert outbox() == 0
    assert row(mail_id).state is MailState.FAILED
    assert len(accounts.work_items([Role.ADMIN])) == 1


def test_a_domain_in_another_script_is_reached() -> None:
    assert policies.reachable(" ana@bücher.example ") == "ana@xn--bcher-kva.example"


def test_given_up_after_four_days(mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None]) -> None:
    mailbox.down()
    mail_id = queue()
    outbox()
    for _ in range(50):
        later(hours=2)
        outbox()
    assert row(mail_id).state is MailState.FAILED
    assert "given up after 4 days" in row(mail_id).last_error
    assert row(mail_id).attempts > 40
    assert outbox() == 0


def test_killed_in_flight_goes_out_again_as_the_same_message(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gateway.deliver

    def dies_after(raw: bytes, sender: str, to_email: str) -> None:
        real(raw, sender, to_email)
        raise SystemExit("killed")  # as kill -9: nothing after the handover runs

    mail_id = queue()
    monkeypatch.setattr(gateway, "deliver", dies_after)
    for found, _, _ in take_due():
        with pytest.raises(SystemExit):
            jobs.run(found)
    assert row(mail_id).state is MailState.IN_FLIGHT
    monkeypatch.setattr(gateway, "deliver", real)
    later(minutes=3)
    assert sweep() == 1
    outbox()
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert (row(mail_id).state, row(mail_id).attempts) == (MailState.SENT, 2)
    told = [event.name for event in events.events_of(Subject("mail", mail_id))]
    assert told == ["mail.message.sent", "mail.message.sent_again", "mail.message.unknown"]
    assert (row(mail_id).died, row(mail_id).dropped, row(mail_id).repeats) == (1, 0, 1)


def test_of_a_server_that_does_not_answer_the_text_nobody_knows(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", 0.5)
    monkeypatch.setattr(gateway, "PATIENCE", 0.5)
    mailbox.stall(2)
    mail_id = queue()
    outbox()
    assert (row(mail_id).state, row(mail_id).dropped) == (MailState.UNKNOWN, 1)
    assert "timed out" in row(mail_id).last_error.lower()
    mailbox.stall(0)
    later(seconds=10)
    outbox()
    assert (row(mail_id).state, row(mail_id).repeats) == (MailState.SENT, 1)
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_sending_twice_sends_once(mailbox: Mailbox) -> None:
    mail_id = queue()
    services.send(mail_id)
    services.send(mail_id)
    assert len(mailbox.messages) == 1


def test_an_unknown_message_is_permanent(app: Flask) -> None:
    with pytest.raises(Permanent):
        services.send(UUID(int=7))


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"no"),
        smtplib.SMTPConnectError(554, b"no"),
        smtplib.SMTPServerDisconnected("gone"),
        TimeoutError(),
    ],
)
def test_what_is_ours_to_mend_is_tried_again(app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse() -> None:
        raise error

    gateway.hang_up()
    monkeypatch.setattr(gateway, "_connect", refuse)
    with pytest.raises(gateway.NotTaken):
        gateway.deliver(b"\r\n", "house@example.org", "ana@example.org")


def test_mail_that_does_not_leave_breaks_an_invariant(mailbox: Mailbox, later: Callable[..., None]) -> None:
    invariant = next(each for each in INVARIANTS if each.name == "mail leaves")
    queue()
    later(minutes=14)
    assert invariant.broken() == []
    later(minutes=2)
    assert len(invariant.broken()) == 1
    assert "ana@example.org" in invariant.broken()[0]
