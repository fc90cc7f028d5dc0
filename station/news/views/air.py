"""Public pages of the air: schedule, playlist, listening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, abort, request

from station.accounts.guards import public
from station.core import bulletin, clock
from station.licensee.queries import StationView, station_by_slug, the_licensee
from station.news import airtime, pages, queries
from station.news.services import PLAYLIST
from station.news.views.listing import Context

air = Blueprint("air", __name__)
public(air, "what is on the air is free to know and to hear")

AHEAD, BACK = 60, 400  # days of the schedule that have a page
KEPT = 8  # days around today whose pages are worth keeping


@air.get("/<station_slug>/listen")
def listen(station_slug: str) -> Response:
    """The stream, and what is on it."""
    station = _station(station_slug)
    key = ("listen", station.slug, bulletin.version(PLAYLIST))
    return pages.serve(key, station, _page("news/listen.html", lambda now: airtime.air(station, now)))


@air.get("/<station_slug>/schedule", defaults={"on": None})
@air.get("/<station_slug>/schedule/<on>")
def schedule(station_slug: str, on: str | None) -> Response:
    """A day of the schedule; today without one. 404 for a day too far away."""
    station = _station(station_slug)
    wanted, keep = day_of_schedule(on)
    key = ("schedule", station.slug, wanted)
    compose = _page("news/schedule.html", lambda now: scheduled_on(station, wanted, now))
    return pages.serve(key, station, compose) if keep else pages.serve_once(station, compose)


@air.get("/<station_slug>/playlist", defaults={"on": None})
@air.get("/<station_slug>/playlist/<on>")
def playlist(station_slug: str, on: str | None) -> Response:
    """What was played on a day; today without one. 404 for a day on which nothing was."""
    station = _station(station_slug)
    wanted, keep = day_of_playlist(on)
    compose = _page("news/playlist.html", lambda now: played_on(station, wanted, now))
    key = ("playlist", station.slug, wanted, bulletin.version(PLAYLIST))
    return pages.serve(key, station, compose) if keep else pages.serve_once(station, compose)


def day_of_schedule(on: str | None) -> tuple[date | None, bool]:
    """The day that an address asks for, None for today's, and whether its page is worth keeping. 404 when it is too
    far away."""
    wanted, today = _day(on), _today()
    if wanted and not _within(wanted, today):
        abort(404)
    return wanted, wanted is None or abs((wanted - today).days) <= KEPT


def day_of_playlist(on: str | None) -> tuple[date | None, bool]:
    """The same of the playlist, which has no day to come."""
    wanted, today = _day(on), _today()
    if wanted and wanted > today:
        abort(404)
    return wanted, wanted is None or (today - wanted).days <= KEPT


def scheduled_on(station: StationView, wanted: date | None, now: datetime) -> Context:
    """What every edition says of a day of the schedule."""
    zone = the_licensee().timezone
    today = clock.local_date(now, zone)
    day = wanted or today
    lines, until = airtime.day_lines(station, day, now)
    return {
        "lists": ("schedule",),
        "dated": wanted is not None,
        "day": day,
        "today": today,
        "lines": lines,
        "hours": airtime.hours_of(day, zone),
        "week": [each for each in airtime.week_of(day) if _within(each, today)],
        "weeks": [each if _within(each, today) else None for each in (day - _WEEK, day + _WEEK)],
        "beside": [each if _within(each, today) else None for each in (day - _DAY, day + _DAY)],
        "until": until,
    }


def played_on(station: StationView, wanted: date | None, now: datetime) -> Context:
    """What every edition says of a day of the playlist. Aborts with 404 for a day before today without any."""
    zone = the_licensee().timezone
    day = wanted or clock.local_date(now, zone)
    begins, ends = clock.day_bounds(day, zone)
    everything = queries.playlist(station.id, begins, ends, still=True)
    played = [each for each in everything if each.started_at <= now]
    if wanted and not played:
        abort(404)
    before, after = queries.played_around(station.id, begins, ends)
    last = played[-1] if played else None
    playing = last is not None and last.ends_at is not None and last.ends_at > now
    coming = everything[len(played)].started_at if len(everything) > len(played) else None
    return {
        "lists": ("playlist",),
        "dated": wanted is not None,
        "day": day,
        "begins": begins,
        "played": played,
        "playing": last if playing else None,
        "before": clock.local_date(before, zone) if before else None,
        "after": clock.local_date(after, zone) if after and after <= now else None,
        "until": min(filter(None, (coming, last.ends_at if last and playing else None)), default=None),
    }


_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def _page(template: str, found: Callable[[datetime], Context]) -> pages.Compose:
    text_url = f"/text{request.path}"

    def compose(now: datetime) -> tuple[str, Context]:
        return template, {"text_url": text_url, **found(now)}

    return compose


def _within(day: date, today: date) -> bool:
    return timedelta(days=-BACK) <= day - today <= timedelta(days=AHEAD)


def _station(slug: str) -> StationView:
    return station_by_slug(slug) or abort(404)


def _today() -> date:
    return clock.today(the_licensee().timezone)


def _day(text: str | None) -> date | None:
    """A day from an address, which has it in one way only: 2026-11-23. 404 otherwise."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        abort(404)
    if found and (found.isoformat() != text or not date(1970, 1, 1) < found < date(9000, 1, 1)):
        abort(404)
    return found
