"""Freezing a list: who gets a mailing and who does not, with the reason, written down before anything leaves.

A job goes through the list in parts, one transaction each: the rows, the number of people listed and the cursor
stand or fall together, so that a process which dies anywhere leaves a part whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import job
from station.core.addresses import normalise_email
from station.core.db import db, transaction
from station.core.faults import point
from station.core.ids import new_id
from station.mail import policies, queries
from station.mail.models import LeftOut, Mailing, MailingRecipient, MailingState, RecipientState, Stream
from station.mail.policies.mailings import MailingEdge, language_of
from station.mail.policies.suppressing import blocks, key_of
from station.mail.queries import mailings
from station.mail.queries.mailings import Listed
from station.mail.services.mailings.steps import locked, record, step

POST = job("the mail room")


def freeze_some(mailing_id: UUID) -> bool:
    """Write down the next part of a list; False when nothing is left to do."""
    with transaction() as session:
        row = locked(mailing_id)
        if row.state is not MailingState.FREEZING:
            return False
        if row.cursor is not None:
            part = mailings.part_of(row, row.cursor)
            made = _recipients(row, part.people)
            if made:
                session.execute(sa.insert(MailingRecipient), made)
            row.cursor, row.listed = part.after, row.listed + len(made)
        if row.cursor is None:
            step(row, MailingEdge.HOLD)
            row.frozen_at = clock.now()
            session.flush()
            record("mail.mailing.frozen", row, POST, listed=row.listed, getting=_getting(row.id))
    point("mail.mailing:froze_some")
    return True


def _recipients(row: Mailing, people: Sequence[Listed]) -> list[dict[str, Any]]:
    """The rows of some people: each of them one."""
    keys = [_key(each.email) for each in people]
    known = {key for key in keys if key}
    seen = _taken(row.id, known)
    standing = queries.suppressions_of(known)
    barred = {each.address for each in standing if each.lifted_at is None and blocks(each, Stream.APPEALS)}
    wanting = queries.who_wants(row.topic, known)
    made = []
    for number, (each, key) in enumerate(zip(people, keys, strict=True), row.listed + 1):
        reason = _reason(each, key, seen, barred, wanting)
        made.append(_values(row, number, each, None if reason is LeftOut.DUPLICATE else key, reason))
        seen.add(key or "")
    return made


def _reason(each: Listed, key: str | None, seen: set[str], barred: set[str], wanting: set[str]) -> LeftOut | None:
    if not each.email:
        return LeftOut.NO_ADDRESS if each.member else LeftOut.NOT_FOUND
    if key is None:
        return LeftOut.UNREACHABLE
    if key in seen:
        return LeftOut.DUPLICATE
    if key_of(key) in barred:
        return LeftOut.SUPPRESSED
    return None if key in wanting else LeftOut.UNWANTED


def _values(row: Mailing, position: int, each: Listed, key: str | None, reason: LeftOut | None) -> dict[str, Any]:
    member = each.member
    return {
        "id": new_id(),
        "mailing_id": row.id,
        "position": position,
        "member_id": member.id if member else None,
        "address": key,
        "email": (each.email or each.line)[:320],
        "name": policies.one_line(member.name)[:200] if member else "",
        "first_name": policies.one_line(member.given_name)[:100] if member else "",
        "language": language_of(row.language_rule.value, member.language if member else "en"),
        "provider": policies.provider_of(key or ""),
        "state": RecipientState.LEFT_OUT if reason else RecipientState.WAITING,
        "reason": reason,
        "mail_id": None,
    }


def _key(email: str) -> str | None:
    """The one form of an address: normalised, its domain as SMTP takes it; None where none can be written to."""
    plain = policies.reachable(normalise_email(email))
    return plain if plain and len(plain) <= 254 else None


def _taken(mailing_id: UUID, keys: set[str]) -> set[str]:
    """Those of some addresses that are on this list already."""
    found = sa.select(MailingRecipient.address).where(
        MailingRecipient.mailing_id == mailing_id, MailingRecipient.address.in_(keys)
    )
    return {each for each in db.session().scalars(found) if each} if keys else set()


def _getting(mailing_id: UUID) -> int:
    waiting = (MailingRecipient.mailing_id == mailing_id, MailingRecipient.state == RecipientState.WAITING)
    return db.session().scalar(sa.select(sa.func.count()).where(*waiting)) or 0
