"""Stories in words: homes, sections, lists, search, the ways to give, and the stories themselves."""

from __future__ import annotations

from datetime import datetime

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from station.core import clock
from station.licensee.queries import StationView, the_licensee
from station.news import queries
from station.news.views import listing, looking
from station.news.views.listing import TEXT, Context, correction_asked_for, place_asked_for, station_at
from station.news.views.lists import DAY
from station.news.views.plain.pages import answer, in_part, part_asked_for, text, written
from station.news.views.reading import about_story

LISTS = "news/text/_list.html"
CORRECTIONS = 3  # on one page


@text.get("/<station_slug>/", strict_slashes=False)
def home(station_slug: str) -> ResponseReturnValue:
    """The newest stories and the ways to the others. `?before=` is where the page before ended."""
    station = station_at(station_slug)
    if not request.path.endswith("/"):
        return redirect(f"/text/{station.slug}/", 308)
    before = place_asked_for(station)
    key, template = ("home", station.slug), "news/text/home.html"
    return answer(key, station, template, lambda now: _home(station, before, now), keep=before is None)


@text.get("/<station_slug>/sections")
def sections(station_slug: str) -> Response:
    """All sections."""
    station, part = station_at(station_slug), part_asked_for()
    template = "news/text/sections.html"

    def found(now: datetime) -> Context:
        links = written(LISTS, "section_link", queries.sections(station.id, now))
        about = {"title": "Sections", "full_url": f"{station.home_url}#sections"}
        return in_part(template, part, about, links)

    return answer(("sections", station.slug, part), station, template, found)


@text.get("/<station_slug>/<any(section,tag,program,person):kind>/<slug>")
def label(station_slug: str, kind: str, slug: str) -> Response:
    """Stories under a label."""
    station = station_at(station_slug)
    found = listing.labelled(station, kind, slug, before := place_asked_for(station), TEXT)
    return answer((kind, station.slug, slug), station, "news/text/list.html", found, keep=before is None)


@text.get("/<station_slug>/archive")
def archive(station_slug: str) -> Response:
    """Every month since the first story."""
    station, part = station_at(station_slug), part_asked_for()
    template, about = "news/text/archive.html", listing.months(station, TEXT)

    def found(now: datetime) -> Context:
        context = about(now)
        return in_part(template, part, context, written(LISTS, "year_of_months", context["years"]))

    return answer(("archive", station.slug, part), station, template, found)


@text.get(f"/<station_slug>/archive/{DAY}")
@text.get(f"/<station_slug>/archive/{DAY}/<int(fixed_digits=2):day>")
def dated(station_slug: str, year: int, month: int, day: int | None = None) -> Response:
    """Stories of a month or a day."""
    station = station_at(station_slug)
    found = listing.dated(station, year, month, day, before := place_asked_for(station), TEXT)
    key = ("archive", station.slug, year, month, day)
    return answer(key, station, "news/text/list.html", found, keep=before is None)


@text.get("/<station_slug>/corrections")
def corrections(station_slug: str) -> Response:
    """The log of corrections, a few a page: they stand there whole."""
    station = station_at(station_slug)
    found = listing.corrected(station, before := correction_asked_for(station), TEXT, CORRECTIONS)
    template = "news/text/corrections.html"
    return answer(("corrections", station.slug), station, template, found, keep=before is None)


@text.get("/<station_slug>/search")
def search(station_slug: str) -> Response:
    """Stories found by words."""
    station = station_at(station_slug)
    found = looking.found(station, looking.asked(request.args, TEXT), TEXT)
    return answer(("search",), station, "news/text/search.html", found, keep=False, shared=False)


@text.get("/<station_slug>/give")
def give(station_slug: str) -> Response:
    """The ways to give. The form they lead to needs no script either."""
    station = station_at(station_slug)
    about = {"title": f"Support {station.name}", "full_url": f"/give?station={station.slug}"}
    return answer(("give", station.slug), station, "news/text/give.html", lambda now: dict(about))


@text.get("/<station_slug>/story/<slug>")
def story(station_slug: str, slug: str) -> Response:
    """A story; a long one in parts (`?part=2`)."""
    station, part = station_at(station_slug), part_asked_for()
    key, template = ("story", station.slug, slug, part), "news/text/story.html"
    return answer(key, station, template, lambda now: _story(station, slug, part, now))


def _home(station: StationView, before: listing.Place | None, now: datetime) -> Context:
    stories = queries.newest(station.id, now, TEXT.size + 1, before=before)
    shown = listing.shown(stories, TEXT, f"/text/{station.slug}/", before)
    return {"title": station.name, **shown, "full_url": station.home_url}


def _story(station: StationView, slug: str, part: int, now: datetime) -> Context:
    about = about_story(station, slug, now)
    about["title"] = about["story"].headline
    about["published"] = clock.local(about["story"].published_at, the_licensee().timezone)
    above = [{"type": "image", **about["story"].image}] if about["story"].image else []
    blocks = written("news/text/_blocks.html", "block", [*above, *about["story"].blocks])
    return in_part("news/text/story.html", part, about, blocks)
