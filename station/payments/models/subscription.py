"""Subscriptions: a sustainer's standing order at Stripe."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class SubscriptionState(StrEnum):
    CREATED = "created"
    ACTIVE = "active"
    RETRYING = "retrying"  # Stripe's past_due: the last charge failed and will be tried again
    NEEDS_ACTION = "needs_action"  # no further try comes by itself: the donor must confirm, or give another method
    PAUSED = "paused"  # the donor's wish, until a day
    LAPSED = "lapsed"  # ended over charges that failed
    ENDED = "ended"  # cancelled


class Subscription(Base):
    """A sustainer's standing order at Stripe, which owns the schedule and the card retries."""

    __tablename__ = "subscription"
    __table_args__ = (sa.CheckConstraint("amount_cents > 0", name="amount"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[SubscriptionState] = mapped_column(enum(SubscriptionState), default=SubscriptionState.CREATED)
    reference: Mapped[UUID] = mapped_column(unique=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    interval: Mapped[str] = mapped_column(sa.String(10), default="month")
    livemode: Mapped[bool]
    stripe_subscription: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    stripe_customer: Mapped[str | None] = mapped_column(sa.String(255), index=True)
    current_period_end: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)
