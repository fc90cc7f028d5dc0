"""What came past Stripe: checks, cash, stock, wires; their deposits; and history from another system."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class Way(StrEnum):
    """How money of tender `other` came: each goes straight to the bank."""

    WIRE = "wire"
    FUND = "fund"  # a grant of a donor-advised fund: the sponsor is the donor, the adviser is thanked
    PAYROLL = "payroll"
    IRA = "ira"  # a qualified charitable distribution, paid by the trustee of the donor's account
    ELSEWHERE = "elsewhere"


class Tendered(Base):
    """The facts of a payment that Stripe knows nothing of. Prices are ten-thousandths of a dollar, as are shares."""

    __tablename__ = "tendered"
    __table_args__ = (
        sa.CheckConstraint("shares_e4 >= 0 AND high_e4 >= low_e4 AND low_e4 >= 0", name="stock"),
        sa.Index("ix_tendered_number", "number"),
    )

    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"), primary_key=True)
    received_on: Mapped[date]  # station-local
    number: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")  # of a check
    dated: Mapped[date | None]  # what stands on the check
    way: Mapped[Way | None] = mapped_column(enum(Way))
    symbol: Mapped[str] = mapped_column(sa.String(12), default="", server_default="")  # of a stock
    shares_e4: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    high_e4: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    low_e4: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    note: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    deposit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("deposit.id"), index=True)
    batch_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("imported_batch.id"), index=True)
    external_id: Mapped[str | None] = mapped_column(sa.String(120), unique=True)  # in the system it was imported from


class Deposit(Base):
    """Checks and cash that were brought to the bank together."""

    __tablename__ = "deposit"
    __table_args__ = (sa.CheckConstraint("amount_cents > 0", name="amount"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    deposited_on: Mapped[date]  # station-local
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)  # as counted by a person, and as the payments add up
    currency: Mapped[str] = mapped_column(sa.String(3))
    note: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    made_by: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(Utc)


class ImportedBatch(Base):
    """One file of history: what was booked with it as opening balances, and whether it was taken back."""

    __tablename__ = "imported_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(200))
    many: Mapped[int] = mapped_column(default=0)
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    created_at: Mapped[datetime] = mapped_column(Utc)
    undone_at: Mapped[datetime | None] = mapped_column(Utc)
