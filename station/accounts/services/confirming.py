"""Sudo: someone who is signed in proves again who they are, before something that a stolen session must not do.

The same proofs as at sign-in, counted against the same budgets. A proof counts for `policies.SUDO_LASTS`, in the
session that it was given in, which gets a new token (ASVS 5.0 §7.2.4).
"""

from __future__ import annotations

import sqlalchemy as sa

from station.accounts import policies, queries
from station.accounts.models import Staff, StaffSession
from station.accounts.queries import Person, SessionView
from station.accounts.services import doors, passkeys
from station.accounts.services.errors import ConfirmationRefused
from station.core import clock, events
from station.core.db import db, transaction
from station.core.events import Subject


def confirm(token: str, password: str, code: str, client: str) -> str:
    """Prove it with the password and a code (of the app, or a recovery code); returns the session's new token.

    Raises TooManyTries, or ConfirmationRefused in the same words whichever of the two was wrong.
    """
    view = _session(token)
    doors.limit_password(view.person.email, client)
    doors.limit_second_factor(view.person.id)
    stored = db.session().scalar(sa.select(Staff.password_hash).where(Staff.id == view.person.id))
    if doors.password_fits(stored, password):
        with transaction():
            how = doors.spend(view.person.id, code)
            if how is not None:
                return _renew(view, {"how": how})
    raise _refusal(view.person, "That password and code do not fit. A code works once: wait for the next one.")


def confirm_with_passkey(token: str, answer: str, challenge: bytes | None, client: str) -> str:
    """Prove it with one of one's own passkeys; returns the session's new token. Raises as `confirm` does."""
    view = _session(token)
    shown = passkeys.show(answer, challenge, client)
    with transaction():
        used = passkeys.use(shown) if shown.staff_id == view.person.id else None
        if used is not None:
            return _renew(view, {"how": "passkey", "passkey": used[0].name})
    raise _refusal(view.person, "That is no passkey of yours for this desk, or it took over five minutes. Try again.")


def _session(token: str) -> SessionView:
    view = queries.session_of(token, clock.now())
    if view is None or not view.second_factor:
        raise ConfirmationRefused("You are signed out. Sign in again.")
    return view


def _renew(view: SessionView, how: dict[str, str]) -> str:
    """Write the proof down, inside the transaction that used it up. Raises ConfirmationRefused when it came late."""
    row = db.session().get_one(StaffSession, view.id, with_for_update=True)
    if row.revoked_at is not None:
        raise ConfirmationRefused("This session was ended meanwhile. Sign in again.")
    token = policies.new_token()
    row.token_hash, row.proved_at = policies.digest(token), clock.now()
    events.record("accounts.session.confirmed", view.person.actor, [Subject("staff", view.person.id)], how)
    return token


def _refusal(person: Person, words: str) -> ConfirmationRefused:
    """Write a failed try down, and put it into words."""
    with transaction():
        events.record("accounts.confirmation.refused", person.actor, [Subject("staff", person.id)])
    return ConfirmationRefused(words)
