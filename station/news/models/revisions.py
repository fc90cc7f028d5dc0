"""What was written of a story: its revisions, which stay as they are, and what somebody has not saved yet."""

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


class RevisionKind(StrEnum):
    """How a revision came to be: somebody saved it, put it out to readers, or took an earlier one up again."""

    SAVED = "saved"
    OUT = "out"
    RESTORED = "restored"


class StoryRevision(Base):
    """A story as it was written at one time, numbered from 1. Append-only: triggers refuse every change."""

    __tablename__ = "story_revision"
    __table_args__ = (
        sa.UniqueConstraint("story_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("(kind = 'restored') = (restored_from IS NOT NULL)", name="restored_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    story_id: Mapped[UUID] = mapped_column(sa.ForeignKey("story.id"))
    number: Mapped[int]
    kind: Mapped[RevisionKind] = mapped_column(enum(RevisionKind))
    restored_from: Mapped[int | None]
    content: Mapped[dict[str, Any]] = mapped_column(Json)  # policies.editing.Written
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    staff_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))  # None: a command or a job
    who: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(Utc)


class StoryAutosave(Base):
    """What one person has written of a story and not saved: one row each, which the next one replaces."""

    __tablename__ = "story_autosave"

    story_id: Mapped[UUID] = mapped_column(sa.ForeignKey("story.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), primary_key=True)
    base: Mapped[int]  # the revision that it began from
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    who: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(Utc)
