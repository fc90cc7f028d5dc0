"""The ledger: double entry, append-only by trigger."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class Account(StrEnum):
    """Accounts of the ledger. Debits are positive, credits negative; every transaction sums to zero."""

    STRIPE = "stripe"  # what Stripe holds for us
    BANK = "bank"  # payouts and deposits that arrived
    HAND = "hand"  # checks and cash entered, not yet deposited
    SECURITIES = "securities"  # stock received
    GIFTS = "gifts"  # contributions
    COVER = "cover"  # what donors added to cover fees; a contribution, too
    GOODS = "goods"  # the exchange part: what a donor paid for goods of value
    REFUNDS = "refunds"  # given back to donors
    DISPUTED = "disputed"  # taken by a bank while a dispute is open, and for good when it is lost
    FEES = "fees"  # processing fees
    DISPUTE_FEES = "dispute_fees"
    OPENING = "opening"  # the other side of imported history
    UNMATCHED = "unmatched"  # moved at Stripe, and tied to nothing of ours yet
    ELSEWHERE = "elsewhere"  # of another program that shares our account at Stripe


class LedgerTransaction(Base):
    """One balanced fact of the books. Append-only by trigger; `source` makes it happen once."""

    __tablename__ = "ledger_transaction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Utc, index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    source: Mapped[str] = mapped_column(sa.String(200), unique=True)  # such as settled:<payment id>
    payment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payment.id"), index=True)


class LedgerEntry(Base):
    """One line of a ledger transaction. Append-only by trigger."""

    __tablename__ = "ledger_entry"
    __table_args__ = (sa.CheckConstraint("amount_cents <> 0", name="amount"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    transaction_id: Mapped[UUID] = mapped_column(sa.ForeignKey("ledger_transaction.id"), index=True)
    account: Mapped[Account] = mapped_column(enum(Account))
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
