"""The local mailbox: real SMTP in, files on disk, pages that show a stranger's HTML without trusting it."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from sandbox.mailbox.store import Store
from sandbox.mailbox.testing import Mailbox, running_mailbox
from sandbox.mailbox.viewer import make_viewer


def letter(to: str = "ada@example.org", subject: str = "Thank you, Peña – $25") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "station@example.org", to, subject
    message["Message-ID"] = "<1@example.org>"
    message.set_content("Dear Ada <donor>\n")
    message.add_alternative("<h1>Dear Ada</h1><script>alert(1)</script>", subtype="html")
    return message


@pytest.fixture
def post(tmp_path: Path) -> Mailbox:
    with running_mailbox(tmp_path / "mail") as box:
        yield box


def send(box: Mailbox, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", box.port, timeout=5) as server:
        server.send_message(message)


def test_a_message_arrives_whole(post: Mailbox) -> None:
    send(post, letter())
    message = post.messages[0]
    assert message["Subject"] == "Thank you, Peña – $25"
    assert message["X-Envelope-To"] == "ada@example.org"
    assert post.stored[0].text.splitlines() == ["Dear Ada <donor>"]
    assert "<h1>" in post.stored[0].html


@pytest.mark.parametrize(("code", "words"), [(550, "No such mailbox"), (451, "Try again later")])
def test_a_recipient_can_be_refused(post: Mailbox, code: int, words: str) -> None:
    post.refuse("Ada@example.org", code)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(post, letter())
    assert refused.value.recipients["ada@example.org"][0] == code
    assert words in refused.value.recipients["ada@example.org"][1].decode()
    post.accept("ada@example.org")
    send(post, letter())
    assert len(post.messages) == 1


def test_it_can_be_down_and_up_on_the_same_port(post: Mailbox) -> None:
    post.down()
    with pytest.raises(OSError, match="refused"):
        send(post, letter())
    post.up()
    send(post, letter())
    assert len(post.messages) == 1


def test_the_pages_show_messages_and_close_their_html_in(post: Mailbox) -> None:
    send(post, letter(subject="First"))
    send(post, letter(subject="<Second>"))
    client = make_viewer(post.store).test_client()
    inbox = client.get("/").text
    assert inbox.index("&lt;Second&gt;") < inbox.index("First")

    name = post.store.names()[0]
    page = client.get(f"/message/{name}")
    assert "Dear Ada &lt;donor&gt;" in page.text
    assert "<iframe" in page.text
    assert " sandbox " in page.text
    assert "<script" not in page.text
    html = client.get(f"/message/{name}/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert client.get(f"/message/{name}/source").mimetype == "text/plain"
    assert client.get("/message/nothing.eml").status_code == 404
    assert client.get("/message/..%2f..%2fetc%2fpasswd").status_code == 404


def test_an_empty_mailbox_says_what_to_do(tmp_path: Path) -> None:
    assert "Make a pledge" in make_viewer(Store(tmp_path)).test_client().get("/").text
