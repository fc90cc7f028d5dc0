"""Receipts: immutable rows with a gapless number per calendar year of the gift."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Json, Utc
from station.core.db import Base
from station.core.ids import new_id
from station.core.money import Money


class Acknowledged(StrEnum):
    """How a gift is acknowledged. A wrong receipt is worse than a late one: what no rule covers, a person writes."""

    RECEIPT = "receipt"
    LETTER = "letter"  # stock, the grant of a donor-advised fund, a distribution from an IRA
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
        sa.CheckConstraint("deductible_cents >= 0 AND deductible_cents <= amount_cents", name="deductible"),
        sa.CheckConstraint(
            "deductible_cents IS NULL OR deductible_cents < 25000"
            " OR text LIKE '%goods or services%' OR text LIKE '%bienes o servicios%'",
            name="goods_or_services",
        ),  # 26 USC 170(f)(8)(B)(ii): none of $250 or more is silent about them
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
    language: Mapped[str] = mapped_column(sa.String(5), default="en", server_default="en")
    disclosure: Mapped[str] = mapped_column(
        sa.String(24), default="", server_default=""
    )  # empty: before it was judged
    deductible_cents: Mapped[int | None] = mapped_column(sa.BigInteger)
    benefits: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")  # as judged
    thresholds: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")  # the year's row
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


class HeldReceipt(Base):
    """A receipt that cannot be written yet, and all that it is written from; `settled_at` once it was or need not."""

    __tablename__ = "held_receipt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[UUID] = mapped_column(unique=True)  # giving: the gift
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("member.id"), index=True)
    donor_name: Mapped[str] = mapped_column(sa.String(200))
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    given_on: Mapped[date]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)  # the rest of it, as it was asked for
    reason: Mapped[str] = mapped_column(sa.String(300))
    held_at: Mapped[datetime] = mapped_column(Utc)
    settled_at: Mapped[datetime | None] = mapped_column(Utc, index=True)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
