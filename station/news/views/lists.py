"""Lists of stories: under tags, programs and people, by month and day, and found by words."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from station.accounts.guards import public
from station.news import pages
from station.news.policies.releasing.corrections import said_day
from station.news.views import listing, looking
from station.news.views.listing import PAGES, Context, correction_asked_for, place_asked_for, station_at

lists = Blueprint("lists", __name__)
public(lists, "news is free to read: no wall, no sign-in, no counting")

lists.add_app_template_filter(lambda month: month_name[month], "month_name")
lists.add_app_template_filter(said_day)

DAY = "<int(fixed_digits=4):year>/<int(fixed_digits=2):month>"
Found = Callable[[datetime], Context]


@lists.get("/<station_slug>/<any(tag,program,person):kind>/<slug>")
def label(station_slug: str, kind: str, slug: str) -> Response:
    """Stories under a tag, of a program, or by a person."""
    return under(station_slug, kind, slug)


def under(station_slug: str, kind: str, slug: str) -> Response:
    """The page of a label; only its newest stories are kept."""
    station = station_at(station_slug)
    before = place_asked_for(station)
    compose = _page("news/list.html", listing.labelled(station, kind, slug, before))
    if before is None:
        return pages.serve((kind, station_slug, slug), station, compose)
    return pages.serve_once(station, compose)


@lists.get("/<station_slug>/archive")
def archive(station_slug: str) -> Response:
    """Every month since the first story."""
    station = station_at(station_slug)
    return pages.serve(("archive", station_slug), station, _page("news/archive.html", listing.months(station, PAGES)))


@lists.get(f"/<station_slug>/archive/{DAY}")
@lists.get(f"/<station_slug>/archive/{DAY}/<int(fixed_digits=2):day>")
def dated(station_slug: str, year: int, month: int, day: int | None = None) -> Response:
    """Stories of a month or a day, newest first."""
    station = station_at(station_slug)
    before = place_asked_for(station)
    compose = _page("news/list.html", listing.dated(station, year, month, day, before, PAGES))
    if before is None:
        return pages.serve(("archive", station_slug, year, month, day), station, compose)
    return pages.serve_once(station, compose)


@lists.get("/<station_slug>/corrections")
def corrections(station_slug: str) -> Response:
    """What was wrong in stories, and what is right; `?before=` is the correction that the page before ended with."""
    station = station_at(station_slug)
    before = correction_asked_for(station)
    compose = _page("news/corrections.html", listing.corrected(station, before, PAGES, listing.PAGE))
    if before is None:
        return pages.serve(("corrections", station_slug), station, compose)
    return pages.serve_once(station, compose)


@lists.get("/<station_slug>/search")
def search(station_slug: str) -> Response:
    """Stories found by words; accents and slips of the finger are forgiven."""
    station = station_at(station_slug)
    asked = looking.asked(request.args, PAGES)
    found = looking.found(station, asked, PAGES)
    return pages.serve_once(station, _page("news/search.html", found), shared=False)


def _page(template: str, found: Found) -> pages.Compose:
    def compose(now: datetime) -> tuple[str, dict[str, Any]]:
        context = found(now)
        return template, {"text_url": f"/text{context['path']}", **context}

    return compose
