"""Links by which a person sets a password and a second factor, and the recovery codes shown at the end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.accounts import policies, queries
from station.accounts.facts import Purpose, StaffInvited
from station.accounts.models import Invitation, RecoveryCode, Role, Staff
from station.accounts.services import doors
from station.accounts.services.errors import CodeRefused, LinkSpent, PasswordRefused
from station.accounts.services.passkeys import forget_passkeys
from station.accounts.services.sessions import end_all, start_session
from station.accounts.services.staff import add_staff, keep_an_admin
from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.runtime import settings


@dataclass(frozen=True)
class Joined:
    """A person is in: the token of their session, and codes that are shown now and never again."""

    token: str
    recovery_codes: list[str]


def invite(name: str, email: str, roles: Collection[Role], actor: Actor) -> UUID:
    """Add a person and announce their link to the desk. Returns the id. Raises EmailTaken."""
    with transaction():
        staff_id = add_staff(name, email, roles, actor)
        _announce(staff_id, "join", make_link(staff_id, "join"))
        return staff_id


def start_over(staff_id: UUID, actor: Actor) -> None:
    """A forgotten password: it, second factor, passkeys and sessions end now, and a link sets up new ones.

    Raises LastAdmin when nobody else could run the desk meanwhile; so does the reset below.
    """
    with transaction() as session:
        session.get_one(Staff, staff_id, with_for_update=True).password_hash = None
        _drop_second_factor(staff_id)
        events.record("accounts.staff.started_over", actor, [Subject("staff", staff_id)], _name(staff_id))
        _announce(staff_id, "join", make_link(staff_id, "join"))


def reset_second_factor(staff_id: UUID, actor: Actor) -> None:
    """A lost phone: second factor, passkeys, recovery codes and sessions end now, and a link sets up a new one."""
    with transaction():
        _drop_second_factor(staff_id)
        events.record("accounts.second_factor.reset", actor, [Subject("staff", staff_id)], _name(staff_id))
        _announce(staff_id, "second_factor", make_link(staff_id, "second_factor"))


def hand_out_link(staff_id: UUID, purpose: Purpose, actor: Actor) -> str:
    """A fresh link that is shown to whoever asked for it, instead of going out by mail."""
    with transaction():
        events.record(
            "accounts.link.made", actor, [Subject("staff", staff_id)], {**_name(staff_id), "purpose": purpose}
        )
        return make_link(staff_id, purpose)


def make_link(staff_id: UUID, purpose: Purpose) -> str:
    """A fresh link for three days; earlier ones of this person end. Joins the transaction."""
    token, now = policies.new_token(), clock.now()
    with transaction() as session:
        session.execute(
            sa.update(Invitation)
            .where(Invitation.staff_id == staff_id, Invitation.used_at.is_(None))
            .values(used_at=now)
            .execution_options(synchronize_session=False)
        )
        session.add(
            Invitation(
                id=new_id(),
                staff_id=staff_id,
                purpose=purpose,
                token_hash=policies.digest(token),
                expires_at=now + policies.LINK_LASTS,
            )
        )
        session.flush()
    return f"{settings().base_url}/desk/join/{token}"


def offered_secret(token: str) -> str:
    """The second-factor secret that the page of a link offers to the person's app."""
    return policies.totp_secret(settings().secret_key, token)


def join(token: str, password: str, code: str, browser: str) -> Joined:
    """Use a link: set the password (or prove it, for a new second factor), set the second factor, sign in.

    Who joins, for the first time or again, begins without passkeys.

    Raises LinkSpent, PasswordRefused, CodeRefused or TooManyTries; the link stays good after those of the typing.
    """
    link = _link(token)
    _check_password(link, password)
    step = policies.totp_step(offered_secret(token), code, clock.now(), 0)
    if step is None:
        raise CodeRefused("That is not the code your app shows now. Scan the picture, then type the six digits.")
    hashed = doors.hash_password(password)
    with transaction() as session:
        _use(link.id)
        row = session.get_one(Staff, link.staff_id, with_for_update=True)
        row.password_hash, row.totp_secret, row.totp_last_step = hashed, offered_secret(token), step
        end_all(row.id)
        if link.purpose == "join":
            forget_passkeys(row.id)
        actor = doors.staff_actor(row.id, row.name)
        done = "accounts.staff.joined" if link.purpose == "join" else "accounts.second_factor.renewed"
        events.record(done, actor, [Subject("staff", row.id)])
        return Joined(start_session(row.id, browser=browser), _fresh_codes(row.id))


def renew_recovery_codes(staff_id: UUID, actor: Actor) -> list[str]:
    """Ten new recovery codes; the old ones end."""
    with transaction():
        events.record("accounts.recovery_codes.renewed", actor, [Subject("staff", staff_id)])
        return _fresh_codes(staff_id)


def _link(token: str) -> queries.InvitationView:
    link = queries.invitation(token)
    if link is None:
        raise LinkSpent("This link has been used or is older than three days.")
    return link


def _check_password(link: queries.InvitationView, password: str) -> None:
    if link.purpose == "join":
        if problem := policies.password_problem(password, link.name, link.email):
            raise PasswordRefused(problem)
        return
    doors.limit_second_factor(link.staff_id)
    stored = db.session().scalar(sa.select(Staff.password_hash).where(Staff.id == link.staff_id))
    if not doors.password_fits(stored, password):
        raise PasswordRefused("That is not your password. Ask an admin for a new link when you have forgotten it.")


def _use(invitation_id: UUID) -> None:
    with transaction() as session:
        row = session.get_one(Invitation, invitation_id, with_for_update=True)
        if row.used_at is not None:
            raise LinkSpent("This link has just been used.")
        row.used_at = clock.now()
        session.flush()


def _drop_second_factor(staff_id: UUID) -> None:
    session = db.session()
    row = session.get_one(Staff, staff_id, with_for_update=True)
    keep_an_admin(staff_id)
    row.totp_secret, row.totp_last_step = None, 0
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    forget_passkeys(staff_id)
    end_all(staff_id)


def _fresh_codes(staff_id: UUID) -> list[str]:
    session, codes = db.session(), policies.recovery_codes()
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    session.add_all(
        RecoveryCode(id=new_id(), staff_id=staff_id, code_hash=policies.code_digest(code)) for code in codes
    )
    session.flush()
    return codes


def _announce(staff_id: UUID, purpose: Purpose, link: str) -> None:
    row = db.session().get_one(Staff, staff_id)
    announce(StaffInvited(row.id, row.email, row.name, link, purpose))


def _name(staff_id: UUID) -> dict[str, str]:
    return {"name": db.session().get_one(Staff, staff_id).name}
