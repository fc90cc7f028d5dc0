"""Refunds: money that goes back to a donor because we send it."""

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


class RefundState(StrEnum):
    CREATED = "created"  # our row; what Stripe did is unknown until it has answered
    PENDING = "pending"  # Stripe has taken it on
    SUCCEEDED = "succeeded"  # it went out; the donor's bank may still send it back
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundReason(StrEnum):
    """Why we give money back. The first three are Stripe's own words; it is told no other."""

    REQUESTED = "requested_by_customer"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"  # Stripe puts the card on its block list
    AMOUNT = "wrong_amount"
    OTHER = "other"


class RefundOrigin(StrEnum):
    DESK = "desk"  # asked for here, sent by Stripe
    STRIPE = "stripe"  # made in Stripe's dashboard, adopted
    HAND = "hand"  # a check or a transfer that somebody sent


class Refund(Base):
    """One refund of one payment. Two equal partial refunds are two rows, each with keys of its own."""

    __tablename__ = "refund"
    __table_args__ = (
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("state <> 'succeeded' OR (succeeded_at IS NOT NULL AND booked)", name="succeeded"),
        sa.CheckConstraint("origin <> 'hand' OR stripe_refund IS NULL", name="by_hand"),
        sa.Index("ix_refund_waiting", "state", "updated_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    state: Mapped[RefundState] = mapped_column(enum(RefundState), default=RefundState.CREATED)
    origin: Mapped[RefundOrigin] = mapped_column(enum(RefundOrigin))
    reason: Mapped[RefundReason] = mapped_column(enum(RefundReason))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    quiet: Mapped[bool] = mapped_column(default=False)  # the donor is told nothing: it was a tester of stolen cards
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    booked: Mapped[bool] = mapped_column(default=False)  # it stands in the ledger
    stripe_refund: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    balance_transaction: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    failure_balance_transaction: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    sent_as: Mapped[str] = mapped_column(sa.String(80), default="")  # by hand: check 1042
    failure: Mapped[str] = mapped_column(sa.String(500), default="")
    asked_by: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(Utc)
    succeeded_at: Mapped[datetime | None] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
