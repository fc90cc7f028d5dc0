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
    on_home: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    cds_collection: Mapped[str | None] = mapped_column(sa.String(80), index=True)  # NPR's topic id


class StoryState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETRACTED = "retracted"


class Origin(StrEnum):
    """Where a story came from: only our own are edited here; those of others follow their owner."""

    LOCAL = "local"
    NPR = "npr"
    PARTNER = "partner"


class Story(Base):
    """A story of a station, NPR's or its own."""

    __tablename__ = "story"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "slug"),
        sa.Index("ix_story_newest", "station_id", "state", "published_at"),
        sa.Index("ix_story_of_section", "section_id", "state", "published_at"),
        sa.Index("ix_story_of_program", "program_id", "state", "published_at"),
        sa.Index("ix_story_changed", "station_id", "updated_at", "id"),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_at"),
        sa.CheckConstraint(
            "state <> 'published' OR embargo_until IS NULL OR published_at >= embargo_until", name="embargo_until"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    section_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("section.id"))
    slug: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[StoryState] = mapped_column(enum(StoryState), default=StoryState.DRAFT)
    origin: Mapped[Origin] = mapped_column(enum(Origin), default=Origin.LOCAL, server_default=Origin.LOCAL.value)
    language: Mapped[str] = mapped_column(sa.String(10), default="en", server_default="en")
    headline: Mapped[str] = mapped_column(sa.String(300))
    deck: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    teaser: Mapped[str] = mapped_column(sa.Text, default="")
    seo_title: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    social_title: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    noindex: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    byline: Mapped[str] = mapped_column(sa.String(300), default="")
    owner: Mapped[str] = mapped_column(sa.String(120))  # of the copyright line: NPR, or the station
    owner_url: Mapped[str] = mapped_column(sa.String(300), default="")
    canonical_url: Mapped[str] = mapped_column(sa.String(500), default="")
    image: Mapped[dict[str, Any] | None] = mapped_column(Json)  # url, width, height, alt, caption, credit
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # {"type": "text", "html": …} and others
    program_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("program.id"))
    no_underwriting: Mapped[bool] = mapped_column(default=False)
    sensitive: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # no slot, no ask beside grief
    why_quiet: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")  # of these two switches
    published_at: Mapped[datetime | None] = mapped_column(Utc)
    embargo_until: Mapped[datetime | None] = mapped_column(Utc)  # nothing lets it out before
    embargo_why: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    came_out_at: Mapped[datetime | None] = mapped_column(Utc)  # the instant whose coming out is written down
    revised_at: Mapped[datetime | None] = mapped_column(Utc)  # what readers see as "Updated"
    updated_at: Mapped[datetime] = mapped_column(Utc)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")  # of what was written: what this row holds
    cds_id: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    cds_modified: Mapped[str] = mapped_column(sa.String(60), default="")
    kept_off: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # by a person: stays so
    cds_raw: Mapped[str | None] = mapped_column(sa.Text)
