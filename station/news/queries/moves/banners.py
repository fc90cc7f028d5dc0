"""The banner above every page of a station, served from memory: no SQL while none has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import bulletin
from station.core.db import db
from station.licensee.queries import station_by_id
from station.news.models import Banner, BannerLevel, Story, StoryState
from station.news.policies.moves import story_path

BULLETIN = "banners"


@dataclass(frozen=True)
class BannerView:
    """A banner between two instants.

    `story_path` is the address of a story of ours, and `linked_from` the instant from which readers are led there;
    `url` is any other address. Without either the headline stands alone.
    """

    station_id: UUID
    edition: UUID
    level: BannerLevel
    headline: str
    url: str
    story_path: str
    linked_from: datetime | None
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    made_by: str

    @property
    def breaking(self) -> bool:
        return self.level is BannerLevel.BREAKING


@dataclass(frozen=True)
class Line:
    """What a page shows: the headline, where it leads (or nothing), and whether that is a story, which has a twin in
    the text edition."""

    breaking: bool
    headline: str
    url: str
    of_story: bool


@dataclass(frozen=True)
class _Snapshot:
    version: tuple[int, int]
    banners: dict[UUID, BannerView]


_snapshot: _Snapshot | None = None


def current_banner(station_id: UUID, now: datetime) -> Line | None:
    """The line above a station's pages at an instant."""
    found = _current().get(station_id)
    if found is None or not found.starts_at <= now < found.ends_at:
        return None
    linked = found.linked_from is not None and found.linked_from <= now
    return Line(found.breaking, found.headline, found.story_path if linked else found.url, linked)


def banner_until(station_id: UUID, now: datetime) -> datetime | None:
    """When that changes next by itself: the banner begins, gets its link, or ends."""
    found = _current().get(station_id)
    if found is None:
        return None
    edges = (found.starts_at, found.ends_at, found.linked_from)
    return min((edge for edge in edges if edge is not None and edge > now), default=None)


def banner_of(station_id: UUID, now: datetime) -> BannerView | None:
    """The banner that a station has at an instant, shown or still to come, for the desk: read from the database."""
    found = _read().get(station_id)
    return found if found and found.ends_at > now else None


def _current() -> dict[UUID, BannerView]:
    global _snapshot
    known = _snapshot
    versions = bulletin.version(BULLETIN), bulletin.version("stories")
    if known is None or known.version[0] != versions[0] or (known.version != versions and _follows(known)):
        known = _snapshot = _Snapshot(versions, _read())
    return known.banners


def _follows(known: _Snapshot) -> bool:
    """Whether a banner follows a story, whose address or state may have changed."""
    return any(each.story_path or each.linked_from for each in known.banners.values())


def _read() -> dict[UUID, BannerView]:
    rows = db.session().execute(
        sa.select(Banner, Story.station_id, Story.slug, Story.state, Story.published_at).outerjoin(
            Story, Story.id == Banner.story_id
        )
    )
    return {row.Banner.station_id: _view(row.Banner, *row[1:]) for row in rows}


def _view(
    row: Banner, station_id: UUID | None, slug: str | None, state: StoryState | None, published_at: datetime | None
) -> BannerView:
    readable = state is StoryState.PUBLISHED and published_at is not None
    return BannerView(
        station_id=row.station_id,
        edition=row.edition,
        level=row.level,
        headline=row.headline,
        url=row.url,
        story_path=story_path(station_by_id(station_id).slug, slug) if station_id and slug else "",
        linked_from=published_at if readable else None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        made_at=row.made_at,
        made_by=row.made_by,
    )
