"""Corrections: those of stories, as blocks that their pages show, and the log of a station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.licensee.queries import the_licensee
from station.news.models import Correction, Origin, Story, StoryState
from station.news.policies.releasing.corrections import correction_block

NEEDED = (Story.headline, Story.slug, Story.state, Story.published_at, Story.owner, Story.origin)


@dataclass(frozen=True)
class Corrected:
    """A line of the log. `slug` is empty while its story cannot be read; `html` is safe."""

    id: UUID
    at: datetime
    headline: str
    html: str
    slug: str
    owner: str

    @property
    def public_id(self) -> str:
        return public_id("correction", self.id)


def correction_blocks(story_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Our own corrections of these stories, the oldest first. Owners' stand among their blocks already."""
    if not story_ids:
        return {}
    rows = db.session().execute(
        sa.select(Correction.story_id, Correction.html, Correction.at)
        .where(Correction.story_id.in_(story_ids), Correction.ours)
        .order_by(Correction.at, Correction.id)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for story_id, html, at in rows:
        found.setdefault(story_id, []).append(correction_block(html, at, the_licensee().timezone))
    return found


def corrections(
    station_id: UUID, at: datetime, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[Corrected]:
    """The log of a station at an instant, newest first; before (at, id)."""
    query = (
        sa.select(Correction, Story)
        .join(Story, Story.id == Correction.story_id)
        .where(Correction.station_id == station_id)
        .order_by(Correction.at.desc(), Correction.id.desc())
        .limit(limit)
        .options(sa.orm.load_only(*NEEDED))
    )
    if before is not None:
        query = query.where(
            sa.or_(Correction.at < before[0], sa.and_(Correction.at == before[0], Correction.id < before[1]))
        )
    return [_line(*row, at) for row in db.session().execute(query)]


def place_of_correction(station_id: UUID, correction_id: UUID) -> tuple[datetime, UUID] | None:
    """Where a correction stands in the log of a station, for paging: (at, id)."""
    at = db.session().scalar(
        sa.select(Correction.at).where(Correction.id == correction_id, Correction.station_id == station_id)
    )
    return (at, correction_id) if at else None


def _line(row: Correction, story: Story, at: datetime) -> Corrected:
    out = story.state is StoryState.PUBLISHED and story.published_at is not None and story.published_at <= at
    owner = "" if story.origin is Origin.LOCAL else story.owner
    return Corrected(
        row.id, row.at, story.headline if out else row.headline, row.html, story.slug if out else "", owner
    )
