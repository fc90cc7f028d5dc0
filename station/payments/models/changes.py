"""What was asked of a sustainer's standing order while it runs: by whom, from what to what, and what came of it."""

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


class ChangeKind(StrEnum):
    AMOUNT = "amount"
    DATE = "date"
    SKIP = "skip"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    STAY = "stay"  # a cancellation for later is taken back


class ChangeState(StrEnum):
    SENDING = "sending"
    UNKNOWN = "unknown"  # Stripe did not answer: the same call is repeated until it does
    DONE = "done"
    REFUSED = "refused"


class EndReason(StrEnum):
    """Why a donor stops, as the form and the desk list it."""

    MONEY = "money"
    LESS_USE = "less_use"
    UNHAPPY = "unhappy"
    ELSEWHERE = "elsewhere"
    TWICE = "twice"
    TROUBLE = "trouble"
    DIED = "died"
    OTHER = "other"


class Asked(StrEnum):
    """Who wants a change: the donor, and how we know; or the station itself, which must tell the donor ahead."""

    SELF = "self"  # on the donor's own page, or by a rule of ours that keeps what the donor chose
    PHONE = "phone"
    WRITING = "writing"
    IN_PERSON = "in_person"
    STATION = "station"


class SubscriptionChange(Base):
    """One change of a standing order. `old` and `new` are plain values by name (cents, ISO instants, days)."""

    __tablename__ = "subscription_change"
    __table_args__ = (sa.Index("ix_subscription_change_waiting", "state", "tried_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subscription_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    call_id: Mapped[UUID] = mapped_column(sa.ForeignKey("gateway_call.id"), unique=True)
    kind: Mapped[ChangeKind] = mapped_column(enum(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(enum(ChangeState), default=ChangeState.SENDING)
    old: Mapped[dict[str, Any]] = mapped_column(Json)
    new: Mapped[dict[str, Any]] = mapped_column(Json)
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    actor_label: Mapped[str] = mapped_column(sa.String(200))
    actor_id: Mapped[UUID | None]
    asked: Mapped[Asked] = mapped_column(enum(Asked), default=Asked.SELF, server_default=Asked.SELF.value)
    reason: Mapped[str] = mapped_column(sa.String(20), default="", server_default="")  # an EndReason
    words: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")  # the donor's own
    error: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")
    asked_at: Mapped[datetime] = mapped_column(Utc)
    tried_at: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    effective_at: Mapped[datetime | None] = mapped_column(Utc)  # from when on it counts
