"""Reads of members."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from station.core import search
from station.core.db import db
from station.core.ids import public_id, row_id
from station.members.models import Member, MemberEmail, MemberKind
from station.members.policies import normalise_email, spellings

PREFIX = "member"
PAGE = 50
_GIVEN = aliased(MemberEmail)
_SAME_MEMBER = (
    sa.select(_GIVEN.normalised, MemberEmail.address, MemberEmail.member_id)
    .join(MemberEmail, MemberEmail.member_id == _GIVEN.member_id)
    .where(_GIVEN.normalised.in_(sa.bindparam("addresses", expanding=True)))
)


@dataclass(frozen=True)
class MemberView:
    """A member as pages show them. `emails` are as typed, the primary one first; `language` is that of their mail."""

    id: UUID
    public_id: str
    kind: MemberKind
    name: str
    given_name: str
    family_name: str
    emails: tuple[str, ...]
    since: datetime
    language: str = "en"

    @property
    def email(self) -> str:
        """The primary address, or nothing."""
        return self.emails[0] if self.emails else ""


@dataclass(frozen=True)
class MemberPage:
    """Some members in order of name, and the cursor of the page after."""

    members: list[MemberView]
    after: str | None


def member(member_id: UUID) -> MemberView | None:
    """One member."""
    row = db.session().get(Member, member_id)
    return _views([row])[0] if row else None


def member_by_public_id(text: str) -> MemberView | None:
    """The member behind member_…; None for anything else."""
    found = row_id(PREFIX, text)
    return member(found) if found else None


def member_id_of(email: str) -> UUID | None:
    """The member who has this address."""
    same = spellings(email)
    found = sa.select(MemberEmail.member_id).where(MemberEmail.normalised.in_(same))
    return db.session().scalar(found.order_by(MemberEmail.normalised != same[0]).limit(1))


def keys_by_address(normalised: Collection[str]) -> dict[str, set[str]]:
    """For each of these normalised addresses that a member has: all of that member's, and their public id."""
    known = {each: key for key in normalised for each in spellings(key)}
    found: dict[str, set[str]] = {}
    for address, theirs, member_id in db.session().execute(_SAME_MEMBER, {"addresses": list(known)}):
        found.setdefault(known[address], set()).update((*spellings(theirs), public_id(PREFIX, member_id)))
    return found


def members_by_name(after: str = "") -> MemberPage:
    """Members in order of name, fifty from behind the cursor `after` (a public id) on."""
    query = sa.select(Member).order_by(Member.name, Member.id).limit(PAGE + 1)
    last = db.session().get(Member, found) if (found := row_id(PREFIX, after)) else None
    if last is not None:
        query = query.where(sa.or_(Member.name > last.name, sa.and_(Member.name == last.name, Member.id > last.id)))
    rows = db.session().scalars(query).all()
    more = len(rows) > PAGE
    return MemberPage(_views(rows[:PAGE]), public_id(PREFIX, rows[PAGE - 1].id) if more else None)


def find_members(query: str, limit: int = PAGE) -> list[MemberView]:
    """Members found by name or address (accents and capitals aside; the last word by its beginning), best first."""
    exact = member_id_of(query) if "@" in query else None
    ids = [hit.id for hit in search.find(query, [PREFIX], limit)]
    ids = list(dict.fromkeys(([exact] if exact else []) + ids))
    rows = db.session().scalars(sa.select(Member).where(Member.id.in_(ids))).all()
    known = {view.id: view for view in _views(rows)}
    return [known[each] for each in ids if each in known]


def _views(rows: Collection[Member]) -> list[MemberView]:
    emails: dict[UUID, list[str]] = {}
    for owner, address in db.session().execute(
        sa.select(MemberEmail.member_id, MemberEmail.address)
        .where(MemberEmail.member_id.in_([row.id for row in rows]))
        .order_by(MemberEmail.is_primary.desc(), MemberEmail.created_at, MemberEmail.id)
    ):
        emails.setdefault(owner, []).append(address)
    return [
        MemberView(
            row.id,
            public_id(PREFIX, row.id),
            row.kind,
            row.name,
            row.given_name,
            row.family_name,
            tuple(emails.get(row.id, ())),
            row.created_at,
            row.language,
        )
        for row in rows
    ]


def members_by_id(ids: Collection[UUID]) -> dict[UUID, MemberView]:
    """Those of many members that there are."""
    rows = db.session().scalars(sa.select(Member).where(Member.id.in_(ids))).all() if ids else []
    return {view.id: view for view in _views(rows)}


def members_by_address(addresses: Collection[str]) -> dict[str, MemberView]:
    """The members who have some of these addresses, by the normalised address."""
    keys = {each for address in addresses for each in spellings(address)}
    found = sa.select(MemberEmail.normalised, MemberEmail.member_id).where(MemberEmail.normalised.in_(keys))
    rows = db.session().execute(found).all() if keys else []
    owners = {normalise_email(row[0]): row[1] for row in rows} | {row[0]: row[1] for row in rows}
    known = members_by_id(set(owners.values()))
    return {address: known[owner] for address, owner in owners.items()}


def with_email(after: UUID | None, limit: int) -> list[UUID]:
    """Members who have an address, in the order of their ids, from behind one of them on."""
    query = sa.select(MemberEmail.member_id).distinct().order_by(MemberEmail.member_id).limit(limit)
    return list(db.session().scalars(query.where(MemberEmail.member_id > after) if after else query))


def count_with_email() -> int:
    """How many members have an address."""
    return db.session().scalar(sa.select(sa.func.count(sa.distinct(MemberEmail.member_id)))) or 0


def languages() -> set[str]:
    """The languages that members read."""
    return set(db.session().scalars(sa.select(Member.language).distinct()))


def count() -> int:
    """How many members there are."""
    return db.session().scalar(sa.select(sa.func.count()).select_from(Member)) or 0
