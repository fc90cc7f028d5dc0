"""Stories as the desk lists them, in every state; and those that will come out, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.search import words
from station.news.models import Origin, Section, Story, StoryState
from station.news.policies.releasing import Standing, standing_of

COLUMNS: tuple[sa.orm.InstrumentedAttribute[Any], ...] = (
    Story.id,
    Story.headline,
    Story.byline,
    Story.state,
    Story.origin,
    Story.published_at,
    Story.embargo_until,
    Story.updated_at,
    Story.no_underwriting,
    Story.sensitive,
)
MOST_WORDS = 10


@dataclass(frozen=True)
class Listed:
    """A story in a list of the desk. `published_at` is None for one that was never given a time."""

    id: UUID
    headline: str
    byline: str
    standing: Standing
    origin: Origin
    section: str
    published_at: datetime | None
    embargo_until: datetime | None
    changed_at: datetime
    quiet: str

    @property
    def public_id(self) -> str:
        return public_id("story", self.id)

    @property
    def place(self) -> str:
        """Where it stands in the list, for the address of the next page."""
        return f"{self.changed_at.isoformat()}~{self.public_id}"


@dataclass(frozen=True)
class Coming(Listed):
    """A story in the queue, which has a time."""

    published_at: datetime


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; None, or no words, for all."""

    standing: Standing | None = None
    others: bool = False  # those that are not our own
    words: str = ""
    section_id: UUID | None = None
    origin: Origin | None = None


def listed(
    station_id: UUID, wanted: Filters, now: datetime, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[Listed]:
    """Stories of a station, what was changed last first; before (changed, id). `now` decides what is out.

    Words are looked for in headlines, bylines and addresses, each anywhere in them.
    """
    query = _rows(station_id, *_narrowed(wanted, now)).order_by(Story.updated_at.desc(), Story.id.desc()).limit(limit)
    if before is not None:
        query = query.where(
            sa.or_(Story.updated_at < before[0], sa.and_(Story.updated_at == before[0], Story.id < before[1]))
        )
    return [Listed(**_values(row, now)) for row in db.session().execute(query)]


def queue(station_id: UUID, now: datetime, limit: int) -> tuple[list[Coming], list[Listed]]:
    """What will come out by itself, in that order; and drafts under an embargo, which will not, by its end."""
    ahead = _rows(station_id, *_standing(Standing.SCHEDULED, now)).order_by(Story.published_at, Story.id).limit(limit)
    held = (
        _rows(station_id, Story.state == StoryState.DRAFT, Story.embargo_until > now)
        .order_by(Story.embargo_until, Story.id)
        .limit(limit)
    )
    coming = [Coming(**_values(row, now)) for row in db.session().execute(ahead)]
    return coming, [Listed(**_values(row, now)) for row in db.session().execute(held)]


def _rows(station_id: UUID, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(*COLUMNS, Section.name.label("section"))
        .outerjoin(Section, Section.id == Story.section_id)
        .where(Story.station_id == station_id, *where)
    )


def _values(row: Any, now: datetime) -> dict[str, Any]:
    quiet = "sensitive" if row.sensitive else "no underwriting" if row.no_underwriting else ""
    return {
        "id": row.id,
        "headline": row.headline,
        "byline": row.byline,
        "standing": standing_of(row.state, row.published_at, now),
        "origin": row.origin,
        "section": row.section or "",
        "published_at": row.published_at,
        "embargo_until": row.embargo_until if row.embargo_until and row.embargo_until > now else None,
        "changed_at": row.updated_at,
        "quiet": quiet,
    }


def _narrowed(wanted: Filters, now: datetime) -> list[sa.ColumnElement[bool]]:
    where = [] if wanted.standing is None else list(_standing(wanted.standing, now))
    if wanted.others:
        where.append(Story.origin != Origin.LOCAL)
    if wanted.origin is not None:
        where.append(Story.origin == wanted.origin)
    if wanted.section_id is not None:
        where.append(Story.section_id == wanted.section_id)
    return where + [_has(typed, word) for typed, word in _words(wanted.words)]


def _standing(standing: Standing, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    published = Story.state == StoryState.PUBLISHED
    return {
        Standing.DRAFT: (Story.state == StoryState.DRAFT,),
        Standing.SCHEDULED: (published, Story.published_at > now),
        Standing.OUT: (published, Story.published_at <= now),
        Standing.WITHDRAWN: (Story.state == StoryState.RETRACTED,),
    }[standing]


def _words(text: str) -> list[tuple[str, str]]:
    """Each word as it was typed, and as addresses spell it: without accents."""
    return [(typed, "-".join(words(typed))) for typed in text.split()[:MOST_WORDS]]


def _has(typed: str, spelled: str) -> sa.ColumnElement[bool]:
    found = [each.icontains(typed, autoescape=True) for each in (Story.headline, Story.byline)]
    return sa.or_(*found, *([Story.slug.contains(spelled, autoescape=True)] if spelled else []))
