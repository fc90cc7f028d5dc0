"""Writing the schedule and the programs. Each change bumps two bulletins.

"stories", because homes say what is on, and "schedule", under which each process holds today's schedule.
"""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import bulletin, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.stale import key_of, stale
from station.licensee.queries import station_by_id
from station.news.models import Program, ScheduleOverride, ScheduleRule
from station.news.policies import slugify
from station.news.policies.seen import same_as_seen
from station.news.services.labelling import free_slug
from station.news.services.writing import BULLETIN

SCHEDULE = "schedule"
# what a page shows of each: policies.seen.mark() of it is `seen` below
RULE = ("program_id", "title", "weekdays", "starts", "minutes", "from_on", "until_on")
CHANGE = ("program_id", "title", "on_date", "starts", "minutes", "note")
PROGRAM = ("name", "source", "about", "hosts", "url", "podcast", "artwork_url", "category", "explicit")

Timed = ScheduleRule | ScheduleOverride


def keep_rule(
    rule_id: UUID | None,
    station_id: UUID,
    program_id: UUID | None,
    title: str,
    weekdays: int,
    starts: time,
    minutes: int,
    from_on: date,
    until_on: date | None,
    actor: Actor,
    *,
    seen: str | None = None,
) -> UUID:
    """Write a rule of the schedule down, or change it; returns its id.

    Raises NoResultFound for an unknown one, and policies.seen.ChangedSince.
    """
    with transaction() as session:
        if rule_id:
            row = session.get_one(ScheduleRule, rule_id, with_for_update=True)
            same_as_seen(row, RULE, seen)
        else:
            row = ScheduleRule(id=new_id(), station_id=station_id)
        row.program_id, row.title, row.weekdays = program_id, title, weekdays
        row.starts, row.minutes, row.from_on, row.until_on = starts, minutes, from_on, until_on
        session.add(row)
        session.flush()
        _tell(session, "news.schedule.kept", row, actor)
        return row.id


def end_rule(rule_id: UUID, last_day: date, actor: Actor) -> None:
    """Let a rule end with a day; one that has not begun by then is removed. Raises NoResultFound."""
    with transaction() as session:
        row = session.get_one(ScheduleRule, rule_id, with_for_update=True)
        _tell(session, "news.schedule.ended", row, actor, last_day=last_day.isoformat())
        if row.from_on > last_day:
            session.delete(row)
        elif row.until_on is None or row.until_on > last_day:
            row.until_on = last_day


def keep_override(
    override_id: UUID | None,
    station_id: UUID,
    program_id: UUID | None,
    title: str,
    on_date: date,
    starts: time,
    minutes: int,
    note: str,
    actor: Actor,
    *,
    seen: str | None = None,
) -> UUID:
    """Write down what is different on a day, or change it; returns its id.

    Raises NoResultFound, and policies.seen.ChangedSince.
    """
    with transaction() as session:
        if override_id:
            row = session.get_one(ScheduleOverride, override_id, with_for_update=True)
            same_as_seen(row, CHANGE, seen)
        else:
            row = ScheduleOverride(id=new_id(), station_id=station_id)
        row.program_id, row.title, row.on_date = program_id, title, on_date
        row.starts, row.minutes, row.note = starts, minutes, note
        session.add(row)
        session.flush()
        _tell(session, "news.schedule.changed", row, actor, day=on_date.isoformat())
        return row.id


def remove_override(override_id: UUID, actor: Actor) -> None:
    """Let a day be as its rules say. Raises NoResultFound."""
    with transaction() as session:
        row = session.get_one(ScheduleOverride, override_id, with_for_update=True)
        _tell(session, "news.schedule.restored", row, actor, day=row.on_date.isoformat())
        session.delete(row)


def keep_program(
    program_id: UUID | None,
    station_id: UUID,
    name: str,
    source: str,
    about: str,
    hosts: str,
    url: str,
    podcast: bool,
    actor: Actor,
    *,
    artwork_url: str = "",
    category: str = "",
    explicit: bool = False,
    seen: str | None = None,
) -> UUID:
    """Write a program down, or change it; returns its id. Its address stays as it was.

    The three before `seen` are the podcast's: its picture, its category (policies.podcasts), whether it needs a
    warning. Raises NoResultFound, and policies.seen.ChangedSince.
    """
    with transaction() as session:
        if program_id:
            row = session.get_one(Program, program_id, with_for_update=True)
            same_as_seen(row, PROGRAM, seen)
        else:
            row = _new_program(session, station_id, name)
        row.name, row.source, row.about, row.hosts, row.url, row.podcast = name, source, about, hosts, url, podcast
        row.artwork_url, row.category, row.explicit = artwork_url, category, explicit
        session.add(row)
        session.flush()
        _bump("station", row.station_id)  # its name stands on its own page and on those of its stories
        events.record("news.program.kept", actor, [Subject("program", row.id)], {"name": name})
        return row.id


def _new_program(session: Session, station_id: UUID, name: str) -> Program:
    here = sa.select(Program.slug).where(Program.station_id == station_id)
    slug = free_slug(
        slugify(name)[:70],
        lambda text: set(session.scalars(here.where(Program.slug.startswith(text, autoescape=True)))),
    )
    return Program(id=new_id(), station_id=station_id, slug=slug, cds_collection=None)


def _bump(kind: str, station_id: UUID) -> None:
    bulletin.bump(BULLETIN)
    bulletin.bump(SCHEDULE)
    stale(key_of(kind, station_by_id(station_id).slug))


def _tell(session: Session, name: str, row: Timed, actor: Actor, **data: str) -> None:
    _bump("schedule", row.station_id)
    program = session.get(Program, row.program_id) if row.program_id else None
    kind = "schedule_rule" if isinstance(row, ScheduleRule) else "schedule_override"
    events.record(
        name,
        actor,
        [Subject(kind, row.id)],
        {"title": row.title or (program.name if program else ""), "starts": f"{row.starts:%H:%M}", **data},
    )
