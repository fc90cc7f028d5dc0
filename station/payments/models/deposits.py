"""Deposits: what moved at Stripe, line by line, and the payouts that brought it to the bank."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id
from station.core.money import Money


class PayoutState(StrEnum):
    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"  # as far as Stripe knows: a bank can still send it back
    FAILED = "failed"
    CANCELED = "canceled"


class Listing(StrEnum):
    """Stripe's `reconciliation_status`: whether the lines of a payout can be listed."""

    NEVER = "not_applicable"  # a payout by hand: Stripe ties no lines to it
    PENDING = "in_progress"
    COMPLETE = "completed"


class Tie(StrEnum):
    """What a line of Stripe's balance is, and so whose books hold it."""

    UNMATCHED = "unmatched"
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    FEE = "fee"  # Stripe's own: Radar, billing, taxes on fees
    DISPUTE_FEE = "dispute_fee"
    OPENING = "opening"  # moved before Station looked for the first time: in the opening balance
    ELSEWHERE = "elsewhere"  # of another program that shares the account
    OWN = "own"  # the licensee's own money: a top-up, a transfer


class Payout(Base):
    """Money on its way from Stripe to the bank; negative when Stripe takes it from the bank."""

    __tablename__ = "payout"
    __table_args__ = (sa.CheckConstraint("amount_cents <> 0", name="amount"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stripe_id: Mapped[str] = mapped_column(sa.String(255), unique=True)
    state: Mapped[PayoutState] = mapped_column(enum(PayoutState), default=PayoutState.PENDING)
    listing: Mapped[Listing] = mapped_column(enum(Listing), default=Listing.PENDING)
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    automatic: Mapped[bool]
    livemode: Mapped[bool]
    failure: Mapped[str] = mapped_column(sa.String(500), default="")
    problem: Mapped[str] = mapped_column(sa.String(300), default="")  # why its lines do not make its sum
    made_at: Mapped[datetime] = mapped_column(Utc)
    arrives_on: Mapped[date] = mapped_column(index=True)  # Stripe tells a day of the calendar, as midnight UTC
    read_at: Mapped[datetime | None] = mapped_column(Utc)  # its lines were read, and sum to it
    reconciled_at: Mapped[datetime | None] = mapped_column(Utc)  # and each of them is tied
    postings: Mapped[int] = mapped_column(default=0)  # ledger transactions of it: payout:<id>:1 and on
    updated_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class BalanceTransaction(Base):
    """One movement of Stripe's balance, as Stripe tells it, and what it is tied to here.

    Positive is money that comes to us; `net` is what the balance changes by
    (docs.stripe.com/api/balance_transactions/object). Instants are UTC; the day that a person sees is the station's.
    """

    __tablename__ = "balance_transaction"
    __table_args__ = (
        sa.CheckConstraint("net_cents = gross_cents - fee_cents", name="net"),
        sa.CheckConstraint("by_hand = '' OR reason <> ''", name="reason"),
        sa.Index("ix_balance_transaction_tied", "tie", "tied_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stripe_id: Mapped[str] = mapped_column(sa.String(255), unique=True)
    type: Mapped[str] = mapped_column(sa.String(60))
    category: Mapped[str] = mapped_column(sa.String(60))  # Stripe's reporting_category
    source: Mapped[str] = mapped_column(sa.String(255), index=True)  # the object that it came of; "" for a fee
    text: Mapped[str] = mapped_column(sa.String(300), default="")  # Stripe's description
    gross_cents: Mapped[int] = mapped_column(sa.BigInteger)
    fee_cents: Mapped[int] = mapped_column(sa.BigInteger)
    net_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    made_at: Mapped[datetime] = mapped_column(Utc, index=True)
    available_on: Mapped[datetime] = mapped_column(Utc)
    payout_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payout.id"), index=True)
    tie: Mapped[Tie] = mapped_column(enum(Tie), default=Tie.UNMATCHED)
    tied_id: Mapped[UUID | None]
    why: Mapped[str] = mapped_column(sa.String(300), default="")  # why it is not tied
    by_hand: Mapped[str] = mapped_column(sa.String(200), default="")  # who said what it is; "" for a machine
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    tied_at: Mapped[datetime | None] = mapped_column(Utc)
    traced_at: Mapped[datetime | None] = mapped_column(Utc)  # Stripe knows no checkout and no invoice behind it
    postings: Mapped[int] = mapped_column(default=0)  # ledger transactions of it: line:<id>:1 and on

    @property
    def gross(self) -> Money:
        return Money(self.gross_cents, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_cents, self.currency)

    @property
    def net(self) -> Money:
        return Money(self.net_cents, self.currency)


class BalanceShare(Base):
    """A station's part of a balance transaction; the parts sum to the whole, to the cent."""

    __tablename__ = "balance_share"

    line_id: Mapped[UUID] = mapped_column(sa.ForeignKey("balance_transaction.id"), primary_key=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"), primary_key=True)
    gross_cents: Mapped[int] = mapped_column(sa.BigInteger)
    fee_cents: Mapped[int] = mapped_column(sa.BigInteger)
