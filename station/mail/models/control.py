"""What holds mail up: the emergency stop, and how fast each mailbox provider takes our mail."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class StopScope(StrEnum):
    ALL = "all"
    APPEALS = "appeals"


class MailStop(Base):
    """An emergency stop: nothing of its scope is handed over while it is not resumed."""

    __tablename__ = "mail_stop"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    scope: Mapped[StopScope] = mapped_column(enum(StopScope))
    reason: Mapped[str] = mapped_column(sa.String(300))
    stopped_at: Mapped[datetime] = mapped_column(Utc)
    stopped_by: Mapped[str] = mapped_column(sa.String(200))
    resumed_at: Mapped[datetime | None] = mapped_column(Utc, index=True)
    resumed_by: Mapped[str] = mapped_column(sa.String(200), default="")


class MailProvider(Base):
    """A group of receiving domains: when its budget is free again, and whether it asked us to wait."""

    __tablename__ = "mail_provider"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    empty_at: Mapped[datetime] = mapped_column(Utc)  # a bucket that leaks, as in core.ratelimit
    counted_at: Mapped[datetime] = mapped_column(Utc)  # receipts that went there since then take of its budget, too
    paused_until: Mapped[datetime | None] = mapped_column(Utc)
    pauses: Mapped[int] = mapped_column(default=0)  # in a row: each is longer than the one before
    last_answer: Mapped[str] = mapped_column(sa.String(300), default="")
