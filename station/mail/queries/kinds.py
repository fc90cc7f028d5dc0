"""What the desk calls the kinds of mail: their codes are names for programs, and that of a mailing is its id."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.mail.models import Mailing, OutgoingMail
from station.mail.places import KINDS_OF_MAIL
from station.mail.queries.stops import MAILING_KIND


def kinds(chosen: str = "") -> dict[str, str]:
    """The kinds of the last thousand messages, and the one that is `chosen`: name by code, in the order of names."""
    last = sa.select(OutgoingMail.kind).order_by(OutgoingMail.id.desc()).limit(1000).subquery()
    codes = {*db.session().scalars(sa.select(last.c.kind).distinct()), *([chosen] if chosen else [])}
    return dict(sorted(((code, kind_name(code)) for code in codes), key=lambda each: each[1]))


def kind_name(code: str) -> str:
    """Receipt; Failed charge; Mailing “Fall drive”. A kind that nobody has named says its code, in words."""
    if code.startswith(MAILING_KIND):
        return _of_mailing(code)
    known = {each.code: each.name for each in KINDS_OF_MAIL}
    words = code.partition(".")[2] or code
    return known.get(code) or words.replace(".", ": ").replace("_", " ").capitalize()


def _of_mailing(code: str) -> str:
    try:
        mailing_id = UUID(code.removeprefix(MAILING_KIND))
    except ValueError:
        return "Mailing"
    name = db.session().scalar(sa.select(Mailing.name).where(Mailing.id == mailing_id))
    return f"Mailing “{name}”" if name else "Mailing"
