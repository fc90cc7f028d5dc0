"""What search engines ask for: robots.txt, the sitemaps and the news sitemap, of all stations together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort

from station.accounts.guards import public
from station.core.runtime import settings
from station.licensee.queries import default_station, stations
from station.news import pages, queries

sitemaps = Blueprint("sitemaps", __name__)
public(sitemaps, "machines that find pages for people read these")

MOST = 10_000  # addresses in one file; sitemaps.org allows 50,000, which take two seconds to write
MOST_NEWS = 1_000  # addresses in a news sitemap, of the last two days
FRESH = timedelta(hours=48)
XML = "application/xml; charset=utf-8"
Composed = tuple[str, dict[str, Any]]


@sitemaps.get("/robots.txt")
def robots() -> Response:
    """What machines leave alone, and where the sitemaps are."""
    lines = ("User-agent: *", "Disallow: /desk/", "Disallow: /*/search", "", *_named())
    return Response("\n".join(lines) + "\n", mimetype="text/plain", headers={"Cache-Control": "public, max-age=3600"})


@sitemaps.get("/sitemap.xml")
def index() -> Response:
    """All sitemaps."""
    return _serve("index", _index)


@sitemaps.get("/sitemap-<int:number>.xml")
def part(number: int) -> Response:
    """Number 0 holds homes and sections, the others the stories in the order they came out."""
    return _serve(number, _pages if number == 0 else lambda now: _stories(number, now))


@sitemaps.get("/sitemap-news.xml")
def news() -> Response:
    """Stories of our own of the last 48 hours."""
    return _serve("news", _news)


def _named() -> list[str]:
    return [f"Sitemap: {settings().base_url}/{name}" for name in ("sitemap.xml", "sitemap-news.xml")]


def _serve(name: str | int, compose: pages.Compose) -> Response:
    return pages.serve(("sitemap", name), default_station(), compose, mime=XML, every_station=True)


def _index(now: datetime) -> Composed:
    files = -(-queries.how_many_addresses(now) // MOST)
    return "news/feeds/sitemap_index.xml", {"numbers": range(files + 1)}


def _pages(now: datetime) -> Composed:
    slugs = {each.id: each.slug for each in stations()}
    return "news/feeds/sitemap_pages.xml", {"slugs": slugs, "places": queries.section_places(now)}


def _stories(number: int, now: datetime) -> Composed:
    if number > queries.how_many_addresses(now) // MOST + 1:
        abort(404)
    found = queries.story_addresses(now, (number - 1) * MOST, MOST) or abort(404)
    return "news/feeds/sitemap.xml", {"slugs": {each.id: each.slug for each in stations()}, "addresses": found}


def _news(now: datetime) -> Composed:
    addresses = queries.fresh_addresses(now, now - FRESH, MOST_NEWS)
    return "news/feeds/sitemap_news.xml", {
        "stations": {each.id: each for each in stations()},
        "addresses": addresses,
        "until": addresses[-1].published_at + FRESH if addresses else None,  # when the oldest is two days old
    }
