"""Reads of what is written: revisions, what is not saved yet, and who writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.news.models import (
    Origin,
    Program,
    RevisionKind,
    Section,
    Story,
    StoryAutosave,
    StoryPerson,
    StoryRevision,
    StoryState,
    StoryTag,
    Tag,
)
from station.news.policies.editing import Upload, Written, byline_of, with_corrections, written_blocks, written_image
from station.news.queries.media import media
from station.news.queries.moves import slug_now


@dataclass(frozen=True)
class Desk:
    """A story at the desk. `revision` is the number that its row holds; 0 for one that was not written here."""

    id: UUID
    station_id: UUID
    slug: str
    state: StoryState
    origin: Origin
    owner: str
    headline: str
    published_at: datetime | None
    revision: int

    @property
    def public_id(self) -> str:
        return public_id("story", self.id)

    def is_out(self, now: datetime) -> bool:
        """Whether readers see it."""
        return self.state is StoryState.PUBLISHED and self.published_at is not None and self.published_at <= now


@dataclass(frozen=True)
class Line:
    """A revision in the list of them."""

    number: int
    kind: RevisionKind
    restored_from: int | None
    note: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Version:
    """A story as it was written at one time. Number 0 is its row, of a story that was not written here."""

    number: int
    written: Written
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Unsaved:
    """What somebody has written and not saved, and the revision that it began from."""

    base: int
    written: Written
    who: str
    at: datetime


def desk_story(story_id: UUID) -> Desk | None:
    """The story, whatever its state."""
    row = db.session().execute(
        sa.select(*(getattr(Story, each.name) for each in fields(Desk))).where(Story.id == story_id)
    )
    found = row.one_or_none()
    return Desk(*found) if found else None


def upload(public: str) -> Upload | None:
    """The upload of a public id, once there is something to show or to play."""
    found = media(public)
    return found if found is not None and found.usable else None


def newest_number(story_id: UUID) -> int:
    """The number of what was saved last; 0 when nothing was."""
    newest = sa.select(sa.func.max(StoryRevision.number)).where(StoryRevision.story_id == story_id)
    return db.session().scalar(newest) or 0


def newest_version(story_id: UUID) -> Version:
    """What was saved last; the row itself when nothing was. Corrections are as they are in the row."""
    found = db.session().scalar(
        sa.select(StoryRevision)
        .where(StoryRevision.story_id == story_id)
        .order_by(StoryRevision.number.desc())
        .limit(1)
    )
    if found is None:
        return Version(0, written_row(db.session().get_one(Story, story_id)))
    return _with_corrections(_version(found), story_id)


def version(story_id: UUID, number: int) -> Version | None:
    """A revision by its number."""
    if not 0 < number < 2**31:
        return None
    found = db.session().scalar(
        sa.select(StoryRevision).where(StoryRevision.story_id == story_id, StoryRevision.number == number)
    )
    return _version(found) if found else None


def revision_lines(story_id: UUID) -> list[Line]:
    """Every revision, the newest first."""
    rows = db.session().execute(
        sa.select(
            StoryRevision.number,
            StoryRevision.kind,
            StoryRevision.restored_from,
            StoryRevision.note,
            StoryRevision.who,
            StoryRevision.at,
        )
        .where(StoryRevision.story_id == story_id)
        .order_by(StoryRevision.number.desc())
    )
    return [Line(*row) for row in rows]


def unsaved(story_id: UUID, staff_id: UUID) -> Unsaved | None:
    """What this person has not saved."""
    found = db.session().get(StoryAutosave, (story_id, staff_id))
    return Unsaved(found.base, _filed_now(story_id, found.content), found.who, found.at) if found else None


def others_writing(story_id: UUID, staff_id: UUID) -> list[tuple[str, datetime]]:
    """Who else has something that is not saved, and since when; the last one first."""
    rows = db.session().execute(
        sa.select(StoryAutosave.who, StoryAutosave.at)
        .where(StoryAutosave.story_id == story_id, StoryAutosave.staff_id != staff_id)
        .order_by(StoryAutosave.at.desc())
    )
    return [(row.who, row.at) for row in rows]


def unpublished_changes(story_ids: Collection[UUID]) -> set[UUID]:
    """Those of these stories whose row holds less than what was saved last."""
    newest = (
        sa.select(StoryRevision.story_id, sa.func.max(StoryRevision.number).label("number"))
        .where(StoryRevision.story_id.in_(story_ids))
        .group_by(StoryRevision.story_id)
        .subquery()
    )
    return set(
        db.session().scalars(
            sa.select(Story.id)
            .join(newest, newest.c.story_id == Story.id)
            .where(Story.state != StoryState.DRAFT, Story.revision < newest.c.number)
        )
    )


def label_choices(station_id: UUID) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(slug, name) of the sections of a station, and of its programs."""
    session = db.session()
    sections = sa.select(Section.slug, Section.name).where(Section.station_id == station_id)
    programs = sa.select(Program.slug, Program.name).where(Program.station_id == station_id)
    return (
        [(slug, name) for slug, name in session.execute(sections.order_by(Section.position, Section.name))],
        [(slug, name) for slug, name in session.execute(programs.order_by(Program.name))],
    )


def written_row(row: Story) -> Written:
    """A story's row as if it had been written here."""
    session = db.session()
    names = sa.select(StoryPerson.name).where(StoryPerson.story_id == row.id).order_by(StoryPerson.position)
    authors = tuple(session.scalars(names))
    tags = sa.select(Tag.name).join(StoryTag, StoryTag.tag_id == Tag.id).where(StoryTag.story_id == row.id)
    return Written(
        headline=row.headline,
        deck=row.deck,
        teaser=row.teaser,
        seo_title=row.seo_title,
        social_title=row.social_title,
        noindex=row.noindex,
        byline="" if authors and row.byline == byline_of(authors) else row.byline,
        authors=authors,
        section=_slug(Section, row.section_id),
        program=_slug(Program, row.program_id),
        tags=tuple(session.scalars(tags.order_by(Tag.name))),
        image=written_image(row.image),
        blocks=written_blocks(row.blocks),
    )


def _slug(table: type[Section] | type[Program], label_id: UUID | None) -> str:
    return (db.session().scalar(sa.select(table.slug).where(table.id == label_id)) or "") if label_id else ""


def _version(row: StoryRevision) -> Version:
    return Version(row.number, _filed_now(row.story_id, row.content), row.who, row.at)


def _filed_now(story_id: UUID, content: Mapping[str, Any]) -> Written:
    """What was written, under its section's slug as it is now: it may have another address since."""
    written, session = Written.of(content), db.session()
    if not written.section:
        return written
    mine = sa.select(Story.station_id, Section.id).outerjoin(
        Section, sa.and_(Section.station_id == Story.station_id, Section.slug == written.section)
    )
    station_id, section_id = session.execute(mine.where(Story.id == story_id)).one()
    return written if section_id else replace(written, section=slug_now(station_id, "section", written.section))


def _with_corrections(found: Version, story_id: UUID) -> Version:
    """Corrections are made on what readers see, so the row knows them; where they stand, the writer said."""
    blocks = db.session().scalar(sa.select(Story.blocks).where(Story.id == story_id)) or []
    written = with_corrections(found.written, blocks)
    return Version(found.number, written, found.who, found.at)
