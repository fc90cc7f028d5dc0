"""Reads of homes: what was put in their places by hand, and the newest of each section, all in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.news.models import HomeSlot, Section, Story, StoryState
from station.news.queries.stories import Headline, SectionView, headline_of, headlines, headlines_of, published


@dataclass(frozen=True)
class Placed:
    """A story in a place of a home, until an instant or for good. `headline` is None while it cannot be read."""

    position: int
    story_id: UUID
    until: datetime | None
    headline: Headline | None


def placed(station_id: UUID, at: datetime) -> list[Placed]:
    """What was put on a station's home and has not left it, by position."""
    rows = (
        db.session()
        .execute(
            sa.select(HomeSlot.position, HomeSlot.story_id, HomeSlot.until)
            .where(HomeSlot.station_id == station_id, sa.or_(HomeSlot.until.is_(None), HomeSlot.until > at))
            .order_by(HomeSlot.position)
        )
        .all()
    )
    known = headlines_of(station_id, at, [row.story_id for row in rows]) if rows else {}
    return [Placed(row.position, row.story_id, row.until, known.get(row.story_id)) for row in rows]


def sections_at_home(station_id: UUID, at: datetime, limit: int) -> list[SectionView]:
    """The first sections that have something to read: in the station's order, those at the same position by their
    newest story."""
    newest = (
        sa.select(Story.published_at)
        .where(Story.section_id == Section.id, *published(station_id, at))
        .order_by(Story.published_at.desc())
        .limit(1)
        .correlate(Section)
        .scalar_subquery()
    )
    with_story = (
        sa.select(Section.id, Section.slug, Section.name, Section.position, newest.label("newest"))
        .where(Section.station_id == station_id, Section.on_home)
        .subquery()
    )
    rows = db.session().execute(
        sa.select(with_story.c.id, with_story.c.slug, with_story.c.name)
        .where(with_story.c.newest.is_not(None))
        .order_by(with_story.c.position, with_story.c.newest.desc(), with_story.c.name)
        .limit(limit)
    )
    return [SectionView(*row) for row in rows]


def newest_by_section(
    station_id: UUID, at: datetime, section_ids: Sequence[UUID], limit: int
) -> dict[UUID, list[Headline]]:
    """The newest stories of each of these sections: one statement, which reads no more rows than it returns."""
    if not section_ids:
        return {}
    each = [
        sa.select(
            headlines().where(*published(station_id, at), Story.section_id == section_id).limit(limit).subquery()
        )
        for section_id in section_ids
    ]
    found: dict[UUID, list[Headline]] = {section_id: [] for section_id in section_ids}
    for row in db.session().execute(sa.union_all(*each)):
        found[row.section_id].append(headline_of(row))
    for stories in found.values():
        stories.sort(key=lambda story: (story.published_at, story.id), reverse=True)
    return found


def next_change(station_id: UUID, at: datetime) -> datetime | None:
    """When the pages of a station will change by themselves: a story comes out, or leaves its place on the home."""
    coming = sa.select(sa.func.min(Story.published_at, type_=Story.published_at.type)).where(
        Story.station_id == station_id, Story.state == StoryState.PUBLISHED, Story.published_at > at
    )
    going = sa.select(sa.func.min(HomeSlot.until, type_=HomeSlot.until.type)).where(
        HomeSlot.station_id == station_id, HomeSlot.until > at
    )
    return min(filter(None, db.session().scalars(sa.union_all(coming, going))), default=None)
