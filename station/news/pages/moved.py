"""Where no page answers: an address of old is led to where it went. Pages themselves never ask."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from station.core import clock
from station.core.db import db
from station.core.runtime import settings
from station.core.stale import key_of, told
from station.licensee.queries import NotEstablished, StationView, default_station, station_by_host, station_by_slug
from station.news.pages import keeping
from station.news.policies.moves import TEXT, path_key, with_query
from station.news.queries.moves import moved
from station.news.services import note_use

OURS = "station.news.views"  # the blueprints whose missing pages may have moved
NOT_KEPT = ("lists.search", "text.search", "slot.fragment")  # endpoints of theirs whose answers no cache keeps


def follow() -> Response | None:
    """The way from an address that no page of the news answers; None where it leads nowhere. One statement at most.

    To be asked where a page would be missing: for what belongs to other parts of the house it asks nothing.
    """
    key = path_key(request.path)
    if request.method not in ("GET", "HEAD") or key is None or taken_by(key) or g.get("as_it_is"):
        return None
    text = key.startswith(f"{TEXT}/")
    key = key.removeprefix(TEXT) if text else key
    now = clock.now()
    try:
        found = moved(_station(key).id, key, now)
    except (NotEstablished, sa.exc.SQLAlchemyError):
        db.session.rollback()
        return None
    if found is None:
        return None
    note_use(found.redirect_id, now)
    twin = f"{TEXT}{found.location}"
    location = twin if text and found.location.startswith("/") and routed(twin) else found.location
    query = request.query_string.decode("ascii", "ignore") if found.keep_query else ""
    answer = redirect(with_query(location, query), 301 if found.permanent else 302)
    answer.headers["Cache-Control"] = keeping.NO_PAGE
    if found.story_id and told():
        answer.headers["Surrogate-Key"] = key_of("story", found.story_id)
    return cast(Response, answer)


def was_perhaps_kept() -> bool:
    """Whether this request asks for a page of the news that shared caches keep while it is there.

    They have to keep that it is gone, too: else they have the old page left, and serve it when the house is down.
    """
    if request.method not in ("GET", "HEAD") or request.blueprint is None or request.endpoint in NOT_KEPT:
        return False
    return current_app.blueprints[request.blueprint].import_name.startswith(OURS)


def status_of(path: str, station: StationView | None) -> int:
    """What the house itself answers at a path, on the host of a station, with no redirect followed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    base = f"https://{station.host}" if station and station.host else settings().base_url
    with app.app_context(), app.test_request_context(path, base_url=base):
        g.as_it_is = True
        return int(app.full_dispatch_request().status_code)


def routed(path: str) -> bool:
    """Whether some page of the house has an address of this kind; whether there is one is another question."""
    bare = path.partition("?")[0].partition("#")[0]
    adapter = current_app.url_map.bind("localhost")
    try:
        adapter.match(bare, "GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def station_at(key: str) -> StationView | None:
    """The station whose pages begin with the first part of a path, if it is one's."""
    return station_by_slug(key.split("/")[1])


def taken_by(key: str) -> str:
    """Which other part of the house has what begins as this key does, for example "desk"; empty for the news."""
    first = key.split("/")[1]
    return first if first in _others(current_app._get_current_object()) else ""  # type: ignore[attr-defined]


def _station(key: str) -> StationView:
    return station_at(key) or station_by_host(request.host.partition(":")[0]) or default_station()


@lru_cache(maxsize=4)
def _others(app: Flask) -> frozenset[str]:
    """First parts of addresses that are not the news's: /desk, /give, /hooks and the rest."""
    firsts = {
        rule.rule.split("/")[1]
        for rule in app.url_map.iter_rules()
        if not app.blueprints[rule.endpoint.rpartition(".")[0]].import_name.startswith(OURS)
    }
    return frozenset(first for first in firsts if first and "<" not in first)
