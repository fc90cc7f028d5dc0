"""Public pages of the stations: homes, sections, stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from station.accounts.guards import public
from station.core import clock
from station.core.ids import row_id
from station.giving.queries import current_ask
from station.licensee.queries import StationView, default_station, station_by_host, station_by_slug, the_licensee
from station.news import pages, queries
from station.news.models import StoryState
from station.news.policies import copyright_line, readable_address, slot_position
from station.news.queries import Headline

views = Blueprint("news", __name__)
public(views, "news is free to read: no wall, no sign-in, no counting")

PAGE, SECONDARY, OF_SECTION, MORE = 20, 4, 5, 4
Composed = tuple[str, dict[str, Any]]


@views.get("/")
def home() -> Response:
    """The home of the station that this host belongs to, or of the first one."""
    station = station_by_host(request.host.partition(":")[0]) or default_station()
    return pages.serve(("home", station.slug), station, _home(station))


@views.get("/<station_slug>/", strict_slashes=False)
def station_home(station_slug: str) -> ResponseReturnValue:
    """The home of a station at its path."""
    station = _station(station_slug)
    if not request.path.endswith("/"):
        return redirect(f"/{station.slug}/", 308)
    return pages.serve(("home", station.slug), station, _home(station))


@views.get("/<station_slug>/section/<slug>")
def section(station_slug: str, slug: str) -> Response:
    """A section's stories, newest first. `?before=` is a day, or the story that the page before ended with."""
    station = _station(station_slug)
    before = request.args.get("before")
    if before is None:
        return pages.serve(("section", station_slug, slug), station, _section(station, slug, None))
    return pages.serve_once(station, _section(station, slug, _cursor(station, before)))


@views.get("/<station_slug>/story/<slug>")
def story(station_slug: str, slug: str) -> Response:
    """A story, with the slot and the ask."""
    station = _station(station_slug)
    return pages.serve(("story", station_slug, slug), station, _story(station, slug))


def _station(slug: str) -> StationView:
    return station_by_slug(slug) or abort(404)


def _story(station: StationView, slug: str) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        found = queries.story(station.id, slug)
        if found is not None and found.state is StoryState.RETRACTED:
            abort(410)
        if found is None or found.state is StoryState.DRAFT or found.published_at is None or found.published_at > now:
            abort(404)
        zone = the_licensee().timezone
        at = None if found.no_underwriting else slot_position([bool(b.get("paragraph")) for b in found.blocks])
        newer = queries.newest(station.id, now, MORE + 1)
        return "news/story.html", {
            "story": found,
            "slot_at": at,
            "published": clock.local(found.published_at, zone),
            "copyright_line": copyright_line(found.owner, found.published_at, zone),
            "owner_address": readable_address(found.owner_url),
            "ask": current_ask(station, clock.local_date(now, zone)),
            "more": [each for each in newer if each.id != found.id][:MORE],
        }

    return compose


def _home(station: StationView) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        lead, secondary = _lead_and_rest(queries.newest(station.id, now, 1 + SECONDARY))
        above = {each.id for each in (lead, *secondary) if each}
        lists = []
        for each in queries.sections(station.id, now):
            stories = queries.newest(station.id, now, OF_SECTION + len(above), section_id=each.id)
            lists.append((each, ([s for s in stories if s.id not in above] or stories)[:OF_SECTION]))
        return "news/home.html", {
            "lead": lead,
            "secondary": secondary,
            "sections": lists,
            "ask": current_ask(station, clock.local_date(now, the_licensee().timezone)),
        }

    return compose


def _lead_and_rest(newest: list[Headline]) -> tuple[Headline | None, list[Headline]]:
    """The story on top of a home: the newest one with a picture, else the newest; and the others in their order."""
    lead = next((each for each in newest if each.image), newest[0] if newest else None)
    return lead, [each for each in newest if each is not lead]


def _section(station: StationView, slug: str, before: tuple[datetime, UUID] | None) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        found = queries.section(station.id, slug) or abort(404)
        stories = queries.newest(station.id, now, PAGE + 1, section_id=found.id, before=before)
        return "news/section.html", {
            "section": found,
            "stories": stories[:PAGE],
            "first_page": before is None,
            "older": stories[PAGE - 1].public_id if len(stories) > PAGE else None,
        }

    return compose


def _cursor(station: StationView, text: str) -> tuple[datetime, UUID]:
    """A place in the lists from an address: a day (stories before it), or a story's public id. 404 otherwise."""
    story_id = row_id("story", text)
    if story_id is not None:
        return queries.place_of(station.id, story_id) or abort(404)
    try:
        day = date.fromisoformat(text)
        return clock.day_bounds(day, the_licensee().timezone)[0], UUID(int=0)
    except (ValueError, OverflowError):
        abort(404)
