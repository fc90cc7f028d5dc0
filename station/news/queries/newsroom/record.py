"""One story at the desk, with all that its page says and asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.events import EventRow, Subject, events_of
from station.core.ids import public_id
from station.news.models import Origin, Section, Story
from station.news.policies.releasing import Standing, mark, standing_of
from station.news.policies.releasing.corrections import corrections_in
from station.news.queries.corrections import correction_blocks
from station.news.queries.editing import newest_number
from station.news.queries.stories import SectionView

MOVES = {  # events after which a story stands where it does
    "news.story.came_out",
    "news.story.imported",
    "news.story.published",
    "news.story.put_back",
    "news.story.retracted",
    "news.story.scheduled",
    "news.story.unpublished",
    "news.story.unscheduled",
}
HISTORY = 60


@dataclass(frozen=True)
class StoryRecord:
    """A story of ours or of others, at an instant. `mark` is what its forms carry: when it is out, the switches, and
    the newest revision.

    `embargo_until` may be over; `embargoed` says whether it stands. `corrections` are blocks, owners' too.
    """

    id: UUID
    station_id: UUID
    slug: str
    headline: str
    byline: str
    teaser: str
    origin: Origin
    owner: str
    canonical_url: str
    section: str
    standing: Standing
    published_at: datetime | None
    revised_at: datetime | None
    updated_at: datetime
    embargo_until: datetime | None
    embargo_why: str
    embargoed: bool
    no_underwriting: bool
    sensitive: bool
    why_quiet: str
    kept_off: bool
    mark: str
    corrections: list[dict[str, Any]]
    history: list[EventRow]

    @property
    def public_id(self) -> str:
        return public_id("story", self.id)

    @property
    def is_ours(self) -> bool:
        return self.origin is Origin.LOCAL

    @property
    def moved(self) -> EventRow | None:
        """What made it stand where it does, as far as that is on record."""
        return next((each for each in self.history if each.name in MOVES), None)


def story_record(story_id: UUID, now: datetime) -> StoryRecord | None:
    """The record of a story at an instant; None for an unknown one."""
    row = db.session().get(Story, story_id, options=[sa.orm.defer(Story.cds_raw)])
    if row is None:
        return None
    section = db.session().get(Section, row.section_id) if row.section_id else None
    same = StoryRecord.__dataclass_fields__.keys() & {column.key for column in sa.inspect(Story).columns}
    return StoryRecord(
        **{name: getattr(row, name) for name in same},
        section=section.name if section else "",
        standing=standing_of(row.state, row.published_at, now),
        embargoed=row.embargo_until is not None and row.embargo_until > now,
        mark=mark(
            row.state,
            row.published_at,
            row.embargo_until,
            (row.no_underwriting, row.sensitive),
            newest_number(row.id),
        ),
        corrections=corrections_in(row.blocks) + correction_blocks([row.id]).get(row.id, []),
        history=events_of(Subject("story", row.id), HISTORY),
    )


def sections_of(station_id: UUID) -> list[SectionView]:
    """All sections of a station, in its order."""
    rows = db.session().scalars(
        sa.select(Section).where(Section.station_id == station_id).order_by(Section.position, Section.name)
    )
    return [SectionView(row.id, row.slug, row.name) for row in rows]
