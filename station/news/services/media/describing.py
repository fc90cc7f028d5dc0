"""What is said of a picture or a recording, and its end."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from uuid import UUID

from station.core import events, search
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.outbox import enqueue
from station.news.models import Media, MediaKind
from station.news.policies.seen import same_as_seen
from station.news.queries.media import where_used
from station.news.services.media.making import DROP, MAKE, findable


class StillUsed(Exception):
    """The headlines of the stories that hold it."""

    def __init__(self, headlines: list[str]) -> None:
        super().__init__(", ".join(headlines))
        self.headlines = headlines


@dataclass(frozen=True)
class Words:
    """What the newsroom says of a picture or a recording. `not_after` is the last day of its rights."""

    caption: str = ""
    credit: str = ""
    alt: str = ""
    decorative: bool = False
    rights: str = ""
    not_after: date | None = None
    focal_x: int = 50
    focal_y: int = 50


WORDS = tuple(each.name for each in fields(Words))  # what a page shows of it, beside the file


def describe(media_id: UUID, words: Words, actor: Actor, *, seen: str | None = None) -> None:
    """Keep what is said; another focal point has a worker make the crops anew.

    Stories keep the words that they were given: one picture may stand in two with two captions. `seen` is
    policies.seen.mark() of what the page showed. Raises NoResultFound, and policies.seen.ChangedSince.
    """
    with transaction() as session:
        row = session.get_one(Media, media_id, with_for_update=True)
        same_as_seen(row, WORDS, seen)
        before = (row.focal_x, row.focal_y)
        for name, value in asdict(words).items():
            setattr(row, name, value)
        session.flush()
        findable(row)
        if row.kind is MediaKind.IMAGE and before != (row.focal_x, row.focal_y):
            enqueue(MAKE, media_id=str(row.id))
        events.record("news.media.described", actor, [Subject("media", row.id)], {"name": row.name})


def delete(media_id: UUID, actor: Actor) -> None:
    """Take a picture or a recording away; a worker removes its files. Raises StillUsed, and NoResultFound."""
    with transaction() as session:
        row = session.get_one(Media, media_id, with_for_update=True)
        if used := where_used(media_id):
            raise StillUsed([each.headline for each in used])
        session.delete(row)
        session.flush()
        search.forget("media", media_id)
        enqueue(DROP, media_id=str(media_id), sha256=row.sha256)
        events.record("news.media.deleted", actor, [Subject("media", media_id)], {"name": row.name})
