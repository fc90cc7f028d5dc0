"""How mail comes back in: by the mailbox, by a pipe, and all the way round over two mail servers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from config import ROOT, Settings, SettingsError
from sandbox.mailbox.testing import Mailbox
from station.core import runtime
from station.core.db import db
from station.mail import queries, services
from station.mail.cli import group
from station.mail.imap_gateway import MailboxClosed
from station.mail.models import InboundKind, InboundMail, InboundWay, MailState, Suppression
from station.mail.policies.lists import ListRefused, read_list
from station.mail.policies.verp import verp_address
from tests.conftest import changed
from tests.mail.returning.conftest import BOUNCES_TO, Post
from tests.mail.returning.imap import ImapBox, imap_box
from tests.mail.returning.samples import ANSWERS, dsn, one
from tests.mail.returning.samples import group as fields


@pytest.fixture
def box(app: Flask) -> Iterator[ImapBox]:
    with imap_box() as opened, changed(runtime.settings(), mail_bounces_imap=opened.url):
        yield opened


def inbound() -> list[InboundMail]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(InboundMail).order_by(InboundMail.id)))


# --- IMAP ---


def test_the_mailbox_is_read_once(box: ImapBox) -> None:
    box.messages = [one("5.1.1").encode(), ANSWERS[0].raw.encode()]
    assert (services.fetch(), box.seen) == (2, {1, 2})
    assert services.fetch() == 0
    assert [(row.way, row.size) for row in inbound()] == [(InboundWay.IMAP, len(each)) for each in box.messages]


def test_a_message_that_was_here_before_is_marked_all_the_same(box: ImapBox) -> None:
    box.messages = [one("5.1.1").encode()]
    services.fetch()
    box.seen.clear()  # the process died in between
    assert (services.fetch(), box.seen, len(inbound())) == (0, {1}, 1)


def test_of_a_long_message_only_the_beginning_is_fetched(box: ImapBox) -> None:
    box.messages = [one("5.1.1").encode() + b"x" * 3_000_000]
    services.fetch()
    row = inbound()[0]
    assert (len(row.raw), row.size) == (services.LARGEST_KEPT, len(box.messages[0]))


@pytest.mark.parametrize("verb", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE"])
def test_a_mailbox_that_refuses_says_so(box: ImapBox, verb: str) -> None:
    box.messages, box.refuse = [one("5.1.1").encode()], verb
    with pytest.raises(MailboxClosed) as refused:
        services.fetch()
    assert "s@cret" not in str(refused.value)
    box.refuse = ""
    services.fetch()
    assert len(inbound()) == 1


def test_no_server_no_mailbox(app: Flask) -> None:
    assert services.fetch() == 0
    with changed(runtime.settings(), mail_bounces_imap="imap://a:b@127.0.0.1:9/INBOX"), pytest.raises(MailboxClosed):
        services.fetch()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MAIL_BOUNCES_IMAP", "pop3://a:b@mail.example.org", "is not an address such as imaps"),
        ("MAIL_BOUNCES_IMAP", "imaps:INBOX", "is not an address such as imaps"),
        ("MAIL_BOUNCES_TO", f"{'b' * 22}@example.org", "21 letters before the @"),
        ("MAIL_SOFT_BOUNCES", "0", "1 or more"),
        ("MAIL_SOFT_DAYS", "0", "1 or more"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Settings.from_env({"STATION_HOME": str(tmp_path), name: value})


# --- the pipe ---


def test_the_pipe_and_what_follows(post: Post) -> None:
    mail = post.send()
    to = verp_address(mail.id, BOUNCES_TO)
    done = CliRunner().invoke(group, ["inbound", "--to", to], input=one("5.1.1").encode(), catch_exceptions=False)
    assert (done.exit_code, done.output) == (0, "")
    post.outbox()
    assert post.row(mail.id).state is MailState.BOUNCED


def test_files_of_a_maildir(app: Flask, tmp_path: Path) -> None:
    for number, status in enumerate(("5.1.1", "5.2.2")):
        (tmp_path / f"{number}.eml").write_text(one(status))
    done = CliRunner().invoke(group, ["inbound", *(str(path) for path in sorted(tmp_path.glob("*.eml")))])
    assert (done.exit_code, len(inbound())) == (0, 2)


def test_a_database_that_is_down_keeps_the_message_at_the_mail_server(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> None:
        raise sa.exc.OperationalError("", None, Exception("down"))

    monkeypatch.setattr(services, "take", down)
    done = CliRunner().invoke(group, ["inbound"], input=b"hello")
    assert (done.exit_code, "Try again later" in done.output) == (75, True)


# --- all the way round ---


def test_all_the_way_round(post: Post, signed: Mailbox, settings: Settings, tmp_path: Path) -> None:
    """Our server takes the message, the next one refuses it with 5xx, and a pipe of ours gets the notification."""
    mail = post.send()
    taken = signed.stored[0].message
    envelope = str(taken["X-Envelope-From"])
    assert envelope.startswith("bounces+"), "it left under an address of its own"
    notification = dsn(
        fields("ana@example.net", "failed", "5.1.1", "550 5.1.1 <ana@example.net>: no such user"),
        human="<ana@example.net>: host mx.example.net said: 550 5.1.1 no such user (in reply to RCPT TO command)",
    ).replace("To: bounces+token@example.org", f"To: {envelope}")
    station = Path(sys.executable).with_name("station")
    environ = {
        "PATH": os.environ["PATH"],
        "STATION_MODE": "test",
        "STATION_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
    }
    db.session.rollback()
    done = subprocess.run(
        [str(station), "mail", "inbound", "--to", envelope],
        input=notification.encode(),
        env=environ,
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert [row.kind for row in inbound()] == [InboundKind.WAITING]
    post.outbox()
    assert post.row(mail.id).state is MailState.BOUNCED
    assert [row.address for row in db.session.scalars(sa.select(Suppression))] == ["ana@example.net"]
    before = len(signed.messages)
    assert post.send("2").state is MailState.WITHHELD
    assert len(signed.messages) == before


# --- a list from elsewhere ---

LIST = """\ufeffEmail,Reason,Created,Comment
Ana@Example.net,Hard bounce,2024-03-01,550 no such user
ben@example.net,Spam complaint,2024-03-02T10:00:00+00:00,
cy@example.net,Unsubscribed,,
dee@example.net,asked us by phone,not a date,
ana@example.net,bounce,2024-05-01,
,bounce,,
not an address,bounce,,
"""


def test_a_list_is_brought_along(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "suppressed.csv"
    path.write_text(LIST, encoding="utf-8")
    done = CliRunner().invoke(group, ["suppress", "--file", str(path)])
    assert done.exit_code == 0
    assert "4 addresses were added, 1 were known, 2 lines left out" in done.output
    assert "line 7" in done.output
    assert "line 8" in done.output
    db.session.rollback()
    rows = {row.address: row for row in db.session.scalars(sa.select(Suppression))}
    assert {address: row.reason.value for address, row in rows.items()} == {
        "ana@example.net": "hard_bounce",
        "ben@example.net": "complaint",
        "cy@example.net": "unsubscribed_all",
        "dee@example.net": "manual",
    }
    assert rows["ana@example.net"].at.isoformat() == "2024-03-01T00:00:00+00:00"
    assert rows["dee@example.net"].evidence == "asked us by phone"
    again = CliRunner().invoke(group, ["suppress", "--file", str(path)])
    assert "0 addresses were added, 5 were known" in again.output


def test_what_staff_lifted_here_stays_lifted(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "suppressed.csv"
    path.write_text("email,reason\nana@example.net,bounce\n")
    CliRunner().invoke(group, ["suppress", "--file", str(path)])
    found = queries.suppression_of("ana@example.net")
    assert found
    services.lift(found.id, "she wrote to us", services.POST)
    CliRunner().invoke(group, ["suppress", "--file", str(path)])
    db.session.rollback()
    assert queries.suppression_of("ana@example.net") is None


@pytest.mark.parametrize(
    ("raw", "addresses"),
    [
        (b"ana@example.net\nben@example.net\n", ["ana@example.net", "ben@example.net"]),
        (b"name;email\nAna;ana@example.net\n", ["ana@example.net"]),
        (b"address\ttype\nana@example.net\tbounce\n", ["ana@example.net"]),
        ("E-Mail\nanä@example.net\n".encode("latin-1"), ["an\ufffd@example.net"]),
    ],
)
def test_the_shapes_of_lists(raw: bytes, addresses: list[str]) -> None:
    assert [each.address for each in read_list(raw)] == addresses


@pytest.mark.parametrize(("raw", "says"), [(b"", "empty"), (b"name,phone\nAna,555\n", "No column is called email")])
def test_what_is_no_list(raw: bytes, says: str) -> None:
    with pytest.raises(ListRefused, match=says):
        read_list(raw)
