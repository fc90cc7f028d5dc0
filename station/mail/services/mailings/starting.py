"""From a draft to a frozen list: the checks, the order to write the list down, and the way back."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core.actor import Actor
from station.core.db import transaction
from station.mail.models import MailingRecipient, MailingState
from station.mail.policies.mailings import MailingEdge, Problem
from station.mail.queries import mailings as queries
from station.mail.services.mailings.errors import NotReady
from station.mail.services.mailings.feeding import wake
from station.mail.services.mailings.steps import locked, record, step


def check(mailing_id: UUID, actor: Actor) -> list[Problem]:
    """Look at everything that could be wrong; a draft without fault is checked from then on. All faults come back."""
    found = queries.problems_of(mailing_id)
    if found:
        return found
    with transaction():
        row = locked(mailing_id)
        if row.state is MailingState.DRAFT and row.tested_version == row.version:
            step(row, MailingEdge.PASS)
            record("mail.mailing.checked", row, actor, version=row.version)
    return []


def freeze(mailing_id: UUID, actor: Actor) -> None:
    """Have the list written down. Does nothing when that has begun. Raises NotReady, MailingRefused."""
    if problems := queries.problems_of(mailing_id):
        raise NotReady(problems)
    with transaction():
        row = locked(mailing_id)
        if row.state in (MailingState.FREEZING, MailingState.FROZEN):
            return
        step(row, MailingEdge.FREEZE)
        row.cursor, row.listed, row.frozen_at = "", 0, None
        wake()
        record("mail.mailing.freezing", row, actor)


def thaw(mailing_id: UUID, actor: Actor) -> None:
    """Open a frozen mailing again, and throw away who was written down. Raises MailingRefused once it has begun."""
    with transaction() as session:
        row = locked(mailing_id)
        step(row, MailingEdge.THAW)
        row.cursor, row.listed, row.frozen_at = None, 0, None
        session.execute(sa.delete(MailingRecipient).where(MailingRecipient.mailing_id == row.id))
        record("mail.mailing.thawed", row, actor)
