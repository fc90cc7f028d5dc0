"""Whole stories in a row, for feeds: four statements, however many stories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.news.models import Origin, Person, Program, Section, Story, StoryPerson, StoryTag, Tag
from station.news.queries.corrections import correction_blocks
from station.news.queries.stories import Named, StoryView, published, view_of


def newest_whole(station_id: UUID, at: datetime, limit: int, *, section_id: UUID | None = None) -> list[StoryView]:
    """Published stories with all that belongs to them, newest first; of one section."""
    of_section = () if section_id is None else (Story.section_id == section_id,)
    return _whole((*published(station_id, at), *of_section), limit)


def own_sounds(station_id: UUID, program_id: UUID, at: datetime, limit: int) -> list[StoryView]:
    """Our own stories of a program, newest first, that hold a recording; found among the last `limit` of them."""
    own = (Story.program_id == program_id, Story.origin == Origin.LOCAL)
    return [each for each in _whole((*published(station_id, at), *own), limit) if recording(each)]


def recording(story: StoryView) -> dict[str, Any] | None:
    """The first recording of a story that can be fetched."""
    return next((each for each in story.blocks if each["type"] == "audio" and each.get("url")), None)


def _whole(where: Sequence[sa.ColumnElement[bool]], limit: int) -> list[StoryView]:
    query = (
        sa.select(Story, Section, Program)
        .outerjoin(Section, Section.id == Story.section_id)
        .outerjoin(Program, Program.id == Story.program_id)
        .where(*where)
        .order_by(Story.published_at.desc(), Story.id.desc())
        .limit(limit)
        .options(sa.orm.defer(Story.cds_raw))
    )
    rows = db.session().execute(query).all()
    ids = [row.Story.id for row in rows]
    people = (
        sa.select(StoryPerson.story_id, StoryPerson.name, Person.slug)
        .outerjoin(Person, Person.id == StoryPerson.person_id)
        .where(StoryPerson.story_id.in_(ids))
        .order_by(StoryPerson.position)
    )
    tags = (
        sa.select(StoryTag.story_id, Tag.name, Tag.slug)
        .join(Tag, Tag.id == StoryTag.tag_id)
        .where(StoryTag.story_id.in_(ids))
        .order_by(Tag.name)
    )
    who, what = (_by_story(db.session().execute(each)) for each in (people, tags))
    corrected = correction_blocks(ids)
    return [
        view_of(*row, who.get(row.Story.id, []), what.get(row.Story.id, []), corrected.get(row.Story.id, []))
        for row in rows
    ]


def _by_story(rows: Iterable[Any]) -> dict[UUID, list[Named]]:
    found: dict[UUID, list[Named]] = {}
    for story_id, name, slug in rows:
        found.setdefault(story_id, []).append(Named(name, slug or ""))
    return found
