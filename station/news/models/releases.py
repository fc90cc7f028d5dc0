"""What was wrong in a story, and since when it is right: kept for good, whatever becomes of the story."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc
from station.core.db import Base
from station.core.ids import new_id


class Correction(Base):
    """A correction of a story, ours or its owner's. Append-only: a wrong one gets another one.

    An owner's stands among the blocks of its story already; here it is for the log.
    """

    __tablename__ = "correction"
    __table_args__ = (
        sa.UniqueConstraint("story_id", "key"),
        sa.Index("ix_correction_station", "station_id", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    story_id: Mapped[UUID] = mapped_column(sa.ForeignKey("story.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    headline: Mapped[str] = mapped_column(sa.String(300))  # of the story as it was then
    html: Mapped[str] = mapped_column(sa.Text)  # safe paragraphs
    ours: Mapped[bool]
    key: Mapped[str] = mapped_column(sa.String(64))  # of the page it was sent from, or a hash of the owner's words
