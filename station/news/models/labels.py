"""By what else stories are found: programs on the air, and tags."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.db import Base
from station.core.ids import new_id


class Program(Base):
    """A program of a station: what the schedule names, and what stories were heard on."""

    __tablename__ = "program"
    __table_args__ = (sa.UniqueConstraint("station_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(120))
    source: Mapped[str] = mapped_column(sa.String(120), default="")  # whose it is: NPR, or ours
    about: Mapped[str] = mapped_column(sa.Text, default="")
    hosts: Mapped[str] = mapped_column(sa.String(300), default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    podcast: Mapped[bool] = mapped_column(default=False)  # its audio stories are a podcast feed
    artwork_url: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")  # square, 1400 to 3000
    category: Mapped[str] = mapped_column(sa.String(80), default="", server_default="")  # policies.podcasts
    explicit: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    cds_collection: Mapped[str | None] = mapped_column(sa.String(80), index=True)


class Tag(Base):
    """A word that stories share across sections."""

    __tablename__ = "tag"
    __table_args__ = (sa.UniqueConstraint("station_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(120))
    cds_collection: Mapped[str | None] = mapped_column(sa.String(80), index=True)


class StoryTag(Base):
    """A story's tag."""

    __tablename__ = "story_tag"
    __table_args__ = (sa.Index("ix_story_tag_tag", "tag_id", "story_id"),)

    story_id: Mapped[UUID] = mapped_column(sa.ForeignKey("story.id"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tag.id"), primary_key=True)
