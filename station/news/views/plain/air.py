"""The air in words: listening, a day of the schedule, a day of the playlist."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response

from station.core import bulletin
from station.core.words import WEEKDAYS, day
from station.licensee.queries import StationView
from station.news import airtime
from station.news.services import PLAYLIST
from station.news.views.air import day_of_playlist, day_of_schedule, played_on, scheduled_on
from station.news.views.listing import Context, station_at
from station.news.views.plain.pages import answer, in_part, part_asked_for, text, written

MACROS = "news/text/_air.html"


@text.get("/<station_slug>/listen")
def listen(station_slug: str) -> Response:
    """The address of the stream, and what is on it."""
    station = station_at(station_slug)

    def found(now: datetime) -> Context:
        return {"title": "Listen live", **airtime.air(station, now)}

    return answer(("listen", station.slug, bulletin.version(PLAYLIST)), station, "news/text/listen.html", found)


@text.get("/<station_slug>/schedule", defaults={"on": None})
@text.get("/<station_slug>/schedule/<on>")
def schedule(station_slug: str, on: str | None) -> Response:
    """A day of the schedule; today without one."""
    station, part = station_at(station_slug), part_asked_for()
    wanted, keep = day_of_schedule(on)
    key = ("schedule", station.slug, wanted, part)
    return answer(key, station, SCHEDULE, lambda now: _schedule(station, wanted, part, now), keep=keep)


@text.get("/<station_slug>/playlist", defaults={"on": None})
@text.get("/<station_slug>/playlist/<on>")
def playlist(station_slug: str, on: str | None) -> Response:
    """What was played on a day; today without one."""
    station, part = station_at(station_slug), part_asked_for()
    wanted, keep = day_of_playlist(on)
    key = ("playlist", station.slug, wanted, part, bulletin.version(PLAYLIST))
    return answer(key, station, PLAYED, lambda now: _playlist(station, wanted, part, now), keep=keep)


SCHEDULE, PLAYED = "news/text/schedule.html", "news/text/playlist.html"


def _schedule(station: StationView, wanted: date | None, part: int, now: datetime) -> Context:
    about = scheduled_on(station, wanted, now)
    title = f"Schedule, {_named(about['day'])}"
    lines = written(MACROS, "line", [(station, each) for each in about["lines"]])
    return in_part(SCHEDULE, part, {**about, "title": title}, lines)


def _playlist(station: StationView, wanted: date | None, part: int, now: datetime) -> Context:
    about = played_on(station, wanted, now)
    newest_first = reversed(about["played"])
    pieces = written(MACROS, "piece", [(each, each == about["playing"]) for each in newest_first])
    return in_part(PLAYED, part, {**about, "title": f"Playlist, {_named(about['day'])}"}, pieces)


def _named(when: date) -> str:
    return f"{WEEKDAYS[when.weekday()]}, {day(when)}"
