"""Reads of staff and sessions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.accounts import policies
from station.accounts.models import Invitation, Role, Staff, StaffRole, StaffSession
from station.core import clock
from station.core.actor import Actor, ActorKind
from station.core.addresses import spellings
from station.core.db import db


@dataclass(frozen=True)
class Person:
    """A signed-in member of staff, as views and templates see them."""

    id: UUID
    name: str
    email: str
    roles: frozenset[Role]

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.name, self.id)

    @property
    def role_names(self) -> list[str]:
        return [role.value for role in Role if role in self.roles]

    def may(self, *roles: Role, reading: bool = False) -> bool:
        """Whether this person passes for one of these roles; see `policies.may`."""
        return policies.may(self.roles, roles, reading=reading)


@dataclass(frozen=True)
class SessionView:
    """A session that still counts, and whose it is."""

    id: UUID
    person: Person
    second_factor: bool
    browser: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    proved_at: datetime

    @property
    def confirmed(self) -> bool:
        """Whether its owner has proved who they are in the last minutes: what asks for sudo is open."""
        return policies.is_fresh(self.proved_at, clock.now())


@dataclass(frozen=True)
class StaffView:
    """A member of staff as the roles page shows them."""

    id: UUID
    name: str
    email: str
    roles: frozenset[Role]
    joined: bool
    second_factor: bool
    disabled_at: datetime | None
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class InvitationView:
    """An invitation that can still be used."""

    id: UUID
    purpose: str
    staff_id: UUID
    name: str
    email: str


def session_of(token: str, now: datetime) -> SessionView | None:
    """The live session of a cookie's token: not revoked, idle or past its end, and its owner not disabled."""
    row = (
        db.session()
        .execute(
            sa.select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.token_hash == policies.digest(token), *_alive(now))
        )
        .first()
    )
    return _session_view(row[0], row[1]) if row else None


def sessions_of(staff_id: UUID, now: datetime) -> list[SessionView]:
    """The live, fully signed-in sessions of a person, last used first."""
    rows = db.session().execute(
        sa.select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(Staff.id == staff_id, StaffSession.second_factor, *_alive(now))
        .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    )
    return [_session_view(session, staff) for session, staff in rows]


def _alive(now: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        StaffSession.revoked_at.is_(None),
        StaffSession.ends_at > now,
        StaffSession.seen_at > now - policies.IDLE_LIMIT,
        Staff.disabled_at.is_(None),
    ]


def _session_view(session: StaffSession, staff: Staff) -> SessionView:
    return SessionView(
        session.id,
        _person(staff),
        session.second_factor,
        session.browser,
        session.created_at,
        session.seen_at,
        session.ends_at,
        session.proved_at,
    )


def _person(staff: Staff) -> Person:
    return Person(staff.id, staff.name, staff.email, _roles_of([staff.id]).get(staff.id, frozenset()))


def _roles_of(ids: Collection[UUID]) -> dict[UUID, frozenset[Role]]:
    found: dict[UUID, set[Role]] = {}
    for staff_id, role in db.session().execute(
        sa.select(StaffRole.staff_id, StaffRole.role).where(StaffRole.staff_id.in_(ids))
    ):
        found.setdefault(staff_id, set()).add(role)
    return {staff_id: frozenset(roles) for staff_id, roles in found.items()}


def staff_list() -> list[StaffView]:
    """Everyone who works or worked at the desk, by name; the disabled last."""
    rows = db.session().scalars(sa.select(Staff).order_by(Staff.disabled_at.is_not(None), Staff.name, Staff.id)).all()
    return _staff_views(rows)


def staff_member(staff_id: UUID) -> StaffView | None:
    """One member of staff."""
    row = db.session().get(Staff, staff_id)
    return _staff_views([row])[0] if row else None


def _staff_views(rows: Collection[Staff]) -> list[StaffView]:
    ids = [row.id for row in rows]
    roles = _roles_of(ids)
    last_seen = (
        sa.select(StaffSession.staff_id, sa.func.max(StaffSession.seen_at))
        .where(StaffSession.staff_id.in_(ids), StaffSession.second_factor)
        .group_by(StaffSession.staff_id)
    )
    seen: dict[UUID, datetime] = {row[0]: row[1] for row in db.session().execute(last_seen)}
    return [
        StaffView(
            row.id,
            row.name,
            row.email,
            roles.get(row.id, frozenset()),
            row.password_hash is not None,
            row.totp_secret is not None,
            row.disabled_at,
            row.created_at,
            seen.get(row.id),
        )
        for row in rows
    ]


def staff_id_of(email: str) -> UUID | None:
    """The member of staff with this email, of any spelling."""
    return db.session().scalar(sa.select(Staff.id).where(Staff.email.in_(spellings(email))).limit(1))


def invitation(token: str) -> InvitationView | None:
    """The invitation behind a link, while it can be used: not used, not expired, its owner not disabled."""
    row = (
        db.session()
        .execute(
            sa.select(Invitation, Staff)
            .join(Staff, Staff.id == Invitation.staff_id)
            .where(
                Invitation.token_hash == policies.digest(token),
                Invitation.used_at.is_(None),
                Invitation.expires_at > clock.now(),
                Staff.disabled_at.is_(None),
            )
        )
        .first()
    )
    return InvitationView(row[0].id, row[0].purpose, row[1].id, row[1].name, row[1].email) if row else None
