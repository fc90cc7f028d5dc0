"""Calls that move money: written before they are made, under our own idempotency key."""

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


class CallState(StrEnum):
    SENDING = "sending"  # found so later, what Stripe did is unknown until the same call is repeated
    ANSWERED = "answered"
    REFUSED = "refused"


class Operation(StrEnum):
    """What a stored call does at Stripe, by the name of the library's method."""

    OPEN = "checkout.sessions.create"
    CHANGE = "checkout.sessions.update"
    UPDATE_ORDER = "subscriptions.update"
    CANCEL_ORDER = "subscriptions.cancel"
    REFUND = "refunds.create"
    ANSWER = "disputes.update"
    ACCEPT = "disputes.close"
    PAY = "invoices.pay"
    VOID = "invoices.void_invoice"


class GatewayCall(Base):
    """A money-moving call: our idempotency key with the parameters that go under it (`<kind>:<row id>:<attempt>`).

    `params` hold the donor's email, because a repeated call must be the same to the letter. Nothing needs them once
    the call is answered or refused: an erasure may empty them then.
    """

    __tablename__ = "gateway_call"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(sa.String(255), unique=True)
    payment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    subscription_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    operation: Mapped[str] = mapped_column(sa.String(60))  # an Operation
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[CallState] = mapped_column(enum(CallState), default=CallState.SENDING)
    answer_id: Mapped[str] = mapped_column(sa.String(255), default="")
    error: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
