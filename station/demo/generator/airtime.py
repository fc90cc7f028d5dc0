"""Rows of programs, the schedule and two days of playlist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from station.core import clock
from station.demo.airtime import PLAYERS, PROGRAMS, SPECIALS, WEEK, WORKS
from station.demo.generator.calendar import Calendar
from station.demo.generator.newsroom import IMAGES
from station.demo.generator.rows import Rows
from station.licensee.queries import StationView
from station.news.models import PlaylistEntry, Program, ScheduleOverride, ScheduleRule
from station.news.policies import slugify

MUSIC = "classical"  # the station that writes down what it plays
BETWEEN = 75  # seconds in which somebody speaks


def airtime(rows: Rows, calendar: Calendar, stations: Sequence[StationView]) -> None:
    """What is on the air of each station, and what was played yesterday and will have been played today."""
    for station in stations:
        programs = _programs(rows, calendar, station)
        _week(rows, calendar, station, programs)
        if station.slug == MUSIC:
            _playlist(rows, calendar, station)


def _programs(rows: Rows, calendar: Calendar, station: StationView) -> dict[str, UUID]:
    at = calendar.at(calendar.first, time(9))
    return {
        name: rows.add(
            Program,
            at,
            station_id=station.id,
            slug=slugify(name),
            name=name,
            source=source,
            about=about,
            hosts=hosts,
            url="",
            podcast=podcast,
            artwork_url=f"{IMAGES}/podcast-{slugify(name)}.png" if podcast else "",
            cds_collection=None,
        )
        for name, source, hosts, about, podcast in PROGRAMS[station.slug]
    }


def _week(rows: Rows, calendar: Calendar, station: StationView, programs: dict[str, UUID]) -> None:
    at = calendar.at(calendar.first, time(9))
    for name, days, begins, minutes in WEEK[station.slug]:
        rows.add(
            ScheduleRule,
            at,
            station_id=station.id,
            program_id=programs[name],
            title="",
            weekdays=days,
            starts=time.fromisoformat(begins),
            minutes=minutes,
            from_on=calendar.first,
            until_on=None,
        )
    title, ahead, begins, minutes, note = SPECIALS[station.slug]
    rows.add(
        ScheduleOverride,
        calendar.at(calendar.today, time(9)),
        station_id=station.id,
        program_id=None,
        title=title,
        on_date=calendar.today + timedelta(days=ahead),
        starts=time.fromisoformat(begins),
        minutes=minutes,
        note=note,
    )


def _playlist(rows: Rows, calendar: Calendar, station: StationView) -> None:
    """Piece after piece from yesterday's midnight to tonight's; pages say what has begun."""
    at, ends = (clock.day_bounds(calendar.today + timedelta(days=n), calendar.zone)[0] for n in (-1, 1))
    number = 0
    while at < ends:
        at = _piece(rows, station, at, number)
        number += 1


def _piece(rows: Rows, station: StationView, at: datetime, number: int) -> datetime:
    work = WORKS[number % len(WORKS)]
    players = PLAYERS[work.kind]
    performers, ensemble, conductor, label, catalog_number = players[number // len(WORKS) % len(players)]
    rows.add(
        PlaylistEntry,
        at,
        station_id=station.id,
        started_at=at,
        composer=work.composer,
        title=work.title,
        performers=performers,
        conductor=conductor,
        ensemble=ensemble,
        label=label,
        catalog_number=catalog_number,
        seconds=work.seconds,
        source_key=f"demo:{at.isoformat(timespec='seconds')}",
    )
    return at + timedelta(seconds=work.seconds + BETWEEN)
