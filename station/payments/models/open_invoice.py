"""Invoices of renewals that were not paid at once."""

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


class InvoiceState(StrEnum):
    OPEN = "open"
    SETTLING = "settling"  # promised: a bank debit is on its way
    PAID = "paid"
    VOID = "void"  # nobody owes it: a gift is no debt
    UNCOLLECTIBLE = "uncollectible"  # given up at Stripe


class OpenInvoice(Base):
    """A renewal's invoice that a first try did not pay. Those that are paid at once have no row here.

    `next_attempt_at` is Stripe's own next try; empty means that none comes by itself. There is one owner of retries:
    cards are Stripe's, and of a bank debit a person or the donor decides.
    """

    __tablename__ = "open_invoice"
    __table_args__ = (
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.Index("ix_open_invoice_waiting", "state", "billed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subscription_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    stripe_invoice: Mapped[str] = mapped_column(sa.String(255), unique=True)
    state: Mapped[InvoiceState] = mapped_column(enum(InvoiceState), default=InvoiceState.OPEN)
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    kind: Mapped[str] = mapped_column(sa.String(40), default="")  # of the method that was tried
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Utc)
    decline_code: Mapped[str] = mapped_column(sa.String(60), default="")
    failure: Mapped[str] = mapped_column(sa.String(500), default="")  # Stripe's sentence
    asks: Mapped[bool] = mapped_column(default=False)  # the bank wants the donor to confirm
    page_url: Mapped[str] = mapped_column(sa.Text, default="")  # Stripe's page of the invoice
    billed_at: Mapped[datetime] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
