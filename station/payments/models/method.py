"""What sustainers pay with, and what allows us to debit their bank accounts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class MethodState(StrEnum):
    KEPT = "kept"
    GONE = "gone"  # detached at Stripe: nothing is charged with it any more


class MandateState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    INACTIVE = "inactive"  # revoked, or dead after a return: only a new one allows debits


class PaymentMethod(Base):
    """A card, wallet or bank account that a customer at Stripe has kept with us. Its number never comes here.

    What changes is written over, and the event log keeps what it was (`payments.method.…`).
    """

    __tablename__ = "payment_method"
    __table_args__ = (
        sa.CheckConstraint("exp_month BETWEEN 1 AND 12", name="exp_month"),
        sa.CheckConstraint("(exp_month IS NULL) = (exp_year IS NULL)", name="expiry"),
        sa.Index("ix_payment_method_expiry", "exp_year", "exp_month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stripe_method: Mapped[str] = mapped_column(sa.String(255), unique=True)
    stripe_customer: Mapped[str] = mapped_column(sa.String(255), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))  # card, us_bank_account …
    label: Mapped[str] = mapped_column(sa.String(80))  # Visa ending 4242
    exp_month: Mapped[int | None]
    exp_year: Mapped[int | None]
    fingerprint: Mapped[str] = mapped_column(sa.String(60), default="")
    is_default: Mapped[bool] = mapped_column(default=False)  # of its customer: for orders without one of their own
    state: Mapped[MethodState] = mapped_column(enum(MethodState), default=MethodState.KEPT)
    livemode: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)


class Mandate(Base):
    """A donor's permission to debit a bank account (docs.stripe.com/payments/ach-direct-debit#mandates)."""

    __tablename__ = "mandate"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stripe_mandate: Mapped[str] = mapped_column(sa.String(255), unique=True)
    method_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment_method.id"), index=True)
    state: Mapped[MandateState] = mapped_column(enum(MandateState), default=MandateState.PENDING)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)
