"""Serving prepared pages: found on the shelf or made by a template."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, g, render_template, request
from markupsafe import Markup

from station.core import bulletin, clock
from station.core.runtime import settings
from station.licensee.queries import StationView, the_licensee
from station.news.pages import keeping
from station.news.pages.answering import HTML, answer, answer_private
from station.news.pages.prepared import SLOT, Edition, Page, Shelf
from station.news.policies import xml_text
from station.news.queries import next_change, next_of_any
from station.news.queries.moves import banner_until
from station.news.queries.showing import keys_of_page, shown_by

EDITION = ("stories", "asks", "licensee", "banners")  # the bulletins that every page is made from
MOST_ADDRESSES = 800

shelf = Shelf()
Compose = Callable[[datetime], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Asked:
    """An address that was asked for: where its page is kept, whose it is, and all versions that were known then."""

    key: Hashable
    station: StationView
    mime: str
    known: tuple[int, ...]


_asked: dict[tuple[str, str], Asked] = {}


def serve(
    key: Hashable, station: StationView, compose: Compose, *, mime: str = HTML, every_station: bool = False
) -> Response:
    """A page of a station. `compose(now)` gives template and context; it is called only when the page is made.

    `mime` is for feeds and sitemaps, which are prepared like pages; `every_station` for what shows stories of all.
    The context may name an instant `until` which the page is true, and in `lists` what kinds of things it lists,
    which are told to be `stale()` under the station's slug: ("lists",) where it says nothing and has no label.
    """
    now = clock.now()
    edition = _edition()
    page = shelf.get(key, edition, now)
    if page is None:
        page = _make(station, compose, edition, now, every_station, mime, shelf.last(key))
        shelf.put(key, page)
    _remember(Asked(key, station, mime, bulletin.everything()))
    return answer(page, station, now, request.environ, mime)


def serve_once(station: StationView, compose: Compose, *, shared: bool = True) -> Response:
    """A page that is not worth keeping, such as a list far back in time; one that is not `shared` no cache keeps."""
    now = clock.now()
    page = _make(station, compose, _edition(), now)
    return answer(page, station, now, request.environ) if shared else answer_private(page, request.environ)


def asked_before(environ: Mapping[str, Any]) -> Asked | None:
    """What a request asks for, when the same host and path were asked for before and nothing has changed since."""
    found = _asked.get((environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", "")))
    return found if found is not None and found.known == bulletin.everything() else None


def again(asked: Asked, environ: Mapping[str, Any]) -> Response | None:
    """The answer from the shelf, without a view; None when the page is not there any more. Needs an app context."""
    now = clock.now()
    page = shelf.get(asked.key, _edition(), now)
    return answer(page, asked.station, now, environ, asked.mime) if page else None


def _edition() -> Edition:
    return tuple(map(bulletin.version, EDITION))


def _make(
    station: StationView,
    compose: Compose,
    edition: Edition,
    now: datetime,
    every_station: bool = False,
    mime: str = HTML,
    last: Page | None = None,
) -> Page:
    g.station = station
    template, context = compose(now)
    context |= {"slot": Markup(SLOT), "site_url": settings().base_url}  # noqa: S704  # our own marker
    html = render_template(template, **context)
    zone = the_licensee().timezone
    today, midnight = clock.day_bounds(clock.local_date(now, zone), zone)
    until = min(midnight, context.get("until") or midnight)
    coming = next_of_any(now) if every_station else next_change(station.id, now)
    until = min(filter(None, (until, coming, banner_until(station.id, now))))
    page = Page.of(html if mime == HTML else xml_text(html), edition, now, until)
    shown = shown_by(context)
    page.keys = "sitemaps" if every_station else keys_of_page(shown, station.slug, _lists(context, page))
    if last is not None:
        page.date(min(now, last.changed) if page.like(last) else now)
    elif "until" not in context:  # pages of the air change by the clock, so that nobody knows when they last did
        page.date(keeping.unchanged_since(now, bulletin.changed(*EDITION), today, shown.newest))
    return page


def _lists(context: dict[str, Any], page: Page) -> tuple[str, ...]:
    alone = "story" in context or "label" in context
    named: tuple[str, ...] = context.get("lists", () if alone else ("lists",))
    return (*named, "slot") if page.has_slot else named


def _remember(asked: Asked) -> None:
    """Only a host that Flask has let in, and only addresses that say it all: no query."""
    sent = request.environ
    if not sent.get("QUERY_STRING") and (host := sent.get("HTTP_HOST")):
        if len(_asked) >= MOST_ADDRESSES:
            _asked.clear()
        _asked[host, sent["PATH_INFO"]] = asked
