"""Payments: money that was asked for, and what it came as."""

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


class PaymentState(StrEnum):
    CREATED = "created"  # our row; Stripe has not answered yet
    AWAITING_DONOR = "awaiting_donor"  # a Checkout Session is open
    PROCESSING = "processing"  # promised, settling (bank debit)
    SETTLED = "settled"
    FAILED = "failed"
    EXPIRED = "expired"


class PaymentKind(StrEnum):
    ONCE = "once"
    FIRST = "first"  # the first charge of a subscription
    RENEWAL = "renewal"


class Tender(StrEnum):
    """What the money came as. Only `stripe` moves by itself; the others are settled when they are entered."""

    STRIPE = "stripe"
    CHECK = "check"
    CASH = "cash"
    STOCK = "stock"
    OTHER = "other"  # a wire, a donor-advised fund's grant, payroll giving
    IMPORTED = "imported"  # history from another system: opening balances, no receipt


class Payment(Base):
    """One movement of money that was asked for. `reference` is the caller's own id (giving: the pledge)."""

    __tablename__ = "payment"
    __table_args__ = (
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("fee_cents >= 0 AND fee_cents <= amount_cents", name="fee"),
        sa.CheckConstraint("state <> 'settled' OR settled_at IS NOT NULL", name="settled_at"),
        sa.CheckConstraint("refunded_cents >= 0 AND refunded_cents <= amount_cents", name="refunded"),
        sa.CheckConstraint("lost_cents >= 0 AND lost_cents <= amount_cents", name="lost"),
        sa.CheckConstraint("cover_cents >= 0 AND goods_cents >= 0", name="parts"),
        sa.CheckConstraint("cover_cents + goods_cents <= amount_cents", name="parts_sum"),
        sa.CheckConstraint("second_cents >= 0 AND second_cents <= amount_cents", name="second_share"),
        sa.CheckConstraint("second_cents = 0 OR second_station_id IS NOT NULL", name="second_station"),
        sa.Index("ix_payment_open", "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PaymentKind] = mapped_column(enum(PaymentKind))
    state: Mapped[PaymentState] = mapped_column(enum(PaymentState), default=PaymentState.CREATED)
    reference: Mapped[UUID] = mapped_column(index=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    second_station_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("station.id"))  # of a payment for two
    second_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # its share of the amount
    subscription_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    fee_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    refunded_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # refunds that went out
    lost_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # disputes that were lost
    cover_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # added to cover fees
    goods_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # the part paid for goods
    tender: Mapped[Tender] = mapped_column(enum(Tender), default=Tender.STRIPE, server_default=Tender.STRIPE.value)
    livemode: Mapped[bool]
    checkout_session: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    checkout_url: Mapped[str] = mapped_column(sa.Text, default="")
    checkout_secret: Mapped[str] = mapped_column(sa.String(255), default="", server_default="")  # in our page
    payment_intent: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    charge: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    expected: Mapped[bool] = mapped_column(default=True, server_default=sa.true())  # a donor has said that they pay
    invoice: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    balance_transaction: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    method: Mapped[str] = mapped_column(sa.String(40), default="")  # card, us_bank_account …
    method_label: Mapped[str] = mapped_column(sa.String(80), default="")  # Visa ending 4242
    fingerprint: Mapped[str] = mapped_column(sa.String(60), default="", server_default="", index=True)  # of the card
    failure: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    settled_at: Mapped[datetime | None] = mapped_column(Utc)
    voided_at: Mapped[datetime | None] = mapped_column(Utc)  # keyed by mistake, or a check that bounced
    updated_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def kept(self) -> Money:
        """What is left of it. What was refunded and what banks took back may together be more than it was."""
        return Money(max(0, self.amount_cents - self.refunded_cents - self.lost_cents), self.currency)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
