"""Staff: added, given roles, disabled."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from station.accounts import queries
from station.accounts.models import Role, Staff, StaffRole
from station.accounts.services.errors import EmailTaken, LastAdmin
from station.accounts.services.sessions import end_all
from station.core import clock, events
from station.core.actor import Actor
from station.core.addresses import normalise_email, visible
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.upsert import insert_missing


def add_staff(name: str, email: str, roles: Collection[Role], actor: Actor) -> UUID:
    """Add a person without a way to sign in yet; a link gives them one. Joins the transaction. Raises EmailTaken."""
    staff_id, clean = new_id(), " ".join(visible(name).split())
    with transaction():
        row = {"name": clean, "email": normalise_email(email), "totp_last_step": 0, "created_at": clock.now()}
        if queries.staff_id_of(email) or not insert_missing(Staff, id=staff_id, **row):
            raise EmailTaken("Someone at the desk has this email address already.")
        _give(staff_id, roles)
        events.record(
            "accounts.staff.added", actor, [Subject("staff", staff_id)], {"name": clean, "roles": sorted(roles)}
        )
        return staff_id


def set_roles(staff_id: UUID, roles: Collection[Role], actor: Actor) -> None:
    """Give a person exactly these roles. Their sessions end, so that the new roles begin with a new session.

    Raises LastAdmin when nobody else could run the desk.
    """
    with transaction() as session:
        row = session.get_one(Staff, staff_id, with_for_update=True)
        before = set(session.scalars(sa.select(StaffRole.role).where(StaffRole.staff_id == staff_id)))
        if before == set(roles):
            return
        if Role.ADMIN not in roles:
            keep_an_admin(staff_id)
        session.execute(sa.delete(StaffRole).where(StaffRole.staff_id == staff_id))
        _give(staff_id, roles)
        end_all(staff_id)
        events.record(
            "accounts.staff.roles_changed",
            actor,
            [Subject("staff", staff_id)],
            {"name": row.name, "before": sorted(before), "after": sorted(roles)},
        )


def disable_staff(staff_id: UUID, actor: Actor) -> None:
    """Shut a person out at once: their sessions end and their links do not work. Raises LastAdmin."""
    with transaction() as session:
        row = session.get_one(Staff, staff_id, with_for_update=True)
        if row.disabled_at is not None:
            return
        keep_an_admin(staff_id)
        row.disabled_at = clock.now()
        end_all(staff_id)
        events.record("accounts.staff.disabled", actor, [Subject("staff", staff_id)], {"name": row.name})


def enable_staff(staff_id: UUID, actor: Actor) -> None:
    """Let a disabled person in again, with the password and second factor they had."""
    with transaction() as session:
        row = session.get_one(Staff, staff_id, with_for_update=True)
        if row.disabled_at is None:
            return
        row.disabled_at = None
        events.record("accounts.staff.enabled", actor, [Subject("staff", staff_id)], {"name": row.name})


def _give(staff_id: UUID, roles: Collection[Role]) -> None:
    for role in Role:
        if role in roles:
            insert_missing(StaffRole, staff_id=staff_id, role=role)


def keep_an_admin(leaving: UUID) -> None:
    """Raise LastAdmin unless the one who leaves is no working admin, or another one stays. Admin rows are locked."""
    working = set(
        db.session().scalars(
            sa.select(Staff.id)
            .join(StaffRole, StaffRole.staff_id == Staff.id)
            .where(StaffRole.role == Role.ADMIN, Staff.disabled_at.is_(None), Staff.totp_secret.is_not(None))
            .order_by(Staff.id)
            .with_for_update()
        )
    )
    if working == {leaving}:
        raise LastAdmin("This is the only admin who can sign in. Make somebody else an admin first.")
