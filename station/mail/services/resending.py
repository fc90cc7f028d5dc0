"""The same words once more, because a person asked for it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core import events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.mail import queries
from station.mail.models import MailState, OutgoingMail
from station.mail.policies import one_line, reachable
from station.mail.render import Rendered
from station.mail.services.outcomes import subjects
from station.mail.services.queueing import Addressed, write
from station.members import queries as members


class NotForResending(Exception):
    """A message with a private link is never sent again (a fresh one with a fresh link is), and neither is an appeal:
    its link to unsubscribe is that of one address."""


def send_again(mail_id: UUID, actor: Actor) -> UUID:
    """Queue a copy of a message, to the member's address of today; returns the copy's id. A person asked for it.

    While a copy to that address waits, it is that one: a button that was pressed twice sends one. The copy has its
    own Message-ID, so that no mailbox takes it for one it already has. Raises NotForResending.
    """
    with transaction() as session:
        row = session.get_one(OutgoingMail, mail_id, with_for_update=True)
        if row.private or row.stream.is_commercial:
            raise NotForResending
        first = row.key.partition(":again:")[0]
        member = members.member(row.member_id) if row.member_id else None
        email = member.email if member and member.email else row.recipient
        if waits := _waiting(row.kind, first, email):
            return waits
        copy_id = write(
            Addressed(
                row.kind,
                f"{first}:again:{_copies(row.kind, first) + 1}",
                row.stream,
                row.member_id,
                row.recipient_name,
                email,
                Rendered(row.subject, queries.readdressed(row.text, email), queries.readdressed(row.html, email)),
            )
        )
        events.record(
            "mail.message.asked_again", actor, [*subjects(row), Subject("mail", copy_id)], {"subject": row.subject}
        )
        return copy_id


def _waiting(kind: str, key: str, email: str) -> UUID | None:
    """The newest copy of a message that waits to go to an address."""
    copies = sa.select(OutgoingMail.id).where(
        OutgoingMail.kind == kind,
        OutgoingMail.key.startswith(f"{key}:again:", autoescape=True),
        OutgoingMail.recipient == (reachable(email) or one_line(email))[:320],
        OutgoingMail.state == MailState.QUEUED,
    )
    return db.session().scalar(copies.order_by(OutgoingMail.id.desc()).limit(1))


def _copies(kind: str, key: str) -> int:
    found = db.session().scalar(
        sa.select(sa.func.count())
        .select_from(OutgoingMail)
        .where(OutgoingMail.kind == kind, OutgoingMail.key.startswith(f"{key}:again:", autoescape=True))
    )
    return found or 0
