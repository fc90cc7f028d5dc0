"""What is on the air: the rules of the schedule, what is different on one day, and what was played."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc
from station.core.db import Base
from station.core.ids import new_id


class ScheduleRule(Base):
    """A program, or a mere title, at a time of the station's clocks on some days of the week."""

    __tablename__ = "schedule_rule"
    __table_args__ = (
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="until_on"),
        sa.CheckConstraint("program_id IS NOT NULL OR title <> ''", name="named"),
        sa.Index("ix_schedule_rule_station", "station_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    program_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("program.id"))
    title: Mapped[str] = mapped_column(sa.String(120), default="")  # instead of the program's name
    weekdays: Mapped[int]  # a bit a day: 1 Monday, 2 Tuesday, … 64 Sunday
    starts: Mapped[time]
    minutes: Mapped[int]
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the last day; open without one


class ScheduleOverride(Base):
    """What is on instead, on one day. It replaces whatever it overlaps."""

    __tablename__ = "schedule_override"
    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        sa.CheckConstraint("program_id IS NOT NULL OR title <> ''", name="named"),
        sa.Index("ix_schedule_override_station", "station_id", "on_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    program_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("program.id"))
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    on_date: Mapped[date]
    starts: Mapped[time]
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(sa.String(300), default="")  # for listeners: why, or with whom


class PlaylistEntry(Base):
    """A piece of music that was played."""

    __tablename__ = "playlist_entry"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "source_key"),
        sa.CheckConstraint("seconds IS NULL OR seconds BETWEEN 1 AND 86400", name="seconds"),
        sa.Index("ix_playlist_entry_station", "station_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    started_at: Mapped[datetime] = mapped_column(Utc)
    composer: Mapped[str] = mapped_column(sa.String(200), default="")
    title: Mapped[str] = mapped_column(sa.String(300))
    performers: Mapped[str] = mapped_column(sa.String(500), default="")
    conductor: Mapped[str] = mapped_column(sa.String(120), default="")
    ensemble: Mapped[str] = mapped_column(sa.String(200), default="")
    label: Mapped[str] = mapped_column(sa.String(120), default="")
    catalog_number: Mapped[str] = mapped_column(sa.String(60), default="")
    seconds: Mapped[int | None]
    source_key: Mapped[str] = mapped_column(sa.String(120))  # what the file or the desk knows it by
