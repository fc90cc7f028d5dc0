"""What is closed, and what was swept."""

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


class Period(Base):
    """A month of the books that has been closed, or was and is open again. Months nobody closed have no row."""

    __tablename__ = "period"

    month: Mapped[str] = mapped_column(sa.String(7), primary_key=True)  # 2026-11, station-local
    ends_at: Mapped[datetime] = mapped_column(Utc, index=True)  # the first instant after it
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_by: Mapped[str] = mapped_column(sa.String(200), default="")
    reopened_at: Mapped[datetime | None] = mapped_column(Utc)
    reopened_by: Mapped[str] = mapped_column(sa.String(200), default="")
    reason: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was opened again


class SweepKind(StrEnum):
    EVENTS = "events"
    LINES = "lines"
    COMPARISON = "comparison"


class StripeSweep(Base):
    """One look at what Stripe keeps that nobody told us: when, how much was looked at, found, and mended."""

    __tablename__ = "stripe_sweep"
    __table_args__ = (sa.Index("ix_stripe_sweep_newest", "kind", "began_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[SweepKind] = mapped_column(enum(SweepKind))
    since: Mapped[datetime] = mapped_column(Utc)  # what happened at Stripe from here on was looked at
    until: Mapped[datetime] = mapped_column(Utc)
    began_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime] = mapped_column(Utc)
    looked: Mapped[int]
    found: Mapped[int]
    mended: Mapped[int]
    notes: Mapped[list[str]] = mapped_column(Json)  # what was found, one line each
    numbers: Mapped[dict[str, Any]] = mapped_column(Json)  # a comparison's sums, in cents
