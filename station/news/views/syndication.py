"""Feeds of stories: RSS, Atom and JSON Feed of a station and of a section; a podcast of a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, url_for
from markupsafe import Markup

from station.accounts.guards import public
from station.core.runtime import settings
from station.licensee.queries import StationView, station_by_slug, the_licensee
from station.news import pages, queries
from station.news.markup import fragments, plain
from station.news.policies import (
    cdata,
    changed_at,
    copyright_line,
    offered,
    offered_until,
    podcast_guid,
    readable_address,
    rfc822,
)
from station.news.policies.podcasts import artwork_of, category_parts
from station.news.queries import LabelView, SectionView, StoryView, recording
from station.news.views.entries import json_feed
from station.news.views.reading import about_story

feeds = Blueprint("feeds", __name__)
public(feeds, "feeds are free to read, like the pages they speak of")
feeds.add_app_template_filter(rfc822)
feeds.add_app_template_filter(lambda html: Markup(cdata(str(html))), "cdata")  # noqa: S704  # its end is split

ITEMS = 20
EPISODES = 200
KINDS = {
    "rss": ("news/feeds/rss.xml", "application/rss+xml; charset=utf-8"),
    "atom": ("news/feeds/atom.xml", "application/atom+xml; charset=utf-8"),
    "json": ("news/feeds/feed.json", "application/feed+json; charset=utf-8"),
}
PLAIN = "text/plain; charset=utf-8"
Composed = tuple[str, dict[str, Any]]


@feeds.get("/<station_slug>/feed.<any(rss,atom,json):suffix>")
def station(station_slug: str, suffix: str) -> Response:
    """The newest stories of a station, whole."""
    found = _station(station_slug)
    return pages.serve(("feed", suffix, found.slug), found, _feed(found, suffix, None), mime=KINDS[suffix][1])


@feeds.get("/<station_slug>/section/<slug>/feed.<any(rss,atom,json):suffix>")
def section(station_slug: str, slug: str, suffix: str) -> Response:
    """The newest stories of a section, whole."""
    found = _station(station_slug)
    return pages.serve(("feed", suffix, found.slug, slug), found, _feed(found, suffix, slug), mime=KINDS[suffix][1])


@feeds.get("/<station_slug>/program/<slug>/podcast.rss")
def podcast(station_slug: str, slug: str) -> Response:
    """The recordings of a program that are our own."""
    found = _station(station_slug)
    return pages.serve(("podcast", found.slug, slug), found, _podcast(found, slug), mime=KINDS["rss"][1])


@feeds.get("/<station_slug>/story/<slug>/transcript.txt")
def transcript(station_slug: str, slug: str) -> Response:
    """The words of a story's recording, for podcast programs. 404 where nobody wrote them down."""
    found = _station(station_slug)
    return pages.serve(("transcript", found.slug, slug), found, _transcript(found, slug), mime=PLAIN)


def _station(slug: str) -> StationView:
    return station_by_slug(slug) or abort(404)


def _feed(station: StationView, kind: str, slug: str | None) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        section = (queries.section(station.id, slug) or abort(404)) if slug else None
        found = queries.newest_whole(station.id, now, ITEMS, section_id=section.id if section else None)
        stories = [replace(each, blocks=offered(each.blocks, now)) for each in found]
        context = _about(station, section, kind, now) | {"items": [_item(each, station) for each in stories]}
        context |= offered_until([block for each in found for block in each.blocks], now)
        context["updated"] = max((each["changed"] for each in context["items"]), default=None) or now
        if kind == "json":
            context["document"] = json_feed(context)
        return KINDS[kind][0], context

    return compose


def _about(station: StationView, section: SectionView | None, kind: str, now: datetime) -> dict[str, Any]:
    site = settings().base_url
    named: dict[str, Any] = {"station_slug": station.slug, **({"slug": section.slug} if section else {})}
    endpoint = "feeds.section" if section else "feeds.station"
    page = url_for("news.section", **named) if section else station.home_url
    return {
        "title": f"{section.name} · {station.name}" if section else station.name,
        "about": f"{section.name} from {station.name}" if section else station.tagline,
        "page_url": page if "://" in page else site + page,
        "self_url": site + url_for(endpoint, **named, suffix=kind),
        "copyright_line": copyright_line(the_licensee().short_name, now, the_licensee().timezone),
        "station": station,
    }


def _item(story: StoryView, station: StationView) -> dict[str, Any]:
    """A story as a feed carries it. Links and pictures of ours get the whole address."""
    if story.published_at is None:
        raise ValueError(f"{story.slug} was never published")
    return {
        "story": story,
        "url": settings().base_url + url_for("news.story", station_slug=station.slug, slug=story.slug),
        "changed": changed_at(story.published_at, story.revised_at, story.blocks),
        "authors": [each.name for each in story.people] or ([story.byline] if story.byline else []),
        "labels": [each.name for each in (story.section, *story.tags) if each],
        "recording": recording(story),
        "copyright_line": copyright_line(story.owner, story.published_at, the_licensee().timezone),
        "owner_address": readable_address(story.owner_url),
    }


def _podcast(station: StationView, slug: str) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        program = queries.label(station.id, "program", slug)
        if program is None or not program.podcast:
            abort(404)
        items = [_item(each, station) for each in queries.own_sounds(station.id, program.id, now, EPISODES)]
        return "news/feeds/podcast.xml", _of_program(program, station, now) | {
            "items": items,
            "updated": max((each["changed"] for each in items), default=None) or now,
        }

    return compose


def _of_program(program: LabelView, station: StationView, now: datetime) -> dict[str, Any]:
    url = settings().base_url + url_for("feeds.podcast", station_slug=station.slug, slug=program.slug)
    return {
        **_about(station, None, "rss", now),
        "program": program,
        "page_url": settings().base_url + f"/{station.slug}/program/{program.slug}",
        "self_url": url,
        "guid": podcast_guid(url),
        "artwork_url": program.artwork_url,
        "artwork_file": artwork_of(station.brand),
        "category": category_parts(program.category, station.format == "Classical"),
    }


def _transcript(station: StationView, slug: str) -> Callable[[datetime], Composed]:
    def compose(now: datetime) -> Composed:
        about = about_story(station, slug, now)
        heard = recording(about["story"])
        if heard is None or not heard.get("transcript"):
            abort(404)
        said = [plain(piece.html) for piece in fragments(heard["transcript"])]
        return "news/feeds/transcript.txt", about | {"said": said}

    return compose
