"""Reads of suppressions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id, row_id
from station.mail.models import Bounce, Stream, Suppression, SuppressionReason
from station.mail.policies.suppressing import GRAVITY, SUPPRESSED, WORDS, blocks, key_of

SUPPRESSION = "supp"
PAGE = 50
_STANDING = sa.select(Suppression).where(
    Suppression.address == sa.bindparam("address"), Suppression.lifted_at.is_(None)
)


@dataclass(frozen=True)
class SuppressionView:
    """A suppression as pages show it, with the message that it was about and the one that said so."""

    id: UUID
    public_id: str
    address: str
    reason: SuppressionReason
    words: str
    evidence: str
    mail_id: UUID | None
    inbound_id: UUID | None
    at: datetime
    by: str
    lifted_at: datetime | None
    lifted_by: str
    lifted_why: str


@dataclass(frozen=True)
class SuppressionPage:
    """Some suppressions, newest first, and the cursor of the page after."""

    rows: list[SuppressionView]
    before: str | None


def suppression_of(address: str) -> SuppressionView | None:
    """The gravest suppression that stands for an address, however it is written. None when it may be written to."""
    standing = [each for each in suppressions_of([address]) if each.lifted_at is None]
    return min(standing, key=lambda each: GRAVITY.index(each.reason), default=None)


def suppressed(address: str, stream: Stream, topic: str | None) -> str | None:
    """Why a suppression keeps a message of this stream back (policies.blocking); None when none does."""
    standing = db.session().scalars(_STANDING, {"address": key_of(address)})
    found = min(standing, key=lambda each: GRAVITY.index(each.reason), default=None)
    return f"{SUPPRESSED}{WORDS[found.reason]}" if found and blocks(found, stream) else None


def suppressions_of(addresses: Collection[str]) -> list[SuppressionView]:
    """All that was ever suppressed of these addresses, newest first."""
    keys = {key_of(each) for each in addresses if each}
    return _views(_all().where(Suppression.address.in_(keys))) if keys else []


def suppression(text: str) -> SuppressionView | None:
    """The suppression behind supp_…; None for anything else."""
    found = row_id(SUPPRESSION, text)
    return next(iter(_views(_all().where(Suppression.id == found))), None) if found else None


def suppressions(
    query: str = "", reason: SuppressionReason | None = None, lifted: bool = False, before: str = ""
) -> SuppressionPage:
    """Fifty of those that stand, or of the lifted ones: all or of a reason, whose address holds `query`."""
    found = _all().where(Suppression.lifted_at.is_not(None) if lifted else Suppression.lifted_at.is_(None))
    if query:
        found = found.where(Suppression.address.contains(key_of(query), autoescape=True))
    if reason is not None:
        found = found.where(Suppression.reason == reason)
    last = row_id(SUPPRESSION, before)
    if last is not None:
        found = found.where(Suppression.id < last)
    rows = _views(found.limit(PAGE + 1))
    return SuppressionPage(rows[:PAGE], rows[PAGE - 1].public_id if len(rows) > PAGE else None)


def suppression_counts() -> dict[SuppressionReason, int]:
    """How many stand, by reason."""
    standing = sa.select(Suppression.reason, sa.func.count()).where(Suppression.lifted_at.is_(None))
    return {row[0]: row[1] for row in db.session().execute(standing.group_by(Suppression.reason))}


def _all() -> sa.Select[Suppression, UUID | None]:
    return (
        sa.select(Suppression, Bounce.inbound_id)
        .outerjoin(Bounce, Bounce.id == Suppression.bounce_id)
        .order_by(Suppression.id.desc())
    )


def _views(query: sa.Select[Suppression, UUID | None]) -> list[SuppressionView]:
    return [
        SuppressionView(
            row.id,
            public_id(SUPPRESSION, row.id),
            row.address,
            row.reason,
            WORDS[row.reason],
            row.evidence,
            row.mail_id,
            inbound_id,
            row.at,
            row.by,
            row.lifted_at,
            row.lifted_by,
            row.lifted_why,
        )
        for row, inbound_id in db.session().execute(query)
    ]
