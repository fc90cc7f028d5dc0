"""Links to a donor's own page: signed, good for thirty days, and all of them shut at once when somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from station.core import clock, events, runtime
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.upsert import insert_missing
from station.giving.models import OwnDoor

LASTS = 30 * 24 * 3600  # seconds
LONGEST = 300  # characters; ours have about 90


@dataclass(frozen=True)
class Link:
    """A link as it came: to which standing order, and whether it still opens."""

    subscription_id: UUID
    opens: bool


class _HouseTime(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _signer() -> URLSafeTimedSerializer:
    settings = runtime.settings()
    keys = [*settings.secret_key_fallbacks, settings.secret_key]
    return URLSafeTimedSerializer(keys, salt="giving.own_page", signer=_HouseTime)


def own_link(subscription_id: UUID) -> str:
    """The absolute address of the donor's own page of a recurring gift. Joins the caller's transaction."""
    insert_missing(OwnDoor, subscription_id=subscription_id, number=1, updated_at=clock.now())
    door = db.session().get_one(OwnDoor, subscription_id)
    token = _signer().dumps([subscription_id.hex, door.number])
    return f"{runtime.settings().base_url}/my-gift/{token}"


def read_link(token: str) -> Link | None:
    """What a link is to; None for one that is foreign, altered or too old."""
    try:
        subscription, number = _signer().loads(token[: LONGEST + 1], max_age=LASTS)
        subscription_id = UUID(subscription)
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None
    door = db.session().get(OwnDoor, subscription_id)
    return Link(subscription_id, door is not None and door.number == number)


def shut_links(subscription_id: UUID, actor: Actor) -> None:
    """Let none of the links that are out to this page open it any more; the next one that is sent does."""
    with transaction() as session:
        door = session.get(OwnDoor, subscription_id, with_for_update=True)
        if door is not None:
            door.number, door.updated_at = door.number + 1, clock.now()
            events.record("giving.own_page.shut", actor, [Subject("subscription", subscription_id)])
