"""Sending once more what bounced softly: a full mailbox is emptied, a server comes back."""

from __future__ import annotations

from uuid import UUID

from station.core.db import db
from station.mail.models import OutgoingMail
from station.mail.services.outcomes import POST
from station.mail.services.resending import send_again
from station.mail.services.returning.following import stands


def try_again(mail_id: UUID) -> None:
    """Queue a copy of a message that bounced softly, to the member's address of today. Not when its address was given
    up meanwhile."""
    mail = db.session().get(OutgoingMail, mail_id)
    if mail is not None and not stands(mail.recipient):
        send_again(mail_id, POST)
