"""Reads of the schedule, the programs and the playlist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.licensee.models import Station
from station.news.models import PlaylistEntry, Program, ScheduleOverride, ScheduleRule
from station.news.policies.schedule import EVERY_DAY, Slot

LONGEST_PIECE = timedelta(hours=6)  # an opera
AROUND = timedelta(days=3)  # what reaches into a day began no earlier, and what follows it begins no later


@dataclass(frozen=True)
class RuleView:
    """A rule of the schedule, whole. `name` is what is printed; `weekdays` has a bit a day, 1 for Monday."""

    id: UUID
    station_id: UUID
    program_id: UUID | None
    title: str
    name: str
    weekdays: int
    starts: time
    minutes: int
    from_on: date
    until_on: date | None

    @property
    def public_id(self) -> str:
        return public_id("rule", self.id)


@dataclass(frozen=True)
class OverrideView:
    """What is different on one day, whole. `name` is what is printed."""

    id: UUID
    station_id: UUID
    program_id: UUID | None
    title: str
    name: str
    on_date: date
    starts: time
    minutes: int
    note: str

    @property
    def public_id(self) -> str:
        return public_id("change", self.id)


@dataclass(frozen=True)
class Played:
    """A piece that was played. `seconds` is None where nobody wrote down how long it is."""

    id: UUID
    station_id: UUID
    started_at: datetime
    composer: str
    title: str
    performers: str
    conductor: str
    ensemble: str
    label: str
    catalog_number: str
    seconds: int | None

    @property
    def public_id(self) -> str:
        return public_id("entry", self.id)

    @property
    def players(self) -> str:
        """Everybody who plays, in one line."""
        conductor = f"{self.conductor}, conductor" if self.conductor else ""
        return "; ".join(filter(None, (self.performers, self.ensemble, conductor)))

    @property
    def recording(self) -> str:
        """Label and catalog number."""
        return " ".join(filter(None, (self.label, self.catalog_number)))

    @property
    def ends_at(self) -> datetime | None:
        return self.started_at + timedelta(seconds=self.seconds) if self.seconds else None


def slots(first: date, last: date) -> dict[UUID, list[Slot]]:
    """What may be on the air on these days, by station, as the policy wants it. One statement."""
    no_date = sa.cast(sa.null(), sa.Date)
    rule, over = ScheduleRule, ScheduleOverride
    rules = _named(
        rule, rule.weekdays, rule.from_on, rule.until_on, sa.literal(""), sa.false().label("special")
    ).where(rule.from_on <= last + AROUND, sa.func.coalesce(rule.until_on, last) >= first - AROUND)
    others = _named(over, sa.literal(EVERY_DAY), over.on_date, no_date, over.note, sa.true().label("special")).where(
        over.on_date.between(first - AROUND, last + AROUND)
    )
    found: dict[UUID, list[Slot]] = defaultdict(list)
    for row in db.session().execute(rules.union_all(others)):
        found[row[0]].append(_slot(row[1:]))
    return found


def with_playlist() -> frozenset[UUID]:
    """The stations that write down what they play."""
    played = sa.exists().where(PlaylistEntry.station_id == Station.id)
    return frozenset(db.session().scalars(sa.select(Station.id).where(played)))


def rules(station_id: UUID) -> list[RuleView]:
    """Every rule of a station, those that have ended too; by time of day."""
    rows = db.session().execute(
        sa.select(ScheduleRule, Program.name)
        .outerjoin(Program, Program.id == ScheduleRule.program_id)
        .where(ScheduleRule.station_id == station_id)
        .order_by(ScheduleRule.starts, ScheduleRule.weekdays, ScheduleRule.from_on, ScheduleRule.id)
    )
    return [_rule(row, name) for row, name in rows]


def rule(rule_id: UUID) -> RuleView | None:
    """A rule by its id."""
    row = db.session().get(ScheduleRule, rule_id)
    return _rule(row, _program_name(row.program_id)) if row else None


def overrides(station_id: UUID, since: date) -> list[OverrideView]:
    """What is different from a day on, in order."""
    rows = db.session().execute(
        sa.select(ScheduleOverride, Program.name)
        .outerjoin(Program, Program.id == ScheduleOverride.program_id)
        .where(ScheduleOverride.station_id == station_id, ScheduleOverride.on_date >= since)
        .order_by(ScheduleOverride.on_date, ScheduleOverride.starts, ScheduleOverride.id)
    )
    return [_override(row, name) for row, name in rows]


def override(override_id: UUID) -> OverrideView | None:
    """What is different on one day, by its id."""
    row = db.session().get(ScheduleOverride, override_id)
    return _override(row, _program_name(row.program_id)) if row else None


def programs(station_id: UUID) -> list[Program]:
    """Programs of a station by name. Rows to read."""
    rows = db.session().scalars(
        sa.select(Program).where(Program.station_id == station_id).order_by(Program.name, Program.id)
    )
    return list(rows)


def program(program_id: UUID) -> Program | None:
    """A program by its id. A row to read."""
    return db.session().get(Program, program_id)


def playlist(station_id: UUID, begins: datetime, ends: datetime, *, still: bool = False) -> list[Played]:
    """What was played between two instants, in order; with `still` also the piece that had begun before."""
    entry, since = PlaylistEntry, begins - LONGEST_PIECE if still else begins
    found = _played(
        sa.select(entry)
        .where(entry.station_id == station_id, entry.started_at >= since, entry.started_at < ends)
        .order_by(entry.started_at, entry.id)
    )
    inside = [each for each in found if each.started_at >= begins]
    before = next((each for each in reversed(found) if each.started_at < begins), None)
    return [before, *inside] if before and before.ends_at and before.ends_at > begins else inside


def played(entry_id: UUID) -> Played | None:
    """A piece by the id of its entry."""
    found = _played(sa.select(PlaylistEntry).where(PlaylistEntry.id == entry_id))
    return found[0] if found else None


def played_around(station_id: UUID, begins: datetime, ends: datetime) -> tuple[datetime | None, datetime | None]:
    """When the last piece before `begins` and the first from `ends` on were played; one statement."""
    at, here = PlaylistEntry.started_at, PlaylistEntry.station_id == station_id
    before = sa.select(sa.func.max(at)).where(here, at < begins).scalar_subquery()
    after = sa.select(sa.func.min(at)).where(here, at >= ends).scalar_subquery()
    row = db.session().execute(sa.select(before, after)).one()
    return row[0], row[1]


def playing(station_id: UUID, at: datetime) -> tuple[Played | None, datetime | None]:
    """The piece that is played at an instant, if one is; and when the list says something else, if it does."""
    entry = PlaylistEntry
    near = _played(
        sa.select(entry)
        .where(entry.station_id == station_id, entry.started_at > at - LONGEST_PIECE)
        .order_by(entry.started_at)
    )
    last = max((each for each in near if each.started_at <= at), key=lambda each: each.started_at, default=None)
    coming = min((each.started_at for each in near if each.started_at > at), default=None)
    if last is None or last.ends_at is None or last.ends_at <= at:
        return None, coming
    return last, min(filter(None, (last.ends_at, coming)))


def _named(table: type[ScheduleRule] | type[ScheduleOverride], *more: Any) -> Any:
    name = sa.case((table.title != "", table.title), else_=Program.name)
    columns = (table.station_id, table.id, name, Program.slug, table.starts, table.minutes, *more)
    return sa.select(*columns).outerjoin(Program, Program.id == table.program_id)


def _slot(row: Sequence[Any]) -> Slot:
    key, title, program, starts, minutes, weekdays, first, last, note, special = row
    until = first if special else last
    return Slot(str(key), title, weekdays, starts, minutes, first, until, bool(special), note, program or "")


def _rule(row: ScheduleRule, name: str | None) -> RuleView:
    return RuleView(
        row.id,
        row.station_id,
        row.program_id,
        row.title,
        row.title or name or "",
        row.weekdays,
        row.starts,
        row.minutes,
        row.from_on,
        row.until_on,
    )


def _override(row: ScheduleOverride, name: str | None) -> OverrideView:
    return OverrideView(
        row.id,
        row.station_id,
        row.program_id,
        row.title,
        row.title or name or "",
        row.on_date,
        row.starts,
        row.minutes,
        row.note,
    )


def _program_name(program_id: UUID | None) -> str | None:
    return db.session().scalar(sa.select(Program.name).where(Program.id == program_id)) if program_id else None


def _played(query: sa.Select[Any]) -> list[Played]:
    names = Played.__dataclass_fields__
    return [Played(**{name: getattr(row, name) for name in names}) for row in db.session().scalars(query)]
