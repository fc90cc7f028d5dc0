"""Every read of news: stories, headlines and sections, of one station at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id, row_id
from station.news.models import Origin, Person, Program, Section, Story, StoryPerson, StoryState, StoryTag, Tag
from station.news.queries.corrections import correction_blocks

SAME = (
    "id",
    "station_id",
    "slug",
    "state",
    "origin",
    "language",
    "headline",
    "deck",
    "teaser",
    "seo_title",
    "social_title",
    "noindex",
    "byline",
    "owner",
    "owner_url",
    "canonical_url",
    "image",
    "no_underwriting",
    "sensitive",
    "published_at",
    "revised_at",
)


@dataclass(frozen=True)
class SectionView:
    """A label of a station, with a page at its slug."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True)
class Named:
    """A name with a page at its slug; without a slug it is just a name."""

    name: str
    slug: str = ""


@dataclass(frozen=True)
class StoryView:
    """A whole story, in whatever state. `blocks` hold safe markup; `published_at` is the original instant.

    `revised_at` is what readers see as "Updated".
    """

    id: UUID
    station_id: UUID
    slug: str
    state: StoryState
    origin: Origin
    language: str
    headline: str
    deck: str
    teaser: str
    seo_title: str
    social_title: str
    noindex: bool
    byline: str
    owner: str
    owner_url: str
    canonical_url: str
    image: dict[str, Any] | None
    blocks: list[dict[str, Any]]
    no_underwriting: bool
    sensitive: bool
    published_at: datetime | None
    revised_at: datetime | None
    section: SectionView | None
    program: Named | None
    people: list[Named]
    tags: list[Named]

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
            sa.select(Story, Section, Program)
            .outerjoin(Section, Section.id == Story.section_id)
            .outerjoin(Program, Program.id == Story.program_id)
            .where(Story.station_id == station_id, Story.slug == slug)
        )
        .one_or_none()
    )
    if row is None:
        return None
    corrected = correction_blocks([row.Story.id]).get(row.Story.id, [])
    return view_of(*row, _people(row.Story.id), _tags(row.Story.id), corrected)


def story_slug(text: str) -> tuple[UUID, str] | None:
    """Station and slug of a story by its public id or its CDS id; None for anything else."""
    if not text.isprintable():
        return None
    found = row_id("story", text)
    which = Story.id == found if found else Story.cds_id == text.lower()
    row = db.session().execute(sa.select(Story.station_id, Story.slug).where(which)).one_or_none()
    return (row.station_id, row.slug) if row else None


def view_of(
    row: Story,
    section: Section | None,
    program: Program | None,
    people: list[Named],
    tags: list[Named],
    corrected: Sequence[dict[str, Any]] = (),
) -> StoryView:
    """A story's row and what belongs to it, as it is read: its corrections stand at its end."""
    return StoryView(
        **{name: getattr(row, name) for name in SAME},
        blocks=[*row.blocks, *corrected],
        section=_section(section),
        program=Named(program.name, program.slug) if program else None,
        people=people,
        tags=tags,
    )


def _people(story_id: UUID) -> list[Named]:
    """Who stands above a story, in order; those with a page by their slug."""
    rows = db.session().execute(
        sa.select(StoryPerson.name, Person.slug)
        .outerjoin(Person, Person.id == StoryPerson.person_id)
        .where(StoryPerson.story_id == story_id)
        .order_by(StoryPerson.position)
    )
    return [Named(name, slug or "") for name, slug in rows]


def _tags(story_id: UUID) -> list[Named]:
    rows = db.session().execute(
        sa.select(Tag.name, Tag.slug)
        .join(StoryTag, StoryTag.tag_id == Tag.id)
        .where(StoryTag.story_id == story_id)
        .order_by(Tag.name)
    )
    return [Named(name, slug) for name, slug in rows]


def section(station_id: UUID, slug: str) -> SectionView | None:
    """The section at a station's address."""
    if not slug.isprintable():
        return None
    return _section(
        db.session().scalar(sa.select(Section).where(Section.station_id == station_id, Section.slug == slug))
    )


def sections(station_id: UUID, at: datetime) -> list[SectionView]:
    """Sections that have something to read and that the newsroom shows on the home, in the station's order."""
    filled = sa.exists().where(Story.section_id == Section.id, *published(station_id, at))
    shown = sa.select(Section).where(Section.station_id == station_id, Section.on_home, filled)
    rows = db.session().scalars(shown.order_by(Section.position, Section.name))
    return [SectionView(row.id, row.slug, row.name) for row in rows]


def newest(
    station_id: UUID,
    at: datetime,
    limit: int,
    *,
    section_id: UUID | None = None,
    under: tuple[str, UUID] | None = None,
    since: datetime | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[Headline]:
    """Published stories at an instant, newest first; of one section, or under a tag, program or person; from an
    instant on; before (published, id), which breaks ties."""
    query = headlines().where(*published(station_id, at)).limit(limit)
    if section_id is not None:
        under = ("section", section_id)
    if under is not None:
        query = query.where(_under(*under))
    if since is not None:
        query = query.where(Story.published_at >= since)
    if before is not None:
        query = query.where(
            sa.or_(Story.published_at < before[0], sa.and_(Story.published_at == before[0], Story.id < before[1]))
        )
    return [headline_of(row) for row in db.session().execute(query)]


def headlines_of(station_id: UUID, at: datetime, ids: Sequence[UUID]) -> dict[UUID, Headline]:
    """Those of these stories that a reader may see."""
    rows = db.session().execute(headlines().where(*published(station_id, at), Story.id.in_(ids)))
    return {row.id: headline_of(row) for row in rows}


def first_publication(station_id: UUID) -> datetime | None:
    """When the oldest story of a station came out."""
    return db.session().scalar(
        sa.select(sa.func.min(Story.published_at)).where(
            Story.station_id == station_id, Story.state == StoryState.PUBLISHED
        )
    )


def _under(kind: str, label_id: UUID) -> sa.ColumnElement[bool]:
    """That a story stands under a label."""
    if kind == "section":
        return Story.section_id == label_id
    if kind == "program":
        return Story.program_id == label_id
    if kind == "tag":
        return Story.id.in_(sa.select(StoryTag.story_id).where(StoryTag.tag_id == label_id))
    return Story.id.in_(sa.select(StoryPerson.story_id).where(StoryPerson.person_id == label_id))


def headlines() -> sa.Select[Any]:
    """The columns of headline_of(), newest first."""
    return (
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
        .order_by(Story.published_at.desc(), Story.id.desc())
    )


def headline_of(row: Any) -> Headline:
    """A row of headlines()."""
    section = SectionView(row.section_id, row.section_slug, row.name) if row.section_id else None
    return Headline(row.id, row.slug, row.headline, row.teaser, row.byline, row.image, row.published_at, section)


def place_of(station_id: UUID, story_id: UUID) -> tuple[datetime, UUID] | None:
    """Where a published story stands in the lists, for paging: (published, id)."""
    at = db.session().scalar(
        sa.select(Story.published_at).where(Story.id == story_id, Story.station_id == station_id)
    )
    return (at, story_id) if at else None


def published(station_id: UUID, at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What a reader may see at an instant."""
    return Story.station_id == station_id, Story.state == StoryState.PUBLISHED, Story.published_at <= at


def _section(row: Section | None) -> SectionView | None:
    return SectionView(row.id, row.slug, row.name) if row else None
