"""The banner above the pages of stations: put up, changed, taken down. It ends by itself.

Each change bumps the bulletin "banners", under which pages are prepared, so that every process shows it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import bulletin, clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.locks import lock_name
from station.core.stale import key_of, stale
from station.licensee.queries import station_by_id, stations
from station.news.models import Banner, BannerLevel
from station.news.policies.banners import check_span, to_the_minute
from station.news.policies.moves import Refused, story_of, target
from station.news.queries.moves.banners import BULLETIN
from station.news.services.moving.book import hosts_of_ours, to_stories

LOCK = "news.banner"
Seen = Mapping[UUID, UUID]  # station → edition, of those that have one


class BannerMeanwhile(Exception):
    """Somebody else put up, changed or took down a banner since this page was opened."""


@dataclass(frozen=True)
class BannerDraft:
    """A banner as it was typed: `link` is empty, a path of ours or a web address; without a start it begins now."""

    level: BannerLevel
    headline: str
    link: str
    starts_at: datetime | None
    ends_at: datetime


def put_up(station_ids: Sequence[UUID], draft: BannerDraft, seen: Seen, actor: Actor) -> list[str]:
    """Put a banner above the pages of these stations, in place of what stands there; returns the headlines replaced.

    Instants are taken to the minute. `seen` is what stood there when the page was opened. Raises BannerMeanwhile when
    that is no longer so, and in words for the editor policies.moves.Refused of the link, policies.banners.NotThen.
    """
    now = clock.now()
    starts_at, ends_at = _span(draft, now)
    with transaction() as session:
        there = _held(session, station_ids, seen, now)
        replaced = [row.headline for row in there if row.ends_at > now]
        story_id, url = _link(session, draft.link)
        for station_id in station_ids:
            session.merge(
                Banner(
                    station_id=station_id,
                    edition=new_id(),
                    level=draft.level,
                    headline=draft.headline,
                    story_id=story_id,
                    url=url,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    made_at=now,
                    made_by=actor.label[:200],
                )
            )
        session.flush()
        said = {"headline": draft.headline, "ends_at": ends_at.isoformat(), "replaced": replaced}
        _tell("news.banner.put_up", station_ids, actor, {**said, "level": draft.level.value, "link": draft.link})
        return replaced


def check_banner(draft: BannerDraft) -> None:
    """That a banner could be put up as it was typed; nothing is. Raises in words Refused of the link, or NotThen."""
    _span(draft, clock.now())
    _link(db.session(), draft.link)


def take_down(station_id: UUID, seen: Seen, actor: Actor) -> str:
    """Take a station's banner down before its end; returns its headline. Raises BannerMeanwhile."""
    with transaction() as session:
        there = _held(session, [station_id], seen, clock.now())
        if not there:
            raise BannerMeanwhile
        headline = there[0].headline
        session.delete(there[0])
        _tell("news.banner.taken_down", [station_id], actor, {"headline": headline})
        return headline


def _span(draft: BannerDraft, now: datetime) -> tuple[datetime, datetime]:
    """From when until when, to the minute. Raises NotThen."""
    starts_at, ends_at = to_the_minute(draft.starts_at or now), to_the_minute(draft.ends_at)
    check_span(starts_at, ends_at, now)
    return starts_at, ends_at


def _held(session: Session, station_ids: Sequence[UUID], seen: Seen, now: datetime) -> list[Banner]:
    """The banners of these stations, which are as they were seen. One that is over was as good as none."""
    lock_name(LOCK)
    rows = list(session.scalars(sa.select(Banner).where(Banner.station_id.in_(station_ids)).with_for_update()))
    there = {row.station_id: row.edition for row in rows if row.ends_at > now}
    was = {each: seen[each] for each in station_ids if each in seen}
    over = {row.station_id for row in rows if row.ends_at <= now and was.get(row.station_id) == row.edition}
    if {each: edition for each, edition in was.items() if each not in over} != there:
        raise BannerMeanwhile
    return rows


def _link(session: Session, typed: str) -> tuple[UUID | None, str]:
    """(story, address): a link to a story of ours follows it."""
    if not typed.strip():
        return None, ""
    to = target(typed, hosts_of_ours())
    if not to.path and not to.url.lower().startswith("https://"):
        raise Refused("Begin with https:// for a page elsewhere.")
    if found := to_stories(session, [to]).get(to.path):
        return found[0], ""
    if story_of(to.path) and to.path.split("/")[1] in {each.slug for each in stations()}:
        raise Refused("There is no story at that address.")
    return None, to.url


def _tell(name: str, station_ids: Sequence[UUID], actor: Actor, data: Mapping[str, object]) -> None:
    bulletin.bump(BULLETIN)
    of = [station_by_id(each) for each in station_ids]
    stale(*(key_of("station", each.slug) for each in of))
    names = ", ".join(each.name for each in of)
    events.record(name, actor, [Subject("station", each) for each in station_ids], {**data, "stations": names})
