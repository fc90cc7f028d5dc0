"""Reads for taking stories of others in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.licensee.queries import stations
from station.news.models import CdsFeed, CdsOwner, Origin, Story, StoryState
from station.news.partners import Source

NPRS = Story.cds_id.is_not(None), Story.origin == Origin.NPR


def owners() -> dict[str, tuple[str, str]]:
    """Names and addresses of owners that the station has written down, by service id."""
    return {row.service: (row.name, row.url) for row in db.session().scalars(sa.select(CdsOwner))}


def addresses_of(cds_ids: Collection[str]) -> dict[str, str]:
    """Our own pages of stories, by CDS id; only of those that can be read."""
    slugs = {each.id: each.slug for each in stations()}
    found: dict[str, str] = {}
    wanted = list(cds_ids)
    for start in range(0, len(wanted), 500):
        rows = db.session().execute(
            sa.select(Story.cds_id, Story.station_id, Story.slug).where(
                Story.cds_id.in_(wanted[start : start + 500]), Story.state == StoryState.PUBLISHED
            )
        )
        found |= {row.cds_id: f"/{slugs[row.station_id]}/story/{row.slug}" for row in rows}
    return found


def known_since(since: datetime) -> list[str]:
    """CDS ids of NPR's stories on the site that were published since then, the newest first."""
    wanted = sa.select(Story.cds_id).where(*NPRS, Story.state == StoryState.PUBLISHED, Story.published_at >= since)
    return [found for found in db.session().scalars(wanted.order_by(Story.published_at.desc())) if found]


def known_before(before: datetime, most: int, turn: int) -> list[str]:
    """CDS ids of NPR's stories on the site that were published before then: of so many, the oldest first, and at each
    next `turn` of those that follow, until all had theirs. Those that have left keep their places in the order."""
    older = (*NPRS, Story.published_at < before)
    many = db.session().scalar(sa.select(sa.func.count()).select_from(Story).where(*older)) or 0
    turns = -(-many // most) or 1
    some = sa.select(Story.cds_id, Story.state).where(*older).order_by(Story.published_at, Story.id)
    rows = db.session().execute(some.offset(turn % turns * most).limit(most))
    return [cds_id for cds_id, state in rows if cds_id and state is StoryState.PUBLISHED]


def retracted_since(since: datetime, most: int) -> list[str]:
    """CDS ids of NPR's stories that left the site since then, the last ones first; none that a person took off."""
    gone = Story.state == StoryState.RETRACTED, Story.kept_off.is_(False), Story.updated_at >= since
    wanted = sa.select(Story.cds_id).where(*NPRS, *gone).order_by(Story.updated_at.desc()).limit(most)
    return [found for found in db.session().scalars(wanted) if found]


def known_of(key: str, since: datetime) -> list[str]:
    """Ids of a partner's stories on the site that were published since then; `key` begins them."""
    wanted = sa.select(Story.cds_id).where(
        Story.cds_id.startswith(f"{key}:", autoescape=True),
        Story.state == StoryState.PUBLISHED,
        Story.published_at >= since,
    )
    return [found for found in db.session().scalars(wanted) if found]


def source_of(row: CdsFeed | FeedView) -> Source | None:
    """What a partner's feed is read by; None for a query of NPR's."""
    if not row.owner:
        return None
    return Source(f"feed:{row.id.hex}", row.query, row.owner, row.owner_url, row.section, row.whole, row.follow)


@dataclass(frozen=True)
class FeedView:
    """A query that is put to NPR by the clock, or a partner's feed; and what came of it. `station` is the slug."""

    id: UUID
    name: str
    query: str
    station_id: UUID
    station: str
    station_name: str
    enabled: bool
    every_minutes: int
    asked_at: datetime | None
    said: dict[str, Any] | None
    error: str
    owner: str
    owner_url: str
    section: str
    whole: bool
    follow: bool

    @property
    def public_id(self) -> str:
        return public_id("feed", self.id)


def feeds() -> list[FeedView]:
    """Every query, by name."""
    by_id = {each.id: each for each in stations()}
    rows = db.session().scalars(sa.select(CdsFeed).order_by(CdsFeed.name, CdsFeed.id))
    return [
        FeedView(
            row.id,
            row.name,
            row.query,
            row.station_id,
            by_id[row.station_id].slug,
            by_id[row.station_id].name,
            row.enabled,
            row.every_minutes,
            row.asked_at,
            row.said,
            row.error,
            row.owner,
            row.owner_url,
            row.section,
            row.whole,
            row.follow,
        )
        for row in rows
    ]


def owner_rows() -> list[CdsOwner]:
    """Every owner that was written down. Rows to read."""
    return list(db.session().scalars(sa.select(CdsOwner).order_by(CdsOwner.service)))
