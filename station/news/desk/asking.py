"""What only the pages know of a redirect that somebody wants: whether one answers its path, and one its target."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote
from uuid import UUID

from station.core import clock
from station.licensee.queries import default_station, station_by_id
from station.news.pages.moved import routed, station_at, status_of, taken_by
from station.news.policies.moves import Target, path_key
from station.news.queries.moves import moved


class Asked:
    """Answers about pages, each asked once. None of the three methods writes anything."""

    def __init__(self) -> None:
        self._leading = cache(self._why_not_there)

    def answered(self, path: str, scope: UUID | None) -> str:
        """Why a key cannot be redirected, in words for the newsroom; nothing when it can."""
        if part := taken_by(path):
            return f"What begins with /{part} belongs to another part of the house, and is never redirected."
        station = station_by_id(scope) if scope else None
        there = station_at(path)
        if station and (there not in (None, station) or (there is None and _never_asked(scope))):
            return (
                f"{station.name} is asked for its own paths alone: begin with /{station.slug}/, or choose every host."
            )
        if routed(path) and status_of(quote(path), station) != 404:
            return "A page answers there, so that nobody would be led on."
        return ""

    def leading(self, url: str) -> str:
        """Why nobody should be led to an address of ours; nothing when it is a page, or redirected to one."""
        return self._leading(url)

    def _why_not_there(self, url: str) -> str:
        path = url if url.startswith("/") else "/" + url.partition("://")[2].partition("/")[2]
        bare = path.partition("#")[0]
        key = path_key(bare.partition("?")[0])
        station = (station_at(key) if key else None) or default_station()
        if key and moved(station.id, key, clock.now()):
            return ""
        if status_of(bare, station if not url.startswith("/") else None) >= 400:
            return f"There is no page at {bare}."
        return ""


def why_not(asked: Asked, path: str, to: Target, scope: UUID | None) -> tuple[str, str]:
    """What is wrong with the path and with the target of a redirect; nothing where it may be written."""
    return asked.answered(path, scope), asked.leading(to.url) if to.path else ""


def _never_asked(scope: UUID | None) -> bool:
    """Whether a station has neither a host of its own nor the shared one."""
    station = station_by_id(scope) if scope else None
    return station is not None and not station.host and station.id != default_station().id
