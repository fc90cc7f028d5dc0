"""Reads of passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Passkey, Staff
from station.accounts.policies import passkeys
from station.core.db import db
from station.core.runtime import settings
from station.licensee.queries import the_licensee


@dataclass(frozen=True)
class PasskeyView:
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


def passkeys_of(staff_id: UUID) -> list[PasskeyView]:
    """The passkeys of a person, oldest first."""
    rows = db.session().scalars(sa.select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id))
    return [PasskeyView(row.id, row.name, row.created_at, row.used_at) for row in rows]


def passkeys_work() -> bool:
    """Whether browsers allow passkeys at this site's address, STATION_URL: never where its host is a number."""
    return passkeys.relying_party(settings().base_url) is not None


def passkey_creation(staff_id: UUID, challenge: bytes) -> dict[str, Any] | None:
    """What a person's browser needs to make a passkey; None where passkeys do not work."""
    party = passkeys.relying_party(settings().base_url)
    if party is None:
        return None
    row = db.session().get_one(Staff, staff_id)
    known = db.session().scalars(sa.select(Passkey.credential_id).where(Passkey.staff_id == staff_id)).all()
    return passkeys.creation_options(
        party, the_licensee().short_name, challenge, staff_id, row.email, row.name, known
    )


def passkey_request(challenge: bytes) -> dict[str, Any] | None:
    """What a browser needs to offer its passkeys for this desk; None where passkeys do not work."""
    party = passkeys.relying_party(settings().base_url)
    return passkeys.request_options(party, challenge) if party else None
