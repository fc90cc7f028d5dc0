"""Letting a frozen mailing go, and holding it: by one person, above a size by two."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from station.accounts.places import Approved
from station.accounts.services import AlreadyAsked, ApprovalStale, ask_approval
from station.core import clock
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.runtime import settings
from station.mail.models import (
    Mailing,
    MailingRecipient,
    MailingState,
    MailState,
    OutgoingMail,
    RecipientState,
    Stream,
)
from station.mail.policies.mailings import BEGUN, MailingEdge
from station.mail.queries import mailings as queries
from station.mail.services import bulk
from station.mail.services.mailings import feeding
from station.mail.services.mailings.errors import MailingRefused, NotReady
from station.mail.services.mailings.steps import STATES, locked, record, step
from station.mail.services.stopping import abort_waiting

APPROVAL = "mail.mailing"


def begin(mailing_id: UUID, reason: str, actor: Actor) -> bool:
    """Let a frozen mailing go; False where a second person is asked first. One that is under way is left alone.

    Raises NotReady with everything that is wrong, and MailingRefused when it is not frozen or was asked for already.
    """
    with transaction():
        row = locked(mailing_id)
        if row.state in BEGUN:
            return True
        if row.state is not MailingState.FROZEN:
            raise MailingRefused(f"The mailing {STATES[row.state.value]}: this cannot be done now.")
        _ready(row)
        people = waiting(row.id)
        if people <= settings().mailing_alone:
            _begin(row, actor)
            return True
        try:
            asks = f"Send “{row.name}” to {people:,} people"
            ask_approval(APPROVAL, asks, Subject("mailing", row.id), reason, actor, data=_frozen_as(row))
        except AlreadyAsked as error:
            raise MailingRefused(str(error)) from error
        return False


def carry_out(approved: Approved, decider: Actor) -> None:
    """A second person said yes. Raises ApprovalStale when it is not the mailing any more that they saw."""
    row = locked(approved.subject.id)
    if row.state is not MailingState.FROZEN or _frozen_as(row) != dict(approved.data):
        raise ApprovalStale("The mailing has changed since, or is under way. It has to be asked for again.")
    try:
        _ready(row)
    except NotReady as error:
        raise ApprovalStale(str(error)) from error
    _begin(row, decider)


def pause(mailing_id: UUID, actor: Actor) -> None:
    """Hold a mailing: what waits to be handed over waits until it is resumed. Raises MailingRefused."""
    with transaction():
        row = locked(mailing_id)
        if row.state is MailingState.PAUSED:
            return
        step(row, MailingEdge.PAUSE)
        _queued(row, due=False)
        record("mail.mailing.paused", row, actor)


def resume(mailing_id: UUID, actor: Actor) -> None:
    """Let a paused mailing go on. Raises MailingRefused."""
    with transaction():
        row = locked(mailing_id)
        if row.state is MailingState.SENDING:
            return
        step(row, MailingEdge.RESUME)
        _queued(row, due=True)
        bulk.wake()
        feeding.wake()
        record("mail.mailing.resumed", row, actor)


def stop(mailing_id: UUID, reason: str, actor: Actor) -> None:
    """Call a mailing off for good: whoever has no letter gets none. Raises MailingRefused when it has ended."""
    with transaction() as session:
        row = locked(mailing_id)
        if row.state is MailingState.STOPPED:
            return
        step(row, MailingEdge.STOP)
        row.ended_at, row.note, row.cursor = clock.now(), reason.strip()[:300], None
        called_off = session.execute(
            sa.update(MailingRecipient)
            .where(MailingRecipient.mailing_id == row.id, MailingRecipient.state == RecipientState.WAITING)
            .values(state=RecipientState.CALLED_OFF)
            .execution_options(synchronize_session=False)
        )
        many = cast("sa.CursorResult[Any]", called_off).rowcount
        many += abort_waiting(Stream.APPEALS, row.note, actor, queries.kind_of(row.id))
        record("mail.mailing.stopped", row, actor, reason=row.note, called_off=many)


def waiting(mailing_id: UUID) -> int:
    """How many people still wait for their letter."""
    theirs = (MailingRecipient.mailing_id == mailing_id, MailingRecipient.state == RecipientState.WAITING)
    return db.session().scalar(sa.select(sa.func.count()).where(*theirs)) or 0


def _ready(row: Mailing) -> None:
    if problems := queries.problems_of(row.id):
        raise NotReady(problems)


def _begin(row: Mailing, actor: Actor) -> None:
    step(row, MailingEdge.BEGIN)
    row.begun_at, row.begun_by = clock.now(), actor.label[:200]
    feeding.wake()
    record("mail.mailing.begun", row, actor, people=waiting(row.id))


def _frozen_as(row: Mailing) -> dict[str, str | int]:
    """What a second person is asked about: these words to this list, as it was frozen then."""
    return {"version": row.version, "frozen_at": row.frozen_at.isoformat() if row.frozen_at else ""}


def _queued(row: Mailing, due: bool) -> None:
    """Make the letters that wait for the pump due now, or never: a moment without a date is no moment."""
    db.session().execute(
        sa.update(OutgoingMail)
        .where(OutgoingMail.kind == queries.kind_of(row.id), OutgoingMail.state == MailState.QUEUED)
        .values(due_at=clock.now() if due else None)
        .execution_options(synchronize_session=False)
    )
