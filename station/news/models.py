"""Sections and stories. A story's body is a list of typed blocks; its HTML is prepared when it changes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Json, Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class Section(Base):
    """A label above headlines, with a page of its own, at one station."""

    __tablename__ = "section"
    __table_args__ = (sa.UniqueConstraint("station_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(120))
    position: Mapped[int] = mapped_column(default=100)
    cds_collection: Mapped[str | None] = mapped_column(sa.String(80), index=True)  # NPR's topic id


class StoryState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETRACTED = "retracted"


class Story(Base):
    """A story of a station, NPR's or its own."""

    __tablename__ = "story"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "slug"),
        sa.Index("ix_story_newest", "station_id", "state", "published_at"),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    section_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("section.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[StoryState] = mapped_column(enum(StoryState), default=StoryState.DRAFT)
    headline: Mapped[str] = mapped_column(sa.String(300))
    teaser: Mapped[str] = mapped_column(sa.Text, default="")
    byline: Mapped[str] = mapped_column(sa.String(300), default="")
    owner: Mapped[str] = mapped_column(sa.String(120))  # of the copyright line: NPR, or the station
    owner_url: Mapped[str] = mapped_column(sa.String(300), default="")
    canonical_url: Mapped[str] = mapped_column(sa.String(500), default="")
    image: Mapped[dict[str, Any] | None] = mapped_column(Json)  # url, width, height, alt, caption, credit
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # {"type": "text", "html": …} and others
    no_underwriting: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)
    cds_id: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    cds_modified: Mapped[str] = mapped_column(sa.String(60), default="")
    cds_raw: Mapped[str | None] = mapped_column(sa.Text)
