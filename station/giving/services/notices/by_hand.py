"""What a person does about a notice that did not arrive: by post, by phone, anew by mail, or not at all."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from station.accounts.services import settle_work_item
from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.giving import queries
from station.giving.models import Channel, Notice, NoticeDelivery
from station.giving.services.keeping.links import own_link
from station.giving.services.notices import letters, writing
from station.licensee.queries import the_licensee
from station.mail.models import MailState, OutgoingMail

NOTE_LENGTH = 2000


class NotNeeded(Exception):
    """A notice cannot be sent anew; the sentence says why."""


def note_given(notice_id: UUID, how: Channel, on: date, note: str, actor: Actor) -> None:
    """Write down that a notice was given by post or by phone on a station-local day, or is not needed, and why.

    Closes its work item.
    """
    with transaction() as session:
        row = session.get_one(Notice, notice_id)
        kept = note.strip().replace("\x00", "")[:NOTE_LENGTH]
        day = min(on, clock.today(the_licensee().timezone))
        writing.delivered(notice_id, how, actor, given_on=day, note=kept)
        about = [Subject("notice", notice_id), *queries.sustainer_subjects(row.subscription_id)]
        events.record("giving.notice.given", actor, about, {"how": how.value, "on": day.isoformat()})
        settle_work_item(writing.work_key(notice_id), kept or how.value, actor)


def write_again(notice_id: UUID, actor: Actor) -> None:
    """Send a notice once more, to today's address, with a fresh link and the gift's terms of today.

    Raises NotNeeded where the gift is over, its donor has no address, or the notice waits to be sent already.
    """
    with transaction() as session:
        row = session.get_one(Notice, notice_id, with_for_update=True)
        donor = queries.sustainer(row.subscription_id)
        if session.scalar(_waiting(notice_id)):
            raise NotNeeded("It is on its way already.")
        if donor is None or donor.over:
            raise NotNeeded("This gift is over: nothing is to be announced any more.")
        if not donor.email:
            raise NotNeeded("There is no address that it could be sent to. Print it and post it, or call.")
        told = letters.of_a_change(row.period, donor, row.asked, row.before)
        letter = letters.letter(row.kind, donor, row.event_on, own_link(row.subscription_id), **told)
        writing.send(notice_id, row.kind, f"{notice_id}:again:{new_id()}", donor, letter)
        about = [Subject("notice", notice_id), *queries.sustainer_subjects(row.subscription_id)]
        events.record("giving.notice.again", actor, about, {"to": donor.email})
        settle_work_item(writing.work_key(notice_id), f"Sent again to {donor.email}.", actor)


def _waiting(notice_id: UUID) -> sa.Select[UUID]:
    """Mail with a notice that waits to be sent: a button that was pressed twice sends one."""
    mails = sa.select(NoticeDelivery.id).join(OutgoingMail, OutgoingMail.id == NoticeDelivery.mail_id)
    return mails.where(NoticeDelivery.notice_id == notice_id, OutgoingMail.state == MailState.QUEUED).limit(1)
