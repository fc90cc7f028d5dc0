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
from station.core.money import Money


class SubscriptionState(StrEnum):
    CREATED = "created"
    ACTIVE = "active"
    RETRYING = "retrying"  # Stripe's past_due: the last charge failed and will be tried again
    NEEDS_ACTION = "needs_action"  # no further try comes by itself: the donor must confirm, or give another method
    PAUSED = "paused"  # the donor's wish, until a day
    LAPSED = "lapsed"  # ended over charges that failed
    ENDED = "ended"  # cancelled


class Interval(StrEnum):
    """How often a standing order is charged."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def adjective(self) -> str:
        """As a word before a noun: a quarterly gift."""
        return f"{self.value}ly"


class Subscription(Base):
    """A sustainer's standing order at Stripe, which owns the schedule and the card retries.

    `charge_day` is what the donor chose: 1 to 31, in a shorter month its last day. Without it
    Stripe's own day stands. `method_id` is what it charges by its own word; without it, its customer's default.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("charge_day BETWEEN 1 AND 31", name="charge_day"),
        sa.CheckConstraint("interval IN ('month', 'quarter', 'year')", name="interval"),
        sa.CheckConstraint("cover_cents >= 0 AND cover_cents < amount_cents", name="cover"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[SubscriptionState] = mapped_column(enum(SubscriptionState), default=SubscriptionState.CREATED)
    reference: Mapped[UUID] = mapped_column(unique=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    second_station_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("station.id"))  # half of each charge is its
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    cover_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # part of it
    currency: Mapped[str] = mapped_column(sa.String(3))
    interval: Mapped[str] = mapped_column(sa.String(10), default=Interval.MONTH.value)  # an Interval
    charge_day: Mapped[int | None]
    livemode: Mapped[bool]
    stripe_subscription: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    stripe_customer: Mapped[str | None] = mapped_column(sa.String(255), index=True)
    method_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payment_method.id"), index=True)
    current_period_end: Mapped[datetime | None] = mapped_column(Utc)
    paused_until: Mapped[datetime | None] = mapped_column(Utc)  # a pause without it has no end
    ends_at: Mapped[datetime | None] = mapped_column(Utc)  # cancelled, and runs until then
    end_reason: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")
    started_at: Mapped[datetime | None] = mapped_column(Utc)  # none: it never began, or before this was written down
    adopted_at: Mapped[datetime | None] = mapped_column(Utc)  # it ran before us; what was charged earlier is not ours
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
