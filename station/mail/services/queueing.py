"""Writing messages: one row a kind and key, ever, with the job that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.outbox import Job, Queue, enqueue
from station.core.runtime import settings
from station.core.upsert import insert_missing
from station.licensee.queries import the_licensee
from station.mail import policies
from station.mail.models import MailState, OutgoingMail, Stream
from station.mail.queries.links import footer_of, preferences_url
from station.mail.render import Rendered, render
from station.mail.services.bulk import wake
from station.mail.services.handing import letter_of
from station.mail.services.outcomes import fail

SEND = Job("mail.send", Queue.MAIL, lease=120, attempts=200, quiet=True)


@dataclass(frozen=True)
class Addressed:
    """A rendered message and whom it is for. Commercial mail has a topic and the link that ends mail about it."""

    kind: str
    key: str
    stream: Stream
    member_id: UUID | None
    to_name: str
    to_email: str
    letter: Rendered
    private: bool = False
    topic: str | None = None
    unsubscribe_url: str = ""


def queue_mail(
    *,
    kind: str,
    key: str,
    stream: Stream,
    member_id: UUID | None,
    to_name: str,
    to_email: str,
    template: str,
    context: Mapping[str, Any],
    private: bool = False,
    topic: str | None = None,
    language: str = "en",
) -> UUID:
    """Write a message and the job that sends it; returns its id. Joins the transaction.

    The same `kind` and `key` is one message, ever. `private` marks one that holds a secret link: its links are shown
    to nobody at the desk, and cut out of its text once it is sent. `language` picks the templates. An address that
    nothing can be sent to refuses nothing here: the row is failed at once, and a person gets a work item. Commercial
    mail needs a `topic`; its template gets `footer`, and that of a receipt or notice to a member gets `choices_url`.
    Raises shells.MixedMail for a template of the other kind, and policies.NotLawful where the link or our postal
    address is not in both parts.
    """
    with transaction():
        known = _id_of(kind, key)
        if known:
            return known
        foot = footer_of(to_email, topic or "", language) if stream.is_commercial else {}
        link = foot.get("unsubscribe_url", "")
        more: dict[str, Any] = {"footer": foot} if foot else {}
        if member_id and not foot:
            more = {"choices_url": preferences_url(to_email, language)}
        letter = render(template, {**context, **more}, language, commercial=stream.is_commercial)
        return write(Addressed(kind, key, stream, member_id, to_name, to_email, letter, private, topic, link))


def _id_of(kind: str, key: str) -> UUID | None:
    return db.session().scalar(sa.select(OutgoingMail.id).where(OutgoingMail.kind == kind, OutgoingMail.key == key))


def write(mail: Addressed) -> UUID:
    """Write a rendered message and its job; the id of the one there is for a kind and key written before.

    Raises policies.NotLawful for commercial mail that must not be sent as it is.
    """
    mail_id, address = new_id(), policies.reachable(mail.to_email)
    values = _values(mail_id, mail, address)
    if not insert_missing(OutgoingMail, **values):
        same = sa.select(OutgoingMail.id).where(OutgoingMail.kind == mail.kind, OutgoingMail.key == mail.key)
        return db.session().scalars(same).one()
    if mail.stream.is_commercial:
        policies.require_lawful(letter_of(OutgoingMail(**values)))
    if address is None:
        fail(db.session().get_one(OutgoingMail, mail_id), "no mail can be written to this address")
    elif mail.stream.is_commercial:
        wake()
    else:
        enqueue(SEND, key=str(mail_id), mail_id=str(mail_id))
    return mail_id


def sender_of(stream: Stream) -> str:
    """The address that a stream is sent from: a complaint about appeals must not hold up receipts."""
    known = settings()
    return known.mail_appeals_from if stream.is_commercial else known.mail_receipts_from


def _values(mail_id: UUID, mail: Addressed, address: str | None) -> dict[str, Any]:
    sender, now = sender_of(mail.stream), clock.now()
    return {
        "id": mail_id,
        "kind": mail.kind,
        "key": mail.key,
        "stream": mail.stream,
        "topic": mail.topic,
        "member_id": mail.member_id,
        "sender": policies.named(the_licensee().short_name, sender),
        "recipient": (address or policies.one_line(mail.to_email))[:320],
        "recipient_name": policies.one_line(mail.to_name)[:200],
        "provider": policies.provider_of(address or ""),
        "subject": mail.letter.subject,
        "private": mail.private,
        "text": mail.letter.text,
        "html": mail.letter.html,
        "unsubscribe_url": mail.unsubscribe_url,
        "message_id": policies.message_id(mail_id, parseaddr(sender)[1]),
        "state": MailState.QUEUED,
        "attempts": 0,
        "repeats": 0,
        "died": 0,
        "dropped": 0,
        "due_at": now,
        "status": "",
        "last_error": "",
        "queued_at": now,
    }
