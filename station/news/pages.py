"""Serving prepared pages: found on the shelf or made by a template, the credit spliced in, then 200 or 304."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from flask import Response, g, get_template_attribute, render_template, request
from markupsafe import Markup
from werkzeug.http import parse_etags

from station.core import bulletin, clock
from station.core.runtime import settings
from station.licensee.queries import StationView, the_licensee
from station.news.prepared import SLOT, Edition, Finished, Page, Shelf
from station.news.queries import next_publication
from station.underwriting.slots import SlotCredit, credit_for, unsold_for

SHARED_SECONDS = 60  # how long a shared cache may keep a page without a credit
STALE_SECONDS = 30
SOLD = "private, no-cache"
HTML = "text/html; charset=utf-8"

shelf = Shelf()
Compose = Callable[[datetime], tuple[str, dict[str, Any]]]


def serve(key: Hashable, station: StationView, compose: Compose) -> Response:
    """A page of a station. `compose(now)` gives template and context; it is called only when the page is made."""
    now = clock.now()
    edition = _edition()
    page = shelf.get(key, edition, now)
    if page is None:
        page = _make(station, compose, edition, now)
        shelf.put(key, page)
    return _answer(page, station, now)


def serve_once(station: StationView, compose: Compose) -> Response:
    """A page that is not worth keeping, such as a list far back in time."""
    now = clock.now()
    return _answer(_make(station, compose, _edition(), now), station, now)


def slot_html(credit: SlotCredit) -> str:
    """The slot with a credit in it: the same on the site and in the desk's preview."""
    underwriting = get_template_attribute("parts/slot.html", "underwriting")
    return str(underwriting({"sponsor": credit.sponsor_name, "text": credit.copy, "url": credit.url}))


def _edition() -> Edition:
    version = bulletin.version
    return version("stories"), version("asks"), version("licensee")


def _make(station: StationView, compose: Compose, edition: Edition, now: datetime) -> Page:
    g.station = station
    template, context = compose(now)
    context |= {"slot": Markup(SLOT), "site_url": settings().base_url}  # noqa: S704  # our own marker
    html = render_template(template, **context)
    zone = the_licensee().timezone
    midnight = clock.day_bounds(clock.local_date(now, zone), zone)[1]
    return Page.of(html, edition, now, min(midnight, next_publication(station.id, now) or midnight))


def _answer(page: Page, station: StationView, now: datetime) -> Response:
    credit = credit_for(station.id, now) if page.has_slot else None
    key = credit.key if credit else ""
    finished = page.finished.get(key) or page.fill(key, slot_html(credit).encode() if credit else b"")
    if credit:
        keep = SOLD
    else:
        seconds = min(SHARED_SECONDS, unsold_for(now))
        keep = f"public, max-age=0, must-revalidate, s-maxage={seconds}, stale-while-revalidate={STALE_SECONDS}"
    headers = [("Content-Type", HTML), ("ETag", finished.etag), ("Cache-Control", keep)]
    if _known(finished):
        return Response(b"", 304, headers)
    return Response(finished.body, 200, headers)


def _known(finished: Finished) -> bool:
    """Whether the reader has this very page (RFC 9110 §13.1.2: weak comparison)."""
    sent = request.environ.get("HTTP_IF_NONE_MATCH")
    return sent == finished.etag or (bool(sent) and parse_etags(sent).contains_weak(finished.etag.strip('"')))
