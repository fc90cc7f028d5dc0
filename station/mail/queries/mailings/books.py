"""What must be true of mailings: everybody on a frozen list is accounted for, and nobody is written to twice."""

from __future__ import annotations

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.mail.models import Mailing, MailingRecipient, MailingState, MailState, OutgoingMail, RecipientState
from station.mail.policies.mailings import LISTED
from station.mail.queries.mailings.views import MAILING
from station.mail.queries.stops import MAILING_KIND

MOST = 50


def unaccounted() -> list[str]:
    """Mailings with more or fewer rows than people listed, letters without a row of mail, or people left waiting."""
    rows = sa.select(sa.func.count()).where(MailingRecipient.mailing_id == Mailing.id).scalar_subquery()
    counted = sa.select(Mailing.id, Mailing.listed, rows).where(Mailing.state.in_(LISTED), Mailing.listed != rows)
    lines = [
        f"{public_id(MAILING, found)}: {listed:,} people were listed, and {known:,} are written down"
        for found, listed, known in db.session().execute(counted.limit(MOST))
    ]
    queued = MailingRecipient.state == RecipientState.QUEUED
    torn = sa.select(MailingRecipient.mailing_id, MailingRecipient.position).where(
        queued != MailingRecipient.mail_id.is_not(None)
    )
    lines += [
        f"{public_id(MAILING, row[0])}: letter {row[1]} is queued nowhere"
        for row in db.session().execute(torn.limit(MOST))
    ]
    return lines + _waiting_at_the_end()


def _waiting_at_the_end() -> list[str]:
    ended = sa.select(Mailing.id, sa.func.count()).join(MailingRecipient, MailingRecipient.mailing_id == Mailing.id)
    late = ended.where(
        Mailing.state.in_([MailingState.DONE, MailingState.STOPPED]), MailingRecipient.state == RecipientState.WAITING
    )
    rows = db.session().execute(late.group_by(Mailing.id).limit(MOST))
    return [f"{public_id(MAILING, found)} has ended, and {many:,} still wait" for found, many in rows]


def written_twice() -> list[str]:
    """Addresses that have two letters of one mailing. Copies that somebody asked for are of another kind."""
    twice = (
        sa.select(OutgoingMail.kind, OutgoingMail.recipient, sa.func.count())
        .where(OutgoingMail.kind.startswith(MAILING_KIND), OutgoingMail.state != MailState.ABORTED)
        .group_by(OutgoingMail.kind, OutgoingMail.recipient)
        .having(sa.func.count() > 1)
        .limit(MOST)
    )
    return [f"{kind}: {address} has {many} letters" for kind, address, many in db.session().execute(twice)]
