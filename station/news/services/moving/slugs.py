"""A new address for a story; the old one leads to it, in the same transaction."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock
from station.core.actor import Actor
from station.core.db import transaction
from station.core.ids import new_id
from station.core.locks import lock_name
from station.licensee.queries import station_by_id
from station.news.models import Origin, Redirect, Story
from station.news.policies.moves import Refused, path_key, story_path, wanted_slug
from station.news.services.moving.book import LOCK, forget
from station.news.services.writing import tell


def change_slug(story_id: UUID, slug: str, actor: Actor) -> str:
    """Give a story of our own this address; returns the slug as it is now, which may differ in case and accents.

    The address that it leaves leads to it from then on, as all earlier ones do, unless the story was never given to
    anybody: a draft changes without a trace. An address that it had before is taken back.
    Raises policies.moves.Refused in words for the editor, NoResultFound for an unknown story.
    """
    new = wanted_slug(slug)
    with transaction() as session:
        lock_name(LOCK)
        row = session.get_one(Story, story_id, with_for_update=True)
        if row.origin is not Origin.LOCAL:
            raise Refused("The address of a story that is not ours follows its owner.")
        old = row.slug
        if new == old:
            return new
        _free(session, row, new)
        here = station_by_id(row.station_id).slug
        forget(session, [story_path(here, new), story_path(here, old)])
        row.slug = new
        session.flush()
        if row.published_at is not None:
            session.add(_from_old_address(row, here, old, actor))
        tell("news.story.moved", row, actor, old=old, new=new)
        return new


def _free(session: Session, row: Story, slug: str) -> None:
    """That no other story of the station has the address, or had it."""
    same = sa.select(Story.headline).where(Story.station_id == row.station_id, Story.id != row.id)
    if has := session.scalar(same.where(Story.slug == slug)):
        raise Refused(f"“{has}” has that address. Choose another one.")
    path = story_path(station_by_id(row.station_id).slug, slug)
    earlier = same.join(Redirect, Redirect.story_id == Story.id).where(Redirect.path == path, Redirect.automatic)
    if had := session.scalar(earlier):
        raise Refused(f"That was an address of “{had}”, and its old links still lead there. Choose another one.")


def _from_old_address(row: Story, station_slug: str, old: str, actor: Actor) -> Redirect:
    path = path_key(story_path(station_slug, old))
    if path is None:
        raise ValueError(f"{old!r} is no slug of ours")
    return Redirect(
        id=new_id(),
        station_id=None,
        path=path,
        story_id=row.id,
        target="",
        target_path="",
        permanent=True,
        keep_query=True,
        automatic=True,
        reason="",
        made_at=clock.now(),
        made_by=actor.label[:200],
    )
