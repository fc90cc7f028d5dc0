"""One step of a mailing along its graph, inside the caller's transaction, with its event."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from station.core import events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.mail.models import Mailing
from station.mail.policies.mailings import MAILING, MailingEdge
from station.mail.services.mailings.errors import MailingRefused

STATES = {
    "draft": "is a draft",
    "checked": "is checked, and its list is not frozen yet",
    "freezing": "has its list being written down",
    "frozen": "is frozen",
    "sending": "is being sent",
    "paused": "is paused",
    "done": "is done",
    "stopped": "was stopped",
}


def locked(mailing_id: UUID) -> Mailing:
    """A mailing for the rest of this transaction. Raises MailingRefused for one that is not there."""
    row = db.session().get(Mailing, mailing_id, with_for_update=True)
    if row is None:
        raise MailingRefused("There is no such mailing.")
    return row


def step(row: Mailing, edge: MailingEdge) -> None:
    """Move it along an edge. Raises MailingRefused where the graph has none."""
    if not MAILING.may(row.state, edge):
        raise MailingRefused(f"The mailing {STATES[row.state.value]}: this cannot be done now.")
    row.state = MAILING.move(row.state, edge)


def record(name: str, row: Mailing, actor: Actor, **data: Any) -> None:
    """Record what happened to a mailing."""
    events.record(name, actor, [Subject("mailing", row.id)], {"name": row.name, **data})


def note_export(mailing_id: UUID, actor: Actor) -> None:
    """Write down that somebody took the list of a mailing along."""
    with transaction():
        row = locked(mailing_id)
        record("mail.mailing.exported", row, actor)
