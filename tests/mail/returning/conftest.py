"""Mail that has left, and reports about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from station.core import announce, runtime
from station.core.actor import VISITOR
from station.core.db import db, transaction
from station.licensee.queries import the_licensee
from station.mail import services
from station.mail.facts import MailBounced
from station.mail.models import InboundMail, InboundWay, OutgoingMail, Stream
from station.mail.policies.verp import verp_address
from station.mail.render import Rendered
from station.mail.services import Addressed
from station.members.services import match_or_create
from tests.conftest import changed
from tests.mail.returning.samples import OUR_ID, OURS

BOUNCES_TO = "bounces@example.org"


@pytest.fixture
def signed(mailbox: Mailbox) -> Iterator[Mailbox]:
    """A mail server that messages leave to under signed addresses."""
    with changed(runtime.settings(), mail_bounces_to=BOUNCES_TO):
        yield mailbox


@pytest.fixture
def ana(app: Flask) -> UUID:
    return match_or_create("Ana", "Peña", "ana@example.net", VISITOR)


def _appeal(key: str, email: str) -> UUID:
    """A message that asks for something, with what the law wants of it."""
    link = "http://localhost/mail/unsubscribe/token"
    foot = f"{link}\n{chr(10).join(the_licensee().address_lines)}"
    letter = Rendered("Summer news", foot, f"<pre>{foot}</pre>")
    asks = Addressed("test", key, Stream.APPEALS, None, "", email, letter, topic="renewals", unsubscribe_url=link)
    with transaction():
        return services.write(asks)


@dataclass
class Post:
    """Mail of the house: `send` it, then let something come back."""

    outbox: Callable[[], int]
    heard: list[MailBounced] = field(default_factory=list)

    def send(self, key: str = "1", email: str = "ana@example.net", **changes: Any) -> OutgoingMail:
        values: dict[str, Any] = {
            "kind": "test",
            "key": key,
            "stream": Stream.RECEIPTS,
            "member_id": None,
            "to_name": "Ana Peña",
            "to_email": email,
            "template": "mail/notices/invitation",
            "context": {"name": "Ana", "link": "http://localhost/desk/join/abc", "purpose": "join"},
            **changes,
        }
        mail_id = _appeal(key, email) if values["stream"].is_commercial else services.queue_mail(**values)
        self.outbox()
        return self.row(mail_id)

    def row(self, mail_id: UUID) -> OutgoingMail:
        db.session.rollback()
        return db.session.get_one(OutgoingMail, mail_id)

    def comes_back(
        self, raw: str, mail: OutgoingMail | None = None, *, to: str = "", by: str = "verp"
    ) -> InboundMail:
        """Take a message in and read it; `by` says what it is tied to the message of ours with."""
        plain = raw.replace(OURS, "bounces@example.org")
        if mail is not None and by == "verp":
            to = verp_address(mail.id, BOUNCES_TO)
        plain = plain.replace(
            OUR_ID, mail.message_id if mail is not None and by == "message_id" else "<x@example.com>"
        )
        inbound_id = services.take(plain.encode(), InboundWay.PIPE, to)
        assert inbound_id is not None, "it was here before"
        self.outbox()
        db.session.rollback()
        return db.session.get_one(InboundMail, inbound_id)


@pytest.fixture
def post(signed: Mailbox, outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> Post:
    """Real SMTP out, real rows in."""
    made = Post(outbox)
    known = announce._reactors.setdefault(MailBounced, [])
    monkeypatch.setitem(announce._reactors, MailBounced, [*known, made.heard.append])
    return made
