"""A story as readers would see it, were it put out as it is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.news.models import Program, Section, Story
from station.news.policies import slugify
from station.news.policies.editing import Written, byline_of, read_blocks, read_image, with_corrections
from station.news.queries.corrections import correction_blocks
from station.news.queries.editing import upload
from station.news.queries.newsroom.authors import authors_of
from station.news.queries.stories import Named, SectionView, StoryView, view_of


def as_readers_would(story_id: UUID, written: Written) -> StoryView:
    """The story with this content in place of its row's. Raises NoResultFound for an unknown one."""
    row = db.session().get_one(Story, story_id)
    content = with_corrections(written, row.blocks)
    section = _label(Section, row.station_id, content.section)
    program = _label(Program, row.station_id, content.program)
    authors = authors_of(row.station_id, content.authors)
    return replace(
        view_of(row, None, None, [], []),
        headline=content.headline,
        deck=content.deck,
        teaser=content.teaser,
        seo_title=content.seo_title,
        social_title=content.social_title,
        noindex=content.noindex,
        byline=content.byline or byline_of([each.name for each in authors])[:300],
        image=read_image(content.image, upload),
        blocks=[*read_blocks(content, upload), *correction_blocks([story_id]).get(story_id, [])],
        section=SectionView(section.id, section.slug, section.name) if section else None,
        program=Named(program.name, program.slug) if program else None,
        people=[Named(each.name, each.slug) for each in authors],
        tags=[Named(name, slugify(name)[:80]) for name in content.tags],
    )


def _label(table: Any, station_id: UUID, slug: str) -> Any:
    return db.session().scalar(sa.select(table).where(table.station_id == station_id, table.slug == slug))
