"""What the pump asks before each letter of a mailing: whether the mailing goes on."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.mail.models import Mailing, MailingState

PREFIX = "mailing."


def held(kind: str) -> MailingState | None:
    """PAUSED or STOPPED for a kind of mail that is the letters of a mailing which is; None for all other mail."""
    if not kind.startswith(PREFIX):
        return None
    state = db.session().scalar(sa.select(Mailing.state).where(Mailing.id == UUID(kind.removeprefix(PREFIX))))
    return state if state in (MailingState.PAUSED, MailingState.STOPPED) else None
