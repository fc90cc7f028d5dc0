"""Sending one message by a job of its own: receipts and notices, which wait for nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from station.core import clock, fingerprint
from station.core.db import transaction
from station.core.outbox import Permanent, Postponed
from station.mail import policies, queries
from station.mail.models import MailState, OutgoingMail
from station.mail.services.handing import Taken, begin, end, hand_over

LOOK_AGAIN = timedelta(minutes=1)  # at a stop, or at a database that is not ours; ending either looks at once


def send(mail_id: UUID) -> None:
    """Send one message. Does nothing when there is nothing to send any more.

    A message found in flight was being handed over when its process died: nobody knows whether it left, so it goes
    out again under the same Message-ID, three times at most. Raises Postponed while it waits: for its next try, for a
    provider that asked for time, for the end of a stop, or because the database belongs to another environment; and
    Permanent for an unknown id.
    """
    if reason := fingerprint.foreign():
        _held(mail_id, reason)
    taken = _take(mail_id)
    if taken is None:
        return
    outcome = hand_over(taken)
    with transaction() as session:
        again_at = end(session.get_one(OutgoingMail, mail_id, with_for_update=True), outcome)
    if again_at:
        raise Postponed(again_at, outcome.lost or str(outcome.answer))


def _take(mail_id: UUID) -> Taken | None:
    """The message in hand, or None when there is nothing to send. Raises Postponed and Permanent."""
    with transaction() as session:
        row = session.get(OutgoingMail, mail_id, with_for_update=True)
        if row is None:
            raise Permanent(f"no message {mail_id}")
        if row.state in (*policies.WAITING, MailState.UNKNOWN) and (wait := _wait(row)):
            raise Postponed(*wait)
        return begin(row)


def _wait(row: OutgoingMail) -> tuple[datetime, str] | None:
    hold = queries.hold_of(row)
    if hold.stop:
        return clock.now() + LOOK_AGAIN, f"all mail is stopped: {hold.stop}"
    if hold.provider_until:
        return hold.provider_until, f"{row.provider} asked us to wait"
    return None


def _held(mail_id: UUID, reason: str) -> None:
    """Raises Postponed, once the reason stands in the row."""
    with transaction() as session:
        row = session.get(OutgoingMail, mail_id, with_for_update=True)
        if row is not None and row.state is MailState.QUEUED:
            row.last_error = reason
    raise Postponed(clock.now() + LOOK_AGAIN, reason)
