"""Outgoing mail: durable rows, so that what was sent can be seen for ever."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class MailState(StrEnum):
    QUEUED = "queued"
    IN_FLIGHT = "in_flight"  # handed to SMTP; found so after its lease, it is unknown and is sent again under its id
    SENT = "sent"
    FAILED = "failed"


class Stream(StrEnum):
    """Kept apart by type: a receipt is not an appeal."""

    RECEIPTS = "receipts"
    NOTICES = "notices"


class OutgoingMail(Base):
    """One message to one address. Rendered when it is queued; its Message-ID never changes."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (sa.UniqueConstraint("kind", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(200))  # the same kind and key is one message, ever
    stream: Mapped[Stream] = mapped_column(enum(Stream))
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("member.id"), index=True)
    sender: Mapped[str] = mapped_column(sa.String(320))
    recipient: Mapped[str] = mapped_column(sa.String(320))  # the address; the name stands beside it
    recipient_name: Mapped[str] = mapped_column(sa.String(200), default="")
    subject: Mapped[str] = mapped_column(sa.String(300))
    private: Mapped[bool] = mapped_column(default=False)  # holds a secret link: never shown, emptied once sent
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    state: Mapped[MailState] = mapped_column(enum(MailState), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    queued_at: Mapped[datetime] = mapped_column(Utc)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
