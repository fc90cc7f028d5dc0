"""A prepared page as an answer: the credit spliced in, what caches may do with it, then 200 or 304.

Behind a proxy that puts the slot in by itself (STATION_SSI), a page with a slot names the slot's own address instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Response, get_template_attribute
from werkzeug.http import parse_etags

from station.licensee.queries import StationView
from station.news.pages import keeping
from station.news.pages.prepared import Finished, Page
from station.underwriting.slots import SlotCredit, credit_for, rotation, unsold_for

HTML = "text/html; charset=utf-8"
Environ = Mapping[str, Any]


@lru_cache(maxsize=64)
def slot_html(credit: SlotCredit) -> str:
    """The slot with a credit in it: the same on the site and in the desk's preview."""
    underwriting = get_template_attribute("parts/slot.html", "underwriting")
    return str(underwriting({"sponsor": credit.sponsor_name, "text": credit.copy, "url": credit.url}))


def answer(page: Page, station: StationView, now: datetime, environ: Environ, mime: str = HTML) -> Response:
    """A page as it is answered to one request, with the credit that has its turn. Needs an app context, no more."""
    left = (page.until - now).total_seconds()
    if page.has_slot:
        left = min(left, unsold_for(now))
        if keeping.proxy_has_the_slot(environ):
            return _around_the_slot(page, station, now, left, environ)
        if credit := credit_for(station.id, now):
            finished = page.finished.get(credit.key) or page.fill(credit.key, slot_html(credit).encode())
            return _sent(finished, [("Cache-Control", keeping.SOLD)], mime, environ)
    finished = page.finished.get("") or page.fill("", b"")
    headers = keeping.shared(left, page.keys)
    if keeping.is_settled(page.changed, now):
        headers.append(("Last-Modified", page.last_modified))
        return _sent(finished, headers, mime, environ, page.changed)
    return _sent(finished, headers, mime, environ)


def answer_private(page: Page, environ: Environ) -> Response:
    """A page that no cache may keep, such as a search."""
    return _sent(page.fill("", b""), [("Cache-Control", keeping.SOLD)], HTML, environ)


def _around_the_slot(page: Page, station: StationView, now: datetime, left: float, environ: Environ) -> Response:
    """The page for a proxy that keeps it and asks for the slot at each view (docs/decisions/0013).

    Its ETag stands for what takes turns in the slot, too, so that a browser's copy shows no credit that ended.
    """
    turns = rotation(station.id, now)
    key = f"around {turns}"
    include = f'<!--#include virtual="/slot/{station.slug}" -->'.encode()
    finished = page.finished.get(key) or page.fill(key, include, turns)
    return _sent(finished, keeping.for_this_proxy(left), HTML, environ)


def _sent(
    finished: Finished, headers: keeping.Headers, mime: str, environ: Environ, changed: datetime | None = None
) -> Response:
    headers += [("Content-Type", mime), ("ETag", finished.etag)]
    if _known(finished, changed, environ):
        return Response(b"", 304, headers)
    return Response(finished.body, 200, headers)


def _known(finished: Finished, changed: datetime | None, environ: Environ) -> bool:
    """Whether the reader has this very page: by ETag, else by date (RFC 9110 §13.1.2, §13.1.3)."""
    sent = environ.get("HTTP_IF_NONE_MATCH")
    if sent is not None:
        return sent == finished.etag or parse_etags(sent).contains_weak(finished.etag.strip('"'))
    return changed is not None and keeping.unchanged(changed, environ.get("HTTP_IF_MODIFIED_SINCE"))
