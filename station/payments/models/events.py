"""Stripe's events as they arrived."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base


class EventState(StrEnum):
    RECEIVED = "received"
    APPLIED = "applied"
    STALE = "stale"  # true, but known already, or told by another event: a recorded outcome, not an error
    IGNORED = "ignored"  # a type or an object that is not ours
    FAILED = "failed"


class StripeEvent(Base):
    """An event as Stripe sent it, raw. Inserted before the 200; applied later by a worker."""

    __tablename__ = "stripe_event"
    __table_args__ = (sa.Index("ix_stripe_event_waiting", "state", "received_at"),)

    id: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(100), index=True)
    object_id: Mapped[str] = mapped_column(sa.String(255), index=True)
    api_version: Mapped[str] = mapped_column(sa.String(60))
    livemode: Mapped[bool]
    raw: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[EventState] = mapped_column(enum(EventState), default=EventState.RECEIVED)
    outcome: Mapped[str] = mapped_column(sa.String(300), default="")
    payment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    sweep_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("stripe_sweep.id"), index=True
    )  # who found it, if lost
    made_at: Mapped[datetime] = mapped_column(Utc)
    received_at: Mapped[datetime] = mapped_column(Utc)
    applied_at: Mapped[datetime | None] = mapped_column(Utc)
