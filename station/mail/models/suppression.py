"""Addresses that are not written to, and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class SuppressionReason(StrEnum):
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCES = "soft_bounces"  # too many of them within a time
    MANUAL = "manual"  # staff, or a list that was brought along
    COMPLAINT = "complaint"
    UNSUBSCRIBED_ALL = "unsubscribed_all"


class Suppression(Base):
    """An address that is not written to. Keyed by the address and by nothing else: a merge, an erasure or an import
    of members changes nothing here. Lifting one keeps it; a new reason later is a new row."""

    __tablename__ = "suppression"
    __table_args__ = (
        sa.Index(
            "ix_suppression_standing",
            "address",
            "reason",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address: Mapped[str] = mapped_column(sa.String(320), index=True)  # policies.suppressing.key_of
    reason: Mapped[SuppressionReason] = mapped_column(enum(SuppressionReason))
    mail_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outgoing_mail.id"), index=True)  # what it was about
    bounce_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("bounce.id"), index=True)
    evidence: Mapped[str] = mapped_column(sa.String(1000), default="")
    at: Mapped[datetime] = mapped_column(Utc)
    by: Mapped[str] = mapped_column(sa.String(200))
    lifted_at: Mapped[datetime | None] = mapped_column(Utc)
    lifted_by: Mapped[str] = mapped_column(sa.String(200), default="")
    lifted_why: Mapped[str] = mapped_column(sa.String(300), default="")
