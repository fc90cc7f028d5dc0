"""What is put on a home by hand, and the words that stories can be found by when a finger slipped."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc
from station.core.db import Base


class HomeSlot(Base):
    """A story that the newsroom put in a place of a home. Position 1 is the lead. It leaves by itself at `until`."""

    __tablename__ = "home_slot"
    __table_args__ = (
        sa.PrimaryKeyConstraint("station_id", "position"),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name="position"),
    )

    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    position: Mapped[int]
    story_id: Mapped[UUID] = mapped_column(sa.ForeignKey("story.id"), index=True)
    until: Mapped[datetime | None] = mapped_column(Utc)


class WordPart(Base):
    """A part of a word (policies.spelling) that stands in a headline, a teaser or a byline of a station."""

    __tablename__ = "word_part"
    __table_args__ = (
        sa.PrimaryKeyConstraint("station_id", "word", "part"),
        sa.Index("ix_word_part_part", "station_id", "part"),
    )

    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    word: Mapped[str] = mapped_column(sa.String(40))
    part: Mapped[str] = mapped_column(sa.String(8))
