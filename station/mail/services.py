"""Writes of mail: queued, sent, sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events, fingerprint
from station.core.actor import Actor, job
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.outbox import Job, Permanent, Queue, enqueue
from station.core.runtime import settings
from station.core.upsert import insert_missing
from station.licensee.queries import the_licensee
from station.mail import gateway, policies
from station.mail.models import MailState, OutgoingMail, Stream
from station.mail.render import Rendered, render
from station.members import queries as members

SEND = Job("mail.send", Queue.MAIL, lease=120, attempts=200, quiet=True)
GIVE_UP_AFTER = timedelta(days=4)  # RFC 5321 §4.5.4.1 asks for four to five days
SENT_PRIVATELY = "This message held a private link. It was sent, and its text was not kept.\n"
KEPT_BACK = "kept back: outside production mail goes to MAIL_ONLY_TO alone, and this address is not on it"
POST = job("the mail room")


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
) -> UUID:
    """Write a message and the job that sends it; returns its id. Joins the transaction.

    The same `kind` and `key` is one message, ever. `private` marks one that holds a secret link: it is shown to
    nobody at the desk, and its text is emptied once it is sent. An address that nothing can be sent to refuses
    nothing here: the row is failed at once, and a person gets a work item.
    """
    with transaction():
        known = _id_of(kind, key)
        if known:
            return known
        return _write(kind, key, stream, member_id, to_name, to_email, render(template, context), private)


def _id_of(kind: str, key: str) -> UUID | None:
    return db.session().scalar(sa.select(OutgoingMail.id).where(OutgoingMail.kind == kind, OutgoingMail.key == key))


def _write(
    kind: str,
    key: str,
    stream: Stream,
    member_id: UUID | None,
    to_name: str,
    to_email: str,
    letter: Rendered,
    private: bool,
) -> UUID:
    mail_id, address, sender = new_id(), policies.reachable(to_email), settings().mail_receipts_from
    inserted = insert_missing(
        OutgoingMail,
        id=mail_id,
        kind=kind,
        key=key,
        stream=stream,
        member_id=member_id,
        sender=policies.named(the_licensee().short_name, sender),
        recipient=(address or policies.one_line(to_email))[:320],
        recipient_name=policies.one_line(to_name)[:200],
        subject=letter.subject,
        private=private,
        text=letter.text,
        html=letter.html,
        message_id=policies.message_id(mail_id, parseaddr(sender)[1]),
        state=MailState.QUEUED,
        attempts=0,
        last_error="",
        queued_at=clock.now(),
    )
    if not inserted:
        same = sa.select(OutgoingMail.id).where(OutgoingMail.kind == kind, OutgoingMail.key == key)
        return db.session().scalars(same).one()
    if address is None:
        _fail(db.session().get_one(OutgoingMail, mail_id), "no mail can be written to this address")
    else:
        enqueue(SEND, key=str(mail_id), mail_id=str(mail_id))
    return mail_id


def send(mail_id: UUID) -> None:
    """Send one message. Does nothing when it is sent or failed already.

    A message found in flight was being handed over when its process died: nobody knows whether it left, so it goes
    out again under the same Message-ID, and that is recorded. Raises gateway.NotTaken when the server does not take
    it now (it is queued again, for four days) or the database belongs to another environment, and Permanent for an
    unknown id.
    """
    if reason := fingerprint.foreign():
        _hold(mail_id, reason)
        raise gateway.NotTaken(reason)
    letter = _take(mail_id)
    if letter is None:
        return
    if not _may_leave(letter.to_email):
        _close(mail_id, _keep_back)
        return
    try:
        gateway.deliver(policies.build(letter), letter.to_email)
    except gateway.Refused as error:
        _close(mail_id, partial(_fail, error=str(error)))
    except gateway.NotTaken as error:
        _close(mail_id, partial(_put_back, error=str(error)))
        raise
    else:
        _close(mail_id, _sent)


def _hold(mail_id: UUID, reason: str) -> None:
    with transaction() as session:
        row = session.get(OutgoingMail, mail_id, with_for_update=True)
        if row is not None and row.state is MailState.QUEUED:
            row.last_error = reason


def _may_leave(address: str) -> bool:
    """Outside production nothing reaches people who are not on the list, whatever data was copied there."""
    known = settings()
    return known.production or known.mailbox or policies.allowed(address, known.mail_only_to)


def _keep_back(row: OutgoingMail) -> None:
    """The message stays here. No work item: this is as it should be, for each letter of a copied database."""
    row.state, row.last_error = MailState.FAILED, KEPT_BACK
    _tell_failed(row)


def _take(mail_id: UUID) -> policies.Letter | None:
    """Mark a message as being handed over, and read it. None when there is nothing to send."""
    with transaction() as session:
        row = session.get(OutgoingMail, mail_id, with_for_update=True)
        if row is None:
            raise Permanent(f"no message {mail_id}")
        if row.state in (MailState.SENT, MailState.FAILED):
            return None
        if row.attempts and clock.now() - row.queued_at > GIVE_UP_AFTER:
            _fail(row, f"given up after {GIVE_UP_AFTER.days} days; last: {row.last_error}")
            return None
        if row.state is MailState.IN_FLIGHT:
            events.record("mail.message.sent_again", POST, _subjects(row), {"subject": row.subject, "why": "unknown"})
        row.state, row.attempts = MailState.IN_FLIGHT, row.attempts + 1
        return policies.Letter(
            row.message_id,
            row.stream,
            row.sender,
            the_licensee().email,
            row.recipient_name,
            row.recipient,
            row.subject,
            row.text,
            row.html,
            row.queued_at,
        )


def _close(mail_id: UUID, how: Callable[[OutgoingMail], None]) -> None:
    with transaction() as session:
        row = session.get_one(OutgoingMail, mail_id, with_for_update=True)
        if row.state is MailState.IN_FLIGHT:
            how(row)


def _sent(row: OutgoingMail) -> None:
    row.state, row.sent_at, row.last_error = MailState.SENT, clock.now(), ""
    if row.private:
        row.text = row.html = SENT_PRIVATELY
    events.record("mail.message.sent", POST, _subjects(row), {"subject": row.subject, "to": row.recipient})


def _put_back(row: OutgoingMail, error: str) -> None:
    row.state, row.last_error = MailState.QUEUED, error[:2000]


def _fail(row: OutgoingMail, error: str) -> None:
    """The message will not arrive: say so in the row, in the log, and to a person."""
    row.state, row.last_error = MailState.FAILED, error[:2000]
    _tell_failed(row)
    open_work_item(
        "mail.failed",
        f"mail:{row.id}",
        Role.ADMIN if row.member_id is None else Role.DEVELOPMENT,
        f"“{row.subject}” did not reach {row.recipient}",
        f"The mail server said: {row.last_error}. Correct the address, then send the message again.",
        Subject("mail", row.id),
        {"mail_id": str(row.id)},
    )


def _tell_failed(row: OutgoingMail) -> None:
    if row.private:
        row.text = row.html = SENT_PRIVATELY.replace("sent", "not sent")
    events.record(
        "mail.message.failed",
        POST,
        _subjects(row),
        {"subject": row.subject, "to": row.recipient, "error": row.last_error},
    )


def _subjects(row: OutgoingMail) -> list[Subject]:
    return [Subject("mail", row.id), *([Subject("member", row.member_id)] if row.member_id else [])]


class NotForResending(Exception):
    """A message with a private link is never sent again; a fresh one with a fresh link is."""


def send_again(mail_id: UUID, actor: Actor) -> UUID:
    """Queue a copy of a message, to the member's address of today; returns the copy's id. A person asked for it.

    The copy has its own Message-ID, so that no mailbox takes it for one it already has. Raises NotForResending.
    """
    with transaction() as session:
        row = session.get_one(OutgoingMail, mail_id, with_for_update=True)
        if row.private:
            raise NotForResending
        first = row.key.partition(":again:")[0]
        member = members.member(row.member_id) if row.member_id else None
        copy_id = _write(
            row.kind,
            f"{first}:again:{_copies(row.kind, first) + 1}",
            row.stream,
            row.member_id,
            row.recipient_name,
            member.email if member and member.email else row.recipient,
            Rendered(row.subject, row.text, row.html),
            private=False,
        )
        events.record(
            "mail.message.asked_again", actor, [*_subjects(row), Subject("mail", copy_id)], {"subject": row.subject}
        )
        return copy_id


def _copies(kind: str, key: str) -> int:
    found = db.session().scalar(
        sa.select(sa.func.count())
        .select_from(OutgoingMail)
        .where(OutgoingMail.kind == kind, OutgoingMail.key.startswith(f"{key}:again:", autoescape=True))
    )
    return found or 0
