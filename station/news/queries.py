"""Every read of news: stories, headlines and sections, of one station at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.news.models import Section, Story, StoryState


@dataclass(frozen=True)
class SectionView:
    """A label of a station, with a page at its slug."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True)
class StoryView:
    """A whole story, in whatever state. `blocks` hold safe markup; `published_at` is the original instant."""

    id: UUID
    station_id: UUID
    slug: str
    state: StoryState
    headline: str
    teaser: str
    byline: str
    owner: str
    owner_url: str
    canonical_url: str
    image: dict[str, Any] | None
    blocks: list[dict[str, Any]]
    no_underwriting: bool
    published_at: datetime | None
    section: SectionView | None

    @property
    def public_id(self) -> str:
        return public_id("story", self.id)


@dataclass(frozen=True)
class Headline:
    """A published story in a list."""

    id: UUID
    slug: str
    headline: str
    teaser: str
    byline: str
    image: dict[str, Any] | None
    published_at: datetime
    section: SectionView | None

    @property
    def public_id(self) -> str:
        return public_id("story", self.id)


def story(station_id: UUID, slug: str) -> StoryView | None:
    """The story at a station's address, whatever its state."""
    if not slug.isprintable():
        return None  # no slug of ours; and PostgreSQL takes no NUL
    row = (
        db.session()
        .execute(
            sa.select(Story, Section)
            .outerjoin(Section, Section.id == Story.section_id)
            .where(Story.station_id == station_id, Story.slug == slug)
        )
        .one_or_none()
    )
    if row is None:
        return None
    s, section = row
    return StoryView(
        s.id,
        s.station_id,
        s.slug,
        s.state,
        s.headline,
        s.teaser,
        s.byline,
        s.owner,
        s.owner_url,
        s.canonical_url,
        s.image,
        list(s.blocks),
        s.no_underwriting,
        s.published_at,
        _section(section),
    )


def section(station_id: UUID, slug: str) -> SectionView | None:
    """The section at a station's address."""
    if not slug.isprintable():
        return None
    return _section(
        db.session().scalar(sa.select(Section).where(Section.station_id == station_id, Section.slug == slug))
    )


def sections(station_id: UUID, at: datetime) -> list[SectionView]:
    """Sections that have something to read, in the station's order."""
    shown = sa.exists().where(Story.section_id == Section.id, *_published(station_id, at))
    rows = db.session().scalars(
        sa.select(Section).where(Section.station_id == station_id, shown).order_by(Section.position, Section.name)
    )
    return [SectionView(row.id, row.slug, row.name) for row in rows]


def newest(
    station_id: UUID,
    at: datetime,
    limit: int,
    *,
    section_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[Headline]:
    """Published stories at an instant, newest first; of one section; before (published, id), which breaks ties."""
    query = (
        sa.select(
            Story.id,
            Story.slug,
            Story.headline,
            Story.teaser,
            Story.byline,
            Story.image,
            Story.published_at,
            Section.id.label("section_id"),
            Section.slug.label("section_slug"),
            Section.name,
        )
        .outerjoin(Section, Section.id == Story.section_id)
        .where(*_published(station_id, at))
        .order_by(Story.published_at.desc(), Story.id.desc())
        .limit(limit)
    )
    if section_id is not None:
        query = query.where(Story.section_id == section_id)
    if before is not None:
        query = query.where(
            sa.or_(Story.published_at < before[0], sa.and_(Story.published_at == before[0], Story.id < before[1]))
        )
    return [_headline(row) for row in db.session().execute(query)]


def _headline(row: Any) -> Headline:
    section = SectionView(row.section_id, row.section_slug, row.name) if row.section_id else None
    return Headline(row.id, row.slug, row.headline, row.teaser, row.byline, row.image, row.published_at, section)


def place_of(station_id: UUID, story_id: UUID) -> tuple[datetime, UUID] | None:
    """Where a published story stands in the lists, for paging: (published, id)."""
    at = db.session().scalar(
        sa.select(Story.published_at).where(Story.id == story_id, Story.station_id == station_id)
    )
    return (at, story_id) if at else None


def next_publication(station_id: UUID, at: datetime) -> datetime | None:
    """When the next story that is ready will come out by itself; None when none waits."""
    return db.session().scalar(
        sa.select(sa.func.min(Story.published_at)).where(
            Story.station_id == station_id, Story.state == StoryState.PUBLISHED, Story.published_at > at
        )
    )


def _published(station_id: UUID, at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Story.station_id == station_id, Story.state == StoryState.PUBLISHED, Story.published_at <= at


def _section(row: Section | None) -> SectionView | None:
    return SectionView(row.id, row.slug, row.name) if row else None
