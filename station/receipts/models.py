"""Receipts: immutable rows with a gapless number per calendar year of the gift."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc
from station.core.db import Base
from station.core.ids import new_id
from station.core.money import Money


class Acknowledged(StrEnum):
    """How a gift is acknowledged. A wrong receipt is worse than a late one: what no rule covers, a person writes."""

    RECEIPT = "receipt"
    LETTER = "letter"  # stock, and the grant of a donor-advised fund
    NONE = "none"  # history, and payroll giving: others gave the donor a record


class ReceiptCounter(Base):
    """The last number given out in a year; its row is locked while the next one is taken."""

    __tablename__ = "receipt_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """What was acknowledged, word by word. Never edited: UPDATE and DELETE are refused by trigger."""

    __tablename__ = "receipt"
    __table_args__ = (
        sa.UniqueConstraint("year", "number"),
        sa.UniqueConstraint("reference", "version"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("amount_cents > 0", name="amount"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int]
    number: Mapped[int]
    reference: Mapped[UUID]  # giving: the gift
    version: Mapped[int] = mapped_column(
        default=1, server_default="1"
    )  # the next one replaces it, under its own number
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("member.id"), index=True)
    donor_name: Mapped[str] = mapped_column(sa.String(200))
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    given_on: Mapped[date]  # station-local date of the charge
    issued_at: Mapped[datetime] = mapped_column(Utc)
    legal_name: Mapped[str] = mapped_column(sa.String(200))
    ein: Mapped[str] = mapped_column(sa.String(10))
    wording: Mapped[str] = mapped_column(sa.String(40))  # version of the words
    text: Mapped[str] = mapped_column(sa.Text)  # the receipt as rendered

    @property
    def label(self) -> str:
        """The number as printed: 2026-000123."""
        return f"{self.year}-{self.number:06d}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class ReceiptVoid(Base):
    """A receipt that holds no more, and why; the receipt and its number stay. Never edited, by trigger."""

    __tablename__ = "receipt_void"

    receipt_id: Mapped[UUID] = mapped_column(sa.ForeignKey("receipt.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(300))
    voided_at: Mapped[datetime] = mapped_column(Utc)
