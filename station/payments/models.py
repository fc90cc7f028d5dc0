"""Payments as we know them, Stripe's events as they arrived, and the ledger.

Money is integer cents; `currency` is Stripe's lower-case code. Stripe's object model is not mirrored here: a payment
keeps the ids that lead to Stripe's objects, each unique, and the facts that our books need.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Json, Utc, enum
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


class Payment(Base):
    """One movement of money that was asked for. `reference` is the caller's own id (giving: the pledge)."""

    __tablename__ = "payment"
    __table_args__ = (
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("fee_cents >= 0 AND fee_cents <= amount_cents", name="fee"),
        sa.CheckConstraint("state <> 'settled' OR settled_at IS NOT NULL", name="settled_at"),
        sa.Index("ix_payment_open", "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PaymentKind] = mapped_column(enum(PaymentKind))
    state: Mapped[PaymentState] = mapped_column(enum(PaymentState), default=PaymentState.CREATED)
    reference: Mapped[UUID] = mapped_column(index=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    subscription_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    fee_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0)
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
    failure: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    settled_at: Mapped[datetime | None] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class SubscriptionState(StrEnum):
    CREATED = "created"
    ACTIVE = "active"
    RETRYING = "retrying"  # Stripe's past_due: the last charge failed and will be tried again
    ENDED = "ended"


class Subscription(Base):
    """A sustainer's standing order at Stripe, which owns the schedule and the card retries."""

    __tablename__ = "subscription"
    __table_args__ = (sa.CheckConstraint("amount_cents > 0", name="amount"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[SubscriptionState] = mapped_column(enum(SubscriptionState), default=SubscriptionState.CREATED)
    reference: Mapped[UUID] = mapped_column(unique=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    interval: Mapped[str] = mapped_column(sa.String(10), default="month")
    livemode: Mapped[bool]
    stripe_subscription: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    stripe_customer: Mapped[str | None] = mapped_column(sa.String(255), index=True)
    current_period_end: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    updated_at: Mapped[datetime] = mapped_column(Utc)


class CallState(StrEnum):
    SENDING = "sending"  # found so later, what Stripe did is unknown until the same call is repeated
    ANSWERED = "answered"
    REFUSED = "refused"


class Operation(StrEnum):
    """What a stored call does at Stripe, by the name of the library's method."""

    OPEN = "checkout.sessions.create"
    CHANGE = "checkout.sessions.update"


class GatewayCall(Base):
    """A money-moving call: our idempotency key with the parameters that go under it (`<kind>:<row id>:<attempt>`).

    `params` hold the donor's email, because a repeated call must be the same to the letter. Nothing needs them once
    the call is answered or refused: an erasure may empty them then.
    """

    __tablename__ = "gateway_call"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(sa.String(255), unique=True)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    operation: Mapped[str] = mapped_column(sa.String(60))  # an Operation
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[CallState] = mapped_column(enum(CallState), default=CallState.SENDING)
    answer_id: Mapped[str] = mapped_column(sa.String(255), default="")
    error: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)


class EventState(StrEnum):
    RECEIVED = "received"
    APPLIED = "applied"
    STALE = "stale"  # true, but known already, or told by another event: a recorded outcome, not an error
    IGNORED = "ignored"  # a type or an object that is not ours
    FAILED = "failed"


class StripeEvent(Base):
    """An event as Stripe sent it, raw. Inserted before the 200; applied later by a worker."""

    __tablename__ = "stripe_event"
    __table_args__ = (sa.Index("ix_stripe_event_waiting", "state", "received_at"),)

    id: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(100), index=True)
    object_id: Mapped[str] = mapped_column(sa.String(255), index=True)
    api_version: Mapped[str] = mapped_column(sa.String(60))
    livemode: Mapped[bool]
    raw: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[EventState] = mapped_column(enum(EventState), default=EventState.RECEIVED)
    outcome: Mapped[str] = mapped_column(sa.String(300), default="")
    payment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Utc)
    received_at: Mapped[datetime] = mapped_column(Utc)
    applied_at: Mapped[datetime | None] = mapped_column(Utc)


class Account(StrEnum):
    """Accounts of the ledger. Debits are positive, credits negative; every transaction sums to zero."""

    STRIPE = "stripe"  # what Stripe holds for us
    GIFTS = "gifts"  # contributions
    FEES = "fees"  # processing fees


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
