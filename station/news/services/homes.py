"""Putting stories on a home by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import bulletin, clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.stale import key_of, stale
from station.licensee.queries import station_by_id
from station.news.models import HomeSlot, Story
from station.news.services.writing import BULLETIN

Places = Mapping[int, tuple[UUID, datetime | None]]


class ArrangedMeanwhile(Exception):
    """Somebody else changed this home since it was looked at."""


def arrange_home(station_id: UUID, places: Places, seen: Places, actor: Actor) -> None:
    """Put these stories (id, and until when) in these places; the others are filled by themselves.

    `seen` is what stood there when the change was thought of. Raises ArrangedMeanwhile when that is no longer so, and
    LookupError for a story that the station does not have.
    """
    with transaction() as session:
        rows = session.scalars(
            sa.select(HomeSlot).where(HomeSlot.station_id == station_id).order_by(HomeSlot.position).with_for_update()
        ).all()
        now = clock.now()
        there = {row.position: (row.story_id, row.until) for row in rows if row.until is None or row.until > now}
        if there != dict(seen):
            raise ArrangedMeanwhile
        ours = sa.select(Story.headline, Story.id).where(Story.station_id == station_id)
        wanted = [story_id for story_id, _ in places.values()]
        headlines = {row.id: row.headline for row in session.execute(ours.where(Story.id.in_(wanted)))}
        if set(wanted) - set(headlines):
            raise LookupError("a story that this station does not have")
        for row in rows:
            session.delete(row)
        session.flush()
        session.add_all(
            HomeSlot(station_id=station_id, position=position, story_id=story_id, until=until)
            for position, (story_id, until) in places.items()
        )
        bulletin.bump(BULLETIN)
        stale(key_of("lists", station_by_id(station_id).slug))
        said = [headlines[story_id] for _, (story_id, _) in sorted(places.items())]
        events.record("news.home.arranged", actor, [Subject("station", station_id)], {"headlines": said})
