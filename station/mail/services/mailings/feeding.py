"""Feeding: the letters of a mailing are written a few at a time, never far ahead of the pump that sends them.

One transaction a batch writes the letters and marks whose they are, under a key that is the recipient's: a process
that dies leaves a batch whole or not at all, and nobody's letter can be written twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock, outbox
from station.core.addresses import normalise_email
from station.core.db import db, transaction
from station.core.faults import point
from station.core.outbox import Job, Queue
from station.mail.models import (
    LeftOut,
    Mailing,
    MailingRecipient,
    MailingState,
    MailState,
    OutgoingMail,
    RecipientState,
    Stream,
)
from station.mail.policies.mailings import MailingEdge
from station.mail.queries.mailings import Form, form_of, kind_of, words_of
from station.mail.services.mailings.freezing import POST, freeze_some
from station.mail.services.mailings.steps import locked, record, step
from station.mail.services.queueing import Addressed, write
from station.members import queries as members

CARRY = Job("mail.carry_mailings", Queue.BULK, lease=120, attempts=50, quiet=True)
SLICE = 5.0  # seconds of work before others have their turn
BATCH = 50  # letters a transaction
AHEAD = 600  # letters that wait for the pump, for each provider: what it sends in the time of a slice
LOOK_AGAIN = timedelta(seconds=1)
MOVING = (MailingState.FREEZING, MailingState.SENDING)


def wake() -> None:
    """See to it that mailings go on now. Inside a transaction."""
    outbox.enqueue_by(CARRY, clock.now())


def carry() -> None:
    """Take every mailing on that moves by itself, for some seconds; another job goes on while there is one."""
    until, worked = time.monotonic() + SLICE, True
    while worked and time.monotonic() < until and not outbox.waits(Queue.MONEY, Queue.MAIL):
        turns = [_some(mailing_id, state) for mailing_id, state in _moving()]  # each has its turn
        worked = any(turns)
    if _moving():
        with transaction():
            outbox.enqueue_by(CARRY, clock.now() if worked else clock.now() + LOOK_AGAIN)


def tend_mailings() -> None:
    """Once a minute: what moves by itself has a job, whatever became of the last one."""
    if _moving():
        with transaction():
            wake()


def _moving() -> list[tuple[UUID, MailingState]]:
    db.session().rollback()
    found = sa.select(Mailing.id, Mailing.state).where(Mailing.state.in_(MOVING))
    return [(row[0], row[1]) for row in db.session().execute(found.order_by(Mailing.begun_at, Mailing.id))]


def _some(mailing_id: UUID, state: MailingState) -> bool:
    return freeze_some(mailing_id) if state is MailingState.FREEZING else feed_some(mailing_id)


def feed_some(mailing_id: UUID) -> bool:
    """Write some letters of a mailing, as far as there is room before the pump; False when there was none.

    A mailing of which nobody waits and nothing is on its way is done.
    """
    with transaction():
        row = locked(mailing_id)
        if row.state is not MailingState.SENDING:
            return False
        some = _next(row)
        if not some:
            _finish(row)
            return False
        _write(row, some)
    point("mail.mailing:fed")
    return True


def _next(row: Mailing) -> list[MailingRecipient]:
    """Who is next, of each provider as many as there is room for."""
    waiting = (MailingRecipient.mailing_id == row.id, MailingRecipient.state == RecipientState.WAITING)
    providers = db.session().scalars(sa.select(MailingRecipient.provider).where(*waiting).distinct()).all()
    ahead, some = _ahead(row.id), list[MailingRecipient]()
    for provider in providers:
        room = min(BATCH - len(some), AHEAD - ahead.get(provider, 0))
        if room > 0:
            first = sa.select(MailingRecipient).where(*waiting, MailingRecipient.provider == provider)
            some += db.session().scalars(first.order_by(MailingRecipient.position).limit(room)).all()
    return some


def _ahead(mailing_id: UUID) -> dict[str, int]:
    """Letters that wait for the pump, by provider; those that are to be tried again later keep nobody waiting."""
    counted = sa.select(OutgoingMail.provider, sa.func.count()).where(
        OutgoingMail.kind == kind_of(mailing_id),
        OutgoingMail.state == MailState.QUEUED,
        OutgoingMail.due_at <= clock.now(),
    )
    return {row[0]: row[1] for row in db.session().execute(counted.group_by(OutgoingMail.provider))}


def _write(row: Mailing, some: Sequence[MailingRecipient]) -> None:
    forms, words = dict[str, Form](), words_of(row)
    gone, known = _erased(some)
    for each in some:
        if each.id in gone:
            each.state, each.reason = RecipientState.LEFT_OUT, LeftOut.ERASED
            continue
        if each.language not in forms:
            forms[each.language] = form_of(words[each.language], row.topic, each.language)
        each.mail_id = _letter(row, each, forms, each.member_id if each.member_id in known else None)
        each.state = RecipientState.QUEUED


def _letter(row: Mailing, each: MailingRecipient, forms: Mapping[str, Form], member_id: UUID | None) -> UUID:
    address = each.address or ""
    letter, stop = forms[each.language].fill({"first_name": each.first_name, "name": each.name}, address)
    kind, key = kind_of(row.id), str(each.id)
    return write(Addressed(kind, key, Stream.APPEALS, member_id, each.name, address, letter, False, row.topic, stop))


def _erased(some: Sequence[MailingRecipient]) -> tuple[set[UUID], set[UUID]]:
    """Rows of members who are known no more (neither they nor anybody else has an address of theirs), and the
    members that there are."""
    known = members.members_by_id([each.member_id for each in some if each.member_id])
    owned = members.members_by_address([each.address for each in some if each.address])
    gone = {
        each.id
        for each in some
        if each.member_id
        and normalise_email(each.address or "") not in owned
        and not (each.member_id in known and known[each.member_id].emails)
    }
    return gone, set(known)


def _finish(row: Mailing) -> None:
    left = sa.or_(
        sa.exists().where(MailingRecipient.mailing_id == row.id, MailingRecipient.state == RecipientState.WAITING),
        sa.exists().where(
            OutgoingMail.kind == kind_of(row.id), OutgoingMail.state.in_([MailState.QUEUED, MailState.IN_FLIGHT])
        ),
    )
    if not db.session().scalar(sa.select(left)):
        step(row, MailingEdge.FINISH)
        row.ended_at = clock.now()
        record("mail.mailing.done", row, POST, listed=row.listed)
