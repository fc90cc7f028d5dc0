"""The emergency stop: nothing of its scope is handed over from the next message on, in any process."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core import clock, events, outbox
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.locks import lock_name
from station.mail.models import MailState, MailStop, OutgoingMail, StopScope, Stream
from station.mail.services import outcomes
from station.mail.services.bulk import SEND_BULK, wake
from station.mail.services.queueing import SEND

WORDS = {StopScope.ALL: "all mail", StopScope.APPEALS: "appeals"}
AT_ONCE = 200


class NoReason(Exception):
    """A stop says why, for whoever finds it."""


def stop(scope: StopScope, reason: str, actor: Actor) -> UUID:
    """Stop all mail, or appeals; returns the stop's id. A second one of the same scope changes nothing.

    Raises NoReason without a reason.
    """
    words = reason.strip()
    if not words:
        raise NoReason
    with transaction() as session:
        lock_name("mail.stop")
        known = session.scalar(sa.select(MailStop).where(MailStop.scope == scope, MailStop.resumed_at.is_(None)))
        if known:
            return known.id
        row = MailStop(
            id=new_id(), scope=scope, reason=words[:300], stopped_at=clock.now(), stopped_by=actor.label[:200]
        )
        session.add(row)
        session.flush()
        about = [Subject("mail_stop", row.id)]
        events.record("mail.stop.ordered", actor, about, {"what": WORDS[scope], "reason": row.reason})
        return row.id


def resume(scope: StopScope, actor: Actor) -> bool:
    """End a stop; what waited goes on at once. False when there was none."""
    with transaction() as session:
        lock_name("mail.stop")
        row = session.scalar(sa.select(MailStop).where(MailStop.scope == scope, MailStop.resumed_at.is_(None)))
        if row is None:
            return False
        row.resumed_at, row.resumed_by = clock.now(), actor.label[:200]
        session.flush()
        events.record("mail.stop.ended", actor, [Subject("mail_stop", row.id)], {"what": WORDS[scope]})
        outbox.hurry(SEND, SEND_BULK)
        wake()
        return True


def abort(mail_id: UUID, reason: str, actor: Actor) -> bool:
    """Call one message off. False when it was handed over, or done, already."""
    with transaction() as session:
        row = session.get_one(OutgoingMail, mail_id, with_for_update=True)
        if row.state is not MailState.QUEUED:
            return False
        outcomes.abort(row, actor, reason)
        return True


def abort_waiting(stream: Stream, reason: str, actor: Actor, kind: str = "") -> int:
    """Call off all that waits of a stream (of one kind, where it is named); returns how many."""
    waiting = [OutgoingMail.stream == stream, OutgoingMail.state == MailState.QUEUED]
    waiting += [OutgoingMail.kind == kind] if kind else []
    aborted = 0
    while db.session().scalar(sa.select(OutgoingMail.id).where(*waiting).limit(1)):
        with transaction() as session:
            rows = session.scalars(sa.select(OutgoingMail).where(*waiting).limit(AT_ONCE).with_for_update()).all()
            for row in rows:
                outcomes.abort(row, actor, reason)
            aborted += len(rows)
    return aborted


def confirm(mail_id: UUID, actor: Actor) -> bool:
    """Write down that a message of which nobody knew has arrived. False when it is not unknown any more."""
    with transaction() as session:
        row = session.get_one(OutgoingMail, mail_id, with_for_update=True)
        if row.state is not MailState.UNKNOWN:
            return False
        outcomes.confirm(row, actor)
        return True
