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
    """Where a message stands; station/mail/policies/states.py has every move between them."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"  # in the hands of a worker, which holds it until `leased_until`
    UNKNOWN = "unknown"  # it may have left: the worker died, or the connection did after the text had gone over it
    SENT = "sent"
    BOUNCED = "bounced"  # refused for good, by the first server or by a later one
    FAILED = "failed"  # it will not arrive, and the address is not to blame
    ABORTED = "aborted"  # called off before it was handed over
    WITHHELD = "withheld"  # kept back: suppressed, unsubscribed, or outside production


class Stream(StrEnum):
    """Kept apart by type: a receipt is not an appeal."""

    RECEIPTS = "receipts"
    NOTICES = "notices"
    APPEALS = "appeals"

    @property
    def is_commercial(self) -> bool:
        """Whether it asks for something: it then needs a way to unsubscribe and our postal address (15 USC 7704)."""
        return self is Stream.APPEALS


class OutgoingMail(Base):
    """One message to one address. Rendered when it is queued; its Message-ID never changes.

    `died` and `dropped` count how often nobody knew whether it had left: the worker died, or the connection did.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        sa.UniqueConstraint("kind", "key"),
        sa.Index("ix_outgoing_mail_due", "state", "stream", "provider", "due_at"),
        sa.Index("ix_outgoing_mail_unsure", "died", "dropped"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(200))  # the same kind and key is one message, ever
    stream: Mapped[Stream] = mapped_column(enum(Stream))
    topic: Mapped[str | None] = mapped_column(sa.String(60))  # what a person may not want; commercial mail has one
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("member.id"), index=True)
    sender: Mapped[str] = mapped_column(sa.String(320))
    recipient: Mapped[str] = mapped_column(sa.String(320), index=True)  # the address; the name stands beside it
    recipient_name: Mapped[str] = mapped_column(sa.String(200), default="")
    provider: Mapped[str] = mapped_column(
        sa.String(20), default="other", server_default="other"
    )  # whose budget it is sent on
    subject: Mapped[str] = mapped_column(sa.String(300))
    private: Mapped[bool] = mapped_column(default=False)  # holds a secret link: never shown, cut out once sent
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    unsubscribe_url: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")  # of commercial mail
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    state: Mapped[MailState] = mapped_column(enum(MailState), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)  # hand-overs begun; fences a worker that comes back too late
    repeats: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # of these, because nobody knew whether it had left
    died: Mapped[int] = mapped_column(default=0, server_default="0")
    dropped: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime | None] = mapped_column(Utc)  # not before then; none: at once
    leased_until: Mapped[datetime | None] = mapped_column(Utc)  # somebody has it in hand until then
    status: Mapped[str] = mapped_column(
        sa.String(20), default="", server_default=""
    )  # the last answer's code: 5.1.1, or 550
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    queued_at: Mapped[datetime] = mapped_column(Utc, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
