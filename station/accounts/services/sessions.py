"""Sessions as rows: started, seen, ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from station.accounts import policies
from station.accounts.models import StaffSession
from station.accounts.queries import SessionView
from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id


def start_session(staff_id: UUID, second_factor: bool = True, browser: str = "") -> str:
    """Start a session and return the token for its cookie; only its hash is stored. Joins the transaction.

    Without the second factor it lasts ten minutes and opens nothing but the page that asks for that factor. Whoever
    signs in has just proved who they are, so that sudo is theirs for its first minutes.
    """
    token, now = policies.new_token(), clock.now()
    lasts: timedelta = policies.ABSOLUTE_LIMIT if second_factor else policies.FIRST_STEP_LIMIT
    with transaction() as session:
        session.add(
            StaffSession(
                id=new_id(),
                staff_id=staff_id,
                token_hash=policies.digest(token),
                second_factor=second_factor,
                proved_at=now,
                browser=" ".join(browser.split())[:200],
                created_at=now,
                seen_at=now,
                ends_at=now + lasts,
            )
        )
        session.flush()
    return token


def touch(view: SessionView) -> None:
    """Remember that a session was used, at most once a minute."""
    now = clock.now()
    if now - view.seen_at < policies.SEEN_EVERY:
        return
    with transaction() as session:
        session.execute(
            sa.update(StaffSession)
            .where(StaffSession.id == view.id, StaffSession.seen_at < now)
            .values(seen_at=now)
            .execution_options(synchronize_session=False)
        )


def end_session(token: str, actor: Actor) -> None:
    """Sign out: the session of this token ends now."""
    with transaction() as session:
        row = session.scalar(sa.select(StaffSession).where(StaffSession.token_hash == policies.digest(token)))
        if row is not None and row.revoked_at is None:
            row.revoked_at = clock.now()
            events.record("accounts.session.ended", actor, [Subject("staff", row.staff_id)])


def revoke_session(session_id: UUID, staff_id: UUID, actor: Actor) -> bool:
    """End one session of a person from elsewhere. False when it is not theirs, or has ended."""
    with transaction() as session:
        row = session.get(StaffSession, session_id, with_for_update=True)
        if row is None or row.staff_id != staff_id or row.revoked_at is not None:
            return False
        row.revoked_at = clock.now()
        events.record("accounts.session.revoked", actor, [Subject("staff", staff_id)], {"browser": row.browser})
        return True


def end_all(staff_id: UUID) -> None:
    """End every session of a person, inside the current transaction (new roles, new password, disabled)."""
    db.session().execute(
        sa.update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .execution_options(synchronize_session=False)
    )
