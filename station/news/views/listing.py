"""What lists of stories hold, for the pages and for the text edition: under a label, of a month or a day."""

from __future__ import annotations

from calendar import month_name
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import abort, request

from station.core import clock
from station.core.ids import row_id
from station.licensee.queries import StationView, station_by_slug, the_licensee
from station.news import queries
from station.news.queries import Headline

PAGE = 20
Place = tuple[datetime, UUID]
Context = dict[str, Any]


@dataclass(frozen=True)
class Edition:
    """The pages or the text edition: where its addresses begin, how many stories one page shows, and how many letters
    of a search it takes."""

    root: str
    size: int
    letters: int

    def at(self, station: StationView, *parts: str) -> str:
        """An address of this edition."""
        return "/".join([f"{self.root}/{station.slug}", *parts])


PAGES = Edition("", PAGE, 200)
TEXT = Edition("/text", 10, 80)  # and their headlines cut short: a page has to stay under 10 KB


def station_at(slug: str) -> StationView:
    """The station at a path, or 404."""
    return station_by_slug(slug) or abort(404)


def place_asked_for(station: StationView) -> Place | None:
    """`?before=` of the address: a day (stories before it), or a story's public id. 404 for anything else.

    There are no numbered pages: an address that asks for one is wrong, and says so.
    """
    if request.args.get("page", "1") != "1":
        abort(404)
    text = request.args.get("before")
    if text is None:
        return None
    story_id = row_id("story", text)
    if story_id is not None:
        return queries.place_of(station.id, story_id) or abort(404)
    try:
        return clock.day_bounds(date.fromisoformat(text), the_licensee().timezone)[0], UUID(int=0)
    except (ValueError, OverflowError):
        abort(404)


def labelled(station: StationView, kind: str, slug: str, before: Place | None, edition: Edition = PAGES) -> Any:
    """compose() of a section's, tag's, program's or person's stories."""

    def found(now: datetime) -> Context:
        label = queries.label(station.id, kind, slug) or abort(404)
        stories = queries.newest(station.id, now, edition.size + 1, under=(kind, label.id), before=before)
        return {
            "label": label,
            "title": label.name,
            **shown(stories, edition, edition.at(station, kind, label.slug), before),
        }

    return found


def dated(
    station: StationView, year: int, month: int, day: int | None, before: Place | None, edition: Edition
) -> Any:
    """compose() of a station-local month's or day's stories, with the way to the ones beside it."""

    def found(now: datetime) -> Context:
        zone = the_licensee().timezone
        first, after = _span(year, month, day)
        oldest = queries.first_publication(station.id)
        today = clock.local_date(now, zone)
        if first > today or oldest is None or after <= (born := clock.local_date(oldest, zone)):
            abort(404)
        since, until = (clock.day_bounds(each, zone)[0] for each in (first, after))
        from_here = min(before, (until, UUID(int=0))) if before else (until, UUID(int=0))
        stories = queries.newest(station.id, now, edition.size + 1, since=since, before=from_here)

        def path(when: date) -> str:
            return edition.at(station, "archive", *_parts(when, day is not None))

        return {
            "title": f"{month_name[month]} {f'{day}, ' if day else ''}{year}",
            "earlier": path(first - timedelta(days=1)) if first > born else None,
            "later": path(after) if after <= today else None,
            "month": edition.at(station, "archive", *_parts(first, False)) if day else None,
            "archive": edition.at(station, "archive"),
            **shown(stories, edition, path(first), before),
        }

    return found


def months(station: StationView, edition: Edition) -> Any:
    """compose() of the archive's front: every year and month since the first story."""

    def found(now: datetime) -> Context:
        zone = the_licensee().timezone
        oldest = queries.first_publication(station.id)
        today = clock.local_date(now, zone)
        start = clock.local_date(oldest if oldest and oldest <= now else now, zone).replace(day=1)
        years = range(today.year, start.year - 1, -1) if oldest else ()
        return {
            "title": f"Archive of {station.name}",
            "path": edition.at(station, "archive"),
            "years": [(year, [m for m in range(1, 13) if start <= date(year, m, 1) <= today]) for year in years],
        }

    return found


def correction_asked_for(station: StationView) -> Place | None:
    """`?before=` of the address: the correction that the page before ended with. 404 for anything else."""
    if set(request.args) - {"before"}:
        abort(404)
    text = request.args.get("before")
    if text is None:
        return None
    found = row_id("correction", text)
    return (queries.place_of_correction(station.id, found) if found else None) or abort(404)


def corrected(station: StationView, before: Place | None, edition: Edition, size: int) -> Any:
    """compose() of the log of corrections, newest first."""

    def found(now: datetime) -> Context:
        lines = queries.corrections(station.id, now, size + 1, before)
        path = edition.at(station, "corrections")
        return {
            "title": "Corrections",
            "corrections": lines[:size],
            "path": path,
            "full_url": PAGES.at(station, "corrections"),
            "first_page": before is None,
            "older": f"{path}?before={lines[size - 1].public_id}" if len(lines) > size else None,
        }

    return found


def shown(stories: list[Headline], edition: Edition, path: str, before: Place | None) -> Context:
    """Stories of one page of a list, given one more than it shows, and the way to the next page."""
    here = stories[: edition.size]
    more = len(stories) > len(here)
    return {
        "stories": here,
        "path": path,
        "first_page": before is None,
        "older": f"{path}?before={here[-1].public_id}" if more else None,
    }


def _span(year: int, month: int, day: int | None) -> tuple[date, date]:
    """First day and the day after the last one; 404 for what no calendar has."""
    try:
        first = date(year, month, day or 1)
        after = first + timedelta(days=1) if day else (first + timedelta(days=31)).replace(day=1)
        return first, after
    except (ValueError, OverflowError):
        abort(404)


def _parts(when: date, with_day: bool) -> list[str]:
    return [f"{when.year:04}", f"{when.month:02}", *([f"{when.day:02}"] if with_day else [])]
