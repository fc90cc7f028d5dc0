"""Reads for sitemaps: the addresses of everything that search engines may keep, of all stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.news.models import Origin, Section, Story, StoryState


@dataclass(frozen=True)
class Address:
    """A story in a sitemap."""

    station_id: UUID
    slug: str
    headline: str
    language: str
    published_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Place:
    """A section in a sitemap, and when its newest story came out."""

    station_id: UUID
    slug: str
    changed_at: datetime


def how_many_addresses(at: datetime) -> int:
    """How many stories the sitemaps hold at an instant."""
    return db.session().scalar(sa.select(sa.func.count()).select_from(Story).where(*_ours(at))) or 0


def story_addresses(at: datetime, offset: int, limit: int) -> list[Address]:
    """Stories in the order they came out, so that a full sitemap stays as it is."""
    return _addresses(_ours(at), (Story.published_at, Story.id), offset, limit)


def fresh_addresses(at: datetime, since: datetime, limit: int) -> list[Address]:
    """Stories that came out after an instant, newest first."""
    return _addresses(
        (*_ours(at), Story.published_at > since), (Story.published_at.desc(), Story.id.desc()), 0, limit
    )


def section_places(at: datetime) -> list[Place]:
    """Sections of all stations that have something to read."""
    newest = sa.func.max(Story.published_at, type_=Story.published_at.type)
    rows = db.session().execute(
        sa.select(Section.station_id, Section.slug, newest.label("changed_at"))
        .join(Story, Story.section_id == Section.id)
        .where(Story.state == StoryState.PUBLISHED, Story.published_at <= at)
        .group_by(Section.id)
        .order_by(Section.station_id, Section.position, Section.name)
    )
    return [Place(row.station_id, row.slug, row.changed_at) for row in rows]


def next_of_any(at: datetime) -> datetime | None:
    """When the next story of any station will come out by itself."""
    return db.session().scalar(
        sa.select(sa.func.min(Story.published_at)).where(Story.state == StoryState.PUBLISHED, Story.published_at > at)
    )


def _ours(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What is at home here: NPR's stories have their own address at NPR, and some are asked to be left out."""
    return (
        Story.state == StoryState.PUBLISHED,
        Story.published_at <= at,
        Story.canonical_url == "",
        Story.origin == Origin.LOCAL,
        sa.not_(Story.noindex),
    )


def _addresses(
    where: Sequence[sa.ColumnElement[bool]], order: Sequence[Any], offset: int, limit: int
) -> list[Address]:
    columns = (Story.station_id, Story.slug, Story.headline, Story.language, Story.published_at, Story.revised_at)
    rows = db.session().execute(sa.select(*columns).where(*where).order_by(*order).offset(offset).limit(limit))
    return [
        Address(*row[:4], row.published_at, max(row.published_at, row.revised_at or row.published_at)) for row in rows
    ]
