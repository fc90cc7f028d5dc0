"""Signing in: a password, then a second factor. Each door has a rate limit, and fails closed."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from station.accounts import policies, queries
from station.accounts.models import RecoveryCode, Staff, StaffSession
from station.accounts.services.errors import CodeRefused, SignInRefused, TooManyTries
from station.accounts.services.sessions import start_session
from station.core import clock, events, ratelimit
from station.core.actor import VISITOR, Actor, ActorKind
from station.core.addresses import normalise_email, spellings
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ratelimit import Limit

PER_CLIENT = Limit("sign_in.client", 50, timedelta(minutes=15))
PER_PAIR = Limit("sign_in.pair", 10, timedelta(minutes=15))
PER_EMAIL = Limit("sign_in.email", 100, timedelta(hours=1))  # more than two clients can use up: see docs/security.md
PER_FACTOR = Limit("sign_in.second_factor", 10, timedelta(minutes=15))
PER_FACTOR_DAY = Limit("sign_in.second_factor.day", 50, timedelta(days=1))
_hasher = PasswordHasher()  # RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes


def sign_in(email: str, password: str, client: str, browser: str) -> str:
    """First step. Returns the token of a session that only waits for the second factor.

    `client` is the address of the browser; only a hash of it is kept. Raises TooManyTries or SignInRefused.
    An unknown email costs the same time as a wrong password.
    """
    address = normalise_email(email)
    limit_password(address, client)
    row = db.session().scalar(sa.select(Staff).where(Staff.email.in_(spellings(email))).limit(1))
    right = password_fits(row.password_hash if row else None, password)
    if row is None or not right or row.disabled_at is not None:
        refused(row.id if row else None)
        raise SignInRefused("That email and password do not belong together. Check both and try again.")
    stale = row.password_hash if _hasher.check_needs_rehash(row.password_hash or "") else None
    fresh = hash_password(password) if stale else None
    with transaction() as session:
        if fresh:
            session.execute(
                sa.update(Staff)
                .where(Staff.id == row.id, Staff.password_hash == stale)
                .values(password_hash=fresh)
                .execution_options(synchronize_session=False)
            )
        return start_session(row.id, second_factor=False, browser=browser)


def second_step(token: str, code: str, browser: str) -> str:
    """Second step: a code of the authenticator app, or a recovery code. Returns the token of the real session.

    Raises TooManyTries, CodeRefused, or SignInRefused when the first step is too long ago.
    """
    view = queries.session_of(token, clock.now())
    if view is None or view.second_factor:
        raise SignInRefused("Signing in took too long. Start again with your email and password.")
    person = view.person
    limit_second_factor(person.id)
    with transaction():
        how = spend(person.id, code)
        if how is not None:
            _end_first_step(view.id)
            events.record("accounts.session.started", person.actor, [Subject("staff", person.id)], {"how": how})
            return start_session(person.id, browser=browser)
    refused(person.id)
    raise CodeRefused("That code is not right, or was used before. Wait for the next one and try again.")


def _end_first_step(session_id: UUID) -> None:
    """Use up a first step. Raises SignInRefused when it has ended since it was read, so that the code stays good."""
    row = db.session().get_one(StaffSession, session_id, with_for_update=True)
    if row.revoked_at is not None:
        raise SignInRefused("Signing in was ended meanwhile. Start again with your email and password.")
    row.revoked_at = clock.now()


def limit_password(address: str, client: str) -> None:
    """Count one try at the password of an email, from a client. Raises TooManyTries."""
    place = ratelimit.network(client)
    budgets = ((PER_CLIENT, place), (PER_PAIR, f"{address} {place}"), (PER_EMAIL, address))
    if not all(ratelimit.allow(limit, who) for limit, who in budgets):
        raise TooManyTries("Too many tries. Wait fifteen minutes, then try again.")


def limit_second_factor(staff_id: UUID) -> None:
    """Count one try at someone's second factor. Raises TooManyTries."""
    if not all(ratelimit.allow(limit, str(staff_id)) for limit in (PER_FACTOR, PER_FACTOR_DAY)):
        raise TooManyTries("Too many codes. Wait fifteen minutes, then try again.")


def password_fits(stored: str | None, password: str) -> bool:
    """Whether a password belongs to a stored hash. Takes the same time where there is none."""
    try:
        fits = _hasher.verify(stored or _nobodys_hash(), _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


def hash_password(password: str) -> str:
    """What is stored of a password (Argon2id)."""
    return _hasher.hash(_plain(password))


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(policies.new_token())


def spend(staff_id: UUID, code: str) -> str | None:
    """Use up a code; returns which kind it was, or None when it does not fit."""
    with transaction() as session:
        row = session.get_one(Staff, staff_id, with_for_update=True)
        step = policies.totp_step(row.totp_secret, code, clock.now(), row.totp_last_step) if row.totp_secret else None
        if step is not None:
            row.totp_last_step = step
            return "authenticator app"
        burned = session.scalar(
            sa.select(RecoveryCode)
            .where(
                RecoveryCode.staff_id == staff_id,
                RecoveryCode.used_at.is_(None),
                RecoveryCode.code_hash == policies.code_digest(code),
            )
            .limit(1)
        )
        if burned is not None:
            burned.used_at = clock.now()
            return "recovery code"
        return None


def refused(staff_id: UUID | None) -> None:
    """Write a failed try down. What was typed stays out: people type passwords into the wrong field."""
    subjects = [Subject("staff", staff_id)] if staff_id else []
    with transaction():
        events.record("accounts.sign_in.refused", VISITOR, subjects, {"known": staff_id is not None})


def staff_actor(staff_id: UUID, name: str) -> Actor:
    """The actor for something a person does about their own account before a session exists."""
    return Actor(ActorKind.STAFF, name, staff_id)
