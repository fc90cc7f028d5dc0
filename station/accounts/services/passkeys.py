"""Passkeys: added, used and removed. A challenge is answered once, whatever the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from station.accounts import policies
from station.accounts.facts import PasskeyChanged
from station.accounts.models import Passkey, Role, Staff
from station.accounts.policies.passkeys import CHALLENGE_LASTS, Claim
from station.accounts.services import doors
from station.accounts.services.errors import LastFactor, PasskeyRefused, SignInRefused, TooManyTries
from station.accounts.services.sessions import start_session
from station.accounts.services.work import open_work_item
from station.core import clock, events, ratelimit
from station.core.actor import Actor
from station.core.addresses import visible
from station.core.announce import announce
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.ratelimit import Limit
from station.core.runtime import settings
from station.core.upsert import insert_missing

ONCE = Limit("passkey.challenge", 1, 2 * CHALLENGE_LASTS)  # remembered for longer than a challenge lasts
MOST_KEYS = 20
LONGEST_NAME = 60


@dataclass(frozen=True)
class Shown:
    """A passkey that an answer names, whose it is, and how often it says it has signed: None unless it was proved."""

    id: UUID | None = None
    staff_id: UUID | None = None
    count: int | None = None


def add_passkey(staff_id: UUID, name: str, challenge: bytes | None, answer: str, actor: Actor) -> None:
    """Keep the passkey that a browser has made, under its owner's name for it. Raises PasskeyRefused.

    `challenge` is what this browser was asked with, None when that is too long ago; `answer` is the JSON it sent.
    """
    party = policies.passkeys.relying_party(settings().base_url)
    fresh = party is not None and challenge is not None and ratelimit.allow(ONCE, challenge.hex())
    made = policies.passkeys.new_key(party, challenge, answer) if party and challenge and fresh else None
    if made is None:
        raise PasskeyRefused("That passkey could not be checked, or it took longer than five minutes. Add it again.")
    clean = " ".join(visible(name).split())[:LONGEST_NAME] or "Passkey"
    with transaction() as session:
        session.get_one(Staff, staff_id, with_for_update=True)
        if _how_many(staff_id) >= MOST_KEYS:
            raise PasskeyRefused(f"You have {MOST_KEYS} passkeys. Remove one that you do not use, then add this one.")
        if not insert_missing(
            Passkey,
            id=new_id(),
            staff_id=staff_id,
            name=clean,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            created_at=clock.now(),
        ):
            raise PasskeyRefused("This passkey is known here already. Add another one.")
        _tell("added", staff_id, clean, actor)


def remove_passkey(passkey_id: UUID, staff_id: UUID, actor: Actor) -> str | None:
    """Forget a passkey; returns its name, or None when it is not this person's. Raises LastFactor."""
    with transaction() as session:
        owner = session.get_one(Staff, staff_id, with_for_update=True)
        row = session.get(Passkey, passkey_id)
        if row is None or row.staff_id != staff_id:
            return None
        if owner.totp_secret is None and _how_many(staff_id) == 1:
            raise LastFactor("This is your only second factor. Set up an authenticator app first.")
        name = row.name
        session.delete(row)
        _tell("removed", staff_id, name, actor)
        return name


def forget_passkeys(staff_id: UUID) -> None:
    """Forget all passkeys of a person, inside the current transaction: their second factor is reset."""
    db.session().execute(sa.delete(Passkey).where(Passkey.staff_id == staff_id))


def sign_in_with_passkey(answer: str, challenge: bytes | None, client: str, browser: str) -> str:
    """Both steps at once. Returns the token of the session.

    `answer` is the JSON of the browser's answer to `challenge` (None: too long ago). Raises TooManyTries, or
    SignInRefused in the same words for a key that is unknown, removed, wrong or copied, and for a disabled account.
    """
    shown = show(answer, challenge, client)
    token = _let_in(shown, browser) if shown.count is not None else None
    if token is None:
        doors.refused(shown.staff_id)
        raise SignInRefused("That passkey does not open this desk, or it took longer than five minutes. Try again.")
    return token


def show(answer: str, challenge: bytes | None, client: str) -> Shown:
    """What an answer shows about a passkey of this desk. Counts one try of the client. Raises TooManyTries."""
    claim, place = policies.passkeys.claimed(answer), ratelimit.network(client)
    budgets = [(doors.PER_CLIENT, place)] + ([(doors.PER_PAIR, f"{claim.credential_id} {place}")] if claim else [])
    if not all(ratelimit.allow(limit, who) for limit, who in budgets):
        raise TooManyTries("Too many tries. Wait fifteen minutes, then try again.")
    known = _known(claim) if claim else None
    return Shown(known.id, known.staff_id, _proved(known, challenge, answer)) if known else Shown()


def use(shown: Shown) -> tuple[Passkey, Staff] | None:
    """Count the use of a key, inside the transaction of what it opens; the key and its owner.

    None when it proved nothing, is gone by now, its owner is disabled, or it seems copied.
    """
    session = db.session()
    row = session.get(Passkey, shown.id, with_for_update=True) if shown.count is not None else None
    owner = session.get_one(Staff, row.staff_id) if row else None
    if row is None or owner is None or owner.disabled_at is not None:
        return None
    count = shown.count or 0
    if policies.passkeys.is_copied(row.sign_count, count):
        _warn(row, owner, count)
        return None
    row.sign_count, row.used_at = count, clock.now()
    return row, owner


def _known(claim: Claim) -> sa.Row[UUID, UUID, bytes] | None:
    """Id, owner and public key of the key that an answer names, if it names its owner as well."""
    wanted = (Passkey.credential_id == claim.credential_id, Passkey.staff_id == claim.user_id)
    return db.session().execute(sa.select(Passkey.id, Passkey.staff_id, Passkey.public_key).where(*wanted)).first()


def _proved(known: sa.Row[UUID, UUID, bytes], challenge: bytes | None, answer: str) -> int | None:
    party = policies.passkeys.relying_party(settings().base_url)
    if party is None or challenge is None or not ratelimit.allow(ONCE, challenge.hex()):
        return None
    return policies.passkeys.proved_count(party, challenge, answer, known.public_key)


def _let_in(shown: Shown, browser: str) -> str | None:
    """Start the session, if the key may be used."""
    with transaction():
        used = use(shown)
        if used is None:
            return None
        row, owner = used
        events.record(
            "accounts.session.started",
            doors.staff_actor(owner.id, owner.name),
            [Subject("staff", owner.id)],
            {"how": "passkey", "passkey": row.name},
        )
        return start_session(owner.id, browser=browser)


def _warn(row: Passkey, owner: Staff, count: int) -> None:
    """Two devices seem to hold one key: an admin looks at it."""
    subject = Subject("staff", owner.id)
    known = {"name": owner.name, "passkey": row.name, "last": row.sign_count, "now": count}
    events.record("accounts.passkey.copied", doors.staff_actor(owner.id, owner.name), [subject], known)
    open_work_item(
        "accounts.passkey_copied",
        f"passkey:{row.id}",
        Role.ADMIN,
        f"A passkey of {owner.name} may have been copied",
        f"“{row.name}” says that it has signed {count} times, and had said {row.sign_count} before: two devices may "
        f"hold it. It did not open the desk. Ask {owner.name}; when in doubt reset their second factor, which "
        "removes their passkeys.",
        subject,
        urgent=True,
    )


def _how_many(staff_id: UUID) -> int:
    return db.session().scalar(sa.select(sa.func.count()).where(Passkey.staff_id == staff_id)) or 0


def _tell(done: Literal["added", "removed"], staff_id: UUID, name: str, actor: Actor) -> None:
    event = "accounts.passkey.added" if done == "added" else "accounts.passkey.removed"
    events.record(event, actor, [Subject("staff", staff_id)], {"passkey": name})
    owner = db.session().get_one(Staff, staff_id)
    announce(PasskeyChanged(new_id(), owner.email, owner.name, name, done))
