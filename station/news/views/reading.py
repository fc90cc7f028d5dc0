"""Public pages of the stations: homes, sections, stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import public
from station.core import clock
from station.core.runtime import settings
from station.giving.queries import current_ask
from station.licensee.queries import StationView, default_station, station_by_host, the_licensee
from station.news import airtime, pages, queries
from station.news.models import StoryState
from station.news.pages.story_page import around, said_of
from station.news.policies.homes import POSITIONS, arrange
from station.news.queries import Headline, StoryView
from station.news.views.described import news_article, radio_station
from station.news.views.listing import station_at
from station.news.views.lists import under

views = Blueprint("news", __name__)
public(views, "news is free to read: no wall, no sign-in, no counting")

SECTIONS, OF_SECTION = 12, 5  # on a home: CDS makes sections of all that NPR files a story under
Composed = tuple[str, dict[str, Any]]


@views.get("/")
def home() -> Response:
    """The home of the station that this host belongs to, or of the first one."""
    station = station_by_host(request.host.partition(":")[0]) or default_station()
    return pages.serve(airtime.home_key(station), station, _home(station))


@views.get("/<station_slug>/", strict_slashes=False)
def station_home(station_slug: str) -> ResponseReturnValue:
    """The home of a station at its path."""
    station = station_at(station_slug)
    if not request.path.endswith("/"):
        return redirect(f"/{station.slug}/", 308)
    return pages.serve(airtime.home_key(station), station, _home(station))


@views.get("/<station_slug>/section/<slug>")
def section(station_slug: str, slug: str) -> Response:
    """A section's stories, newest first. `?before=` is a day, or the story that the page before ended with."""
    return under(station_slug, "section", slug)


@views.get("/<station_slug>/story/<slug>")
def story(station_slug: str, slug: str) -> Response:
    """A story, with the slot and the ask."""
    station = station_at(station_slug)
    return pages.serve(("story", station_slug, slug), station, _story(station, slug))


def about_story(station: StationView, slug: str, now: datetime) -> dict[str, Any]:
    """What every edition says of a story. Aborts with 410 for a withdrawn one, 404 for one that is not out."""
    found = queries.story(station.id, slug)
    if found is not None and found.state is StoryState.RETRACTED:
        abort(410)
    if found is None or found.state is StoryState.DRAFT or found.published_at is None or found.published_at > now:
        abort(404)
    return said_of(found, found.published_at, station, now)


def _story(station: StationView, slug: str) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        about = about_story(station, slug, now)
        found: StoryView = about["story"]
        return "news/story.html", {
            **about,
            **around(found, found.published_at or now, station, now),
            "thing": news_article(found, station, found.canonical_url or _address(station, found.slug)),
        }

    return compose


def _address(station: StationView, slug: str) -> str:
    return settings().base_url + url_for("news.story", station_slug=station.slug, slug=slug)


def _home(station: StationView) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        top = _top(station, now)
        above = {each.id for each in top}
        sections = queries.sections_at_home(station.id, now, SECTIONS)
        found = queries.newest_by_section(station.id, now, [each.id for each in sections], OF_SECTION + len(above))
        lists = []
        for each in sections:
            stories = found[each.id]
            lists.append((each, ([s for s in stories if s.id not in above] or stories)[:OF_SECTION]))
        return "news/home.html", {
            **airtime.air(station, now),
            "lists": ("lists", "schedule", "playlist"),
            "thing": radio_station(station),
            "text_url": f"/text/{station.slug}/",
            "lead": top[0] if top else None,
            "secondary": top[1:],
            "sections": lists,
            "ask": current_ask(station, clock.local_date(now, the_licensee().timezone)),
        }

    return compose


def _top(station: StationView, now: datetime) -> list[Headline]:
    """The lead of a home and the stories beside it."""
    by_hand = {each.position: each.headline for each in queries.placed(station.id, now) if each.headline}
    return arrange(by_hand, queries.newest(station.id, now, len(POSITIONS) + len(by_hand)))
