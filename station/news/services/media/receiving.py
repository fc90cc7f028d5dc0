"""Taking files in: a picture or a recording, or another file in the place of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.outbox import enqueue
from station.core.upsert import insert_missing
from station.news.media import shelf
from station.news.models import Media, MediaState
from station.news.policies.media import MEDIA, MediaEdge, NotTaken, Sniffed, check_size, clean_name, sniff
from station.news.services.media.making import MAKE, findable


@dataclass(frozen=True)
class Received:
    """Which picture or recording it is; `known` when this very file was here already."""

    media_id: UUID
    known: bool


def receive(name: str, stream: IO[bytes], actor: Actor) -> Received:
    """Take a file in; a worker opens it. The same file is the same row.

    Raises NotTaken for what is no picture and no recording or is too large, and OSError where the disk is full.
    """
    with shelf.arriving(stream) as arrived:
        found = _looked_at(arrived)
        shelf.keep(arrived)
    with transaction() as session:
        fresh = new_id()
        if not insert_missing(Media, id=fresh, **_row(name, arrived, found)):
            there = session.scalars(sa.select(Media).where(Media.sha256 == arrived.sha256)).one()
            enqueue(MAKE, media_id=str(there.id))  # what of it is missing is made again
            return Received(there.id, known=True)
        row = session.get_one(Media, fresh)
        findable(row)
        enqueue(MAKE, media_id=str(row.id))
        events.record("news.media.received", actor, [Subject("media", row.id)], {"name": row.name})
        return Received(row.id, known=False)


def replace(media_id: UUID, name: str, stream: IO[bytes], actor: Actor) -> bool:
    """Put another file in the place of one; False when it is the very same.

    What was made before stays in use until a worker has made the new. Raises NotTaken (also for a file that is here
    under another name), OSError where the disk is full, and NoResultFound.
    """
    with shelf.arriving(stream) as arrived:
        found = _looked_at(arrived)
        shelf.keep(arrived)
    with transaction() as session:
        row = session.get_one(Media, media_id, with_for_update=True)
        if row.kind is not found.kind:
            raise NotTaken(f"This is of another kind: put {_article(row.kind.value)} in its place.")
        if row.sha256 == arrived.sha256:
            return False
        _refuse_known(session, arrived.sha256)
        row.state, row.why = MEDIA.move(row.state, MediaEdge.REPLACE), ""
        row.name, row.sha256, row.bytes = clean_name(name), arrived.sha256, arrived.size
        session.flush()
        findable(row)
        enqueue(MAKE, media_id=str(row.id))
        events.record("news.media.replaced", actor, [Subject("media", row.id)], {"name": row.name})
        return True


def _looked_at(arrived: shelf.Arrived) -> Sniffed:
    found = sniff(arrived.head)
    check_size(found.kind, arrived.size)
    return found


def _row(name: str, arrived: shelf.Arrived, found: Sniffed) -> dict[str, object]:
    return {
        "kind": found.kind,
        "state": MediaState.RECEIVED,
        "why": "",
        "name": clean_name(name),
        "sha256": arrived.sha256,
        "bytes": arrived.size,
        "focal_x": 50,
        "focal_y": 50,
        "files": [],
        "alt": "",
        "decorative": False,
        "caption": "",
        "credit": "",
        "rights": "",
        "received_at": clock.now(),
    }


def _refuse_known(session: Session, sha256: str) -> None:
    known = session.scalar(sa.select(Media.name).where(Media.sha256 == sha256))
    if known is not None:
        raise NotTaken(f"This very file is here already, as “{known}”. Use that one.")


def _article(kind: str) -> str:
    return "a picture" if kind == "image" else "a recording"
