"""Disputes: money that a donor's bank takes back, and warnings that it may. Stripe tells of them; we only answer."""

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


class DisputeState(StrEnum):
    """Stripe's own words (docs.stripe.com/api/disputes/object), and the moment before the first of them."""

    CREATED = "created"
    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


class Dispute(Base):
    """One dispute of one payment. The gift's past is never edited: its money moves in `DisputeMovement`s."""

    __tablename__ = "dispute"
    __table_args__ = (
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
        sa.Index("ix_dispute_waiting", "state", "updated_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    state: Mapped[DisputeState] = mapped_column(enum(DisputeState), default=DisputeState.CREATED)
    stripe_dispute: Mapped[str] = mapped_column(sa.String(255), unique=True)
    reason: Mapped[str] = mapped_column(sa.String(60))  # the bank's, in Stripe's word
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    refundable: Mapped[bool]  # an inquiry may be settled by a refund
    due_by: Mapped[datetime | None] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)  # evidence was sent to the bank
    opened_at: Mapped[datetime] = mapped_column(Utc, index=True)  # Stripe's
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class DisputeMovement(Base):
    """Money that a dispute moved at Stripe, as Stripe counts it: withdrawn negative, reinstated positive.

    `fee_cents` is what Stripe took for it, or gave back (negative). Append-only by trigger.
    """

    __tablename__ = "dispute_movement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    balance_transaction: Mapped[str] = mapped_column(sa.String(255), unique=True)
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    fee_cents: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime] = mapped_column(Utc)


class FraudWarning(Base):
    """A card issuer suspects fraud (docs.stripe.com/disputes/measuring#early-fraud-warnings)."""

    __tablename__ = "fraud_warning"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    stripe_warning: Mapped[str] = mapped_column(sa.String(255), unique=True)
    fraud_type: Mapped[str] = mapped_column(sa.String(60))
    actionable: Mapped[bool]  # neither disputed nor refunded in full; once it is not, it stays so
    warned_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)
