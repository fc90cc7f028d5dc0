"""Reads of redirects: one statement where a page would be missing, and lists for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id, row_id
from station.licensee.queries import station_by_id
from station.news.models import Redirect, RedirectUse, Story, StoryState
from station.news.policies.moves import label_path, path_key, story_path

PAGE = 50


@dataclass(frozen=True)
class Moved:
    """Where an old address leads: a path of ours or a web address, for good (301) or for now (302).

    `story_id` is the story that it follows, if it follows one.
    """

    redirect_id: UUID
    location: str
    permanent: bool
    keep_query: bool
    story_id: UUID | None = None


@dataclass(frozen=True)
class RedirectView:
    """A redirect as the desk lists it. `headline` is of the story that it follows, `target` where it leads else."""

    id: UUID
    station_id: UUID | None
    path: str
    story_id: UUID | None
    target: str
    location: str
    headline: str
    permanent: bool
    keep_query: bool
    automatic: bool
    reason: str
    made_at: datetime
    made_by: str
    uses: int
    last_used: date | None

    @property
    def public_id(self) -> str:
        return public_id("redirect", self.id)


@dataclass(frozen=True)
class RedirectPage:
    """Redirects, the newest first, and the public id to go on before."""

    redirects: list[RedirectView]
    before: str | None


def moved(station_id: UUID, path: str, at: datetime) -> Moved | None:
    """Where a key (policies.moves.path_key) leads on pages of a station at an instant. One statement.

    A story that is not out leads nowhere: its address would tell of it.
    """
    rows = db.session().execute(
        sa.select(
            Redirect.id,
            Redirect.target,
            Redirect.permanent,
            Redirect.keep_query,
            Story.id.label("story_id"),
            Story.station_id,
            Story.slug,
            Story.state,
            Story.published_at,
        )
        .outerjoin(Story, Story.id == Redirect.story_id)
        .where(Redirect.path == path, sa.or_(Redirect.station_id == station_id, Redirect.station_id.is_(None)))
        .order_by(Redirect.station_id.is_(None))
    )
    for row in rows:
        if row.story_id is None:
            return Moved(row.id, row.target, row.permanent, row.keep_query)
        if row.state is not StoryState.DRAFT and row.published_at is not None and row.published_at <= at:
            address = story_path(station_by_id(row.station_id).slug, row.slug)
            return Moved(row.id, address, row.permanent, row.keep_query, row.story_id)
    return None


def where_to(station_id: UUID, path: str) -> str | None:
    """Where a path leads now that no page of a station answers; None for one that leads nowhere."""
    key = path_key(path)
    found = moved(station_id, key, clock.now()) if key else None
    return found.location if found else None


def redirect(redirect_id: UUID) -> RedirectView | None:
    """One redirect."""
    row = db.session().execute(_rows().where(Redirect.id == redirect_id)).mappings().one_or_none()
    return _view(row) if row else None


def redirects(query: str = "", before: str = "") -> RedirectPage:
    """Redirects whose path, target or reason holds `query`, the newest first; `before` is where a page ended."""
    wanted = _rows().order_by(Redirect.id.desc()).limit(PAGE + 1)
    if query:
        words = query.casefold()
        columns = (Redirect.path, Redirect.target, Redirect.reason, Story.slug, Story.headline)
        wanted = wanted.where(sa.or_(*(sa.func.lower(column).contains(words, autoescape=True) for column in columns)))
    if last := row_id("redirect", before):
        wanted = wanted.where(Redirect.id < last)
    found = [_view(row) for row in db.session().execute(wanted).mappings()]
    return RedirectPage(found[:PAGE], found[PAGE - 1].public_id if len(found) > PAGE else None)


def earlier_addresses(story_id: UUID) -> list[RedirectView]:
    """The addresses that a story had before, the newest first."""
    mine = _rows().where(Redirect.story_id == story_id, Redirect.automatic).order_by(Redirect.id.desc())
    return [_view(row) for row in db.session().execute(mine).mappings()]


def earlier_slugs(station_id: UUID, beginning: str) -> set[str]:
    """Slugs with this beginning that stories of a station had once: their old links still lead to those."""
    prefix = story_path(station_by_id(station_id).slug, "")
    begins = Redirect.path.startswith(prefix + beginning, autoescape=True)
    paths = db.session().scalars(sa.select(Redirect.path).where(Redirect.automatic, begins))
    return {path.removeprefix(prefix) for path in paths}


def slug_now(station_id: UUID, kind: str, slug: str) -> str:
    """Where the address of a section or a person leads now: another slug of its kind, or the same one."""
    here = station_by_id(station_id).slug
    prefix = label_path(here, kind, "")
    to = db.session().scalar(
        sa.select(Redirect.target_path).where(
            Redirect.path == prefix + slug, Redirect.target_path.startswith(prefix, autoescape=True)
        )
    )
    return to.removeprefix(prefix) if to else slug


def _rows() -> Any:
    used = sa.select(RedirectUse).where(RedirectUse.redirect_id == Redirect.id)
    return sa.select(
        Redirect.id,
        Redirect.station_id,
        Redirect.path,
        Redirect.story_id,
        Redirect.target,
        Redirect.permanent,
        Redirect.keep_query,
        Redirect.automatic,
        Redirect.reason,
        Redirect.made_at,
        Redirect.made_by,
        Story.station_id.label("story_station"),
        Story.slug,
        Story.headline,
        used.with_only_columns(sa.func.coalesce(sa.func.sum(RedirectUse.count), 0)).scalar_subquery().label("uses"),
        used.with_only_columns(sa.func.max(RedirectUse.day)).scalar_subquery().label("last_used"),
    ).outerjoin(Story, Story.id == Redirect.story_id)


def _view(row: sa.RowMapping) -> RedirectView:
    values = {name: row[name] for name in RedirectView.__dataclass_fields__ if name not in ("location", "headline")}
    here = row["story_station"]
    location = story_path(station_by_id(here).slug, row["slug"]) if here else row["target"]
    return RedirectView(**values, location=location, headline=row["headline"] or "")
