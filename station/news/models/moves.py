"""Where addresses lead that no page answers any more, how often they are asked for; and the banner."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id

EVERYWHERE = sa.text("station_id IS NULL")


class Redirect(Base):
    """An address and what answers in its place: a story, by its id, or a path or web address.

    `path` and `target_path` are keys (policies.moves.path_key); the latter is empty for what is not ours. Without a
    station it holds on every host. An automatic one was the address of a story.
    """

    __tablename__ = "redirect"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "path"),
        sa.Index("ix_redirect_path", "path", unique=True, sqlite_where=EVERYWHERE, postgresql_where=EVERYWHERE),
        sa.CheckConstraint("(story_id IS NULL) = (target <> '')", name="one_target"),
        sa.CheckConstraint("NOT automatic OR story_id IS NOT NULL", name="automatic"),
        sa.CheckConstraint("target_path <> path", name="no_loop"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("station.id"))
    path: Mapped[str] = mapped_column(sa.String(500))
    story_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("story.id"), index=True)
    target: Mapped[str] = mapped_column(sa.String(2000), default="")
    target_path: Mapped[str] = mapped_column(sa.String(500), default="")
    permanent: Mapped[bool] = mapped_column(default=True)  # 301, else 302
    keep_query: Mapped[bool] = mapped_column(default=True)
    automatic: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    made_at: Mapped[datetime] = mapped_column(Utc)
    made_by: Mapped[str] = mapped_column(sa.String(200))


class RedirectUse(Base):
    """How often an old address was asked for on a station-local day."""

    __tablename__ = "redirect_use"

    redirect_id: Mapped[UUID] = mapped_column(sa.ForeignKey("redirect.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


class BannerLevel(StrEnum):
    BREAKING = "breaking"
    NOTICE = "notice"


class Banner(Base):
    """The line above every page of a station: one at a time, between two instants at most 48 hours apart.

    `edition` is new with each change, so that two editors notice each other.
    """

    __tablename__ = "banner"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="span"),
        sa.CheckConstraint("story_id IS NULL OR url = ''", name="one_link"),
    )

    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"), primary_key=True)
    edition: Mapped[UUID] = mapped_column(default=new_id)
    level: Mapped[BannerLevel] = mapped_column(enum(BannerLevel))
    headline: Mapped[str] = mapped_column(sa.String(140))
    story_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("story.id"), index=True)
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    starts_at: Mapped[datetime] = mapped_column(Utc)
    ends_at: Mapped[datetime] = mapped_column(Utc)
    made_at: Mapped[datetime] = mapped_column(Utc)
    made_by: Mapped[str] = mapped_column(sa.String(200))
