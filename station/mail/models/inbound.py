"""Mail that comes back: each message as it arrived, and what it says about each recipient."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class InboundWay(StrEnum):
    """How a message came in."""

    PIPE = "pipe"  # `station mail inbound`, run by the mail server
    IMAP = "imap"


class InboundKind(StrEnum):
    """What a message is. Each that arrived gets one in the end; none is an error."""

    WAITING = "waiting"  # stored, not read yet
    REPORT = "report"  # tells what became of a message (RFC 3464, or the words of servers that do not follow it)
    COMPLAINT = "complaint"  # a feedback report (RFC 5965): somebody pressed “this is spam”
    NOT_SPAM = "not_spam"  # a feedback report that takes such a word back
    AUTO_REPLY = "auto_reply"  # RFC 3834: out of the office and the like
    CHALLENGE = "challenge"  # asks the sender to prove that they are human
    ORDINARY = "ordinary"  # none of these: perhaps a person wrote
    UNREADABLE = "unreadable"


class Severity(StrEnum):
    """What a report means for one recipient (RFC 3464 §2.3.3 with RFC 3463)."""

    HARD = "hard"  # there is no such mailbox
    SOFT = "soft"  # not now: full, switched off, timed out
    POLICY = "policy"  # the receiving side does not want mail from us: ours to mend, never the member's fault
    DELAYED = "delayed"  # still trying
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    NOTHING = "nothing"  # says nothing that counts, or takes a complaint back


class MatchedBy(StrEnum):
    """How a report was tied to a message of ours, the strongest first. Only the first three prove anything."""

    SESSION = "session"  # the mail server refused it while it was handed over
    VERP = "verp"  # the signed address that the message left under
    MESSAGE_ID = "message_id"
    RECIPIENT = "recipient"  # an address that anybody can write into a report
    NOTHING = "nothing"


class InboundMail(Base):
    """A message as it arrived, stored once by its digest: the same one again, by any way, changes nothing."""

    __tablename__ = "inbound_mail"
    __table_args__ = (sa.Index("ix_inbound_mail_listed", "kind", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)  # SHA-256 of its size, envelope and what is kept
    raw: Mapped[bytes] = mapped_column(sa.LargeBinary)  # its beginning; emptied after a while
    size: Mapped[int] = mapped_column(sa.BigInteger)  # bytes that arrived
    way: Mapped[InboundWay] = mapped_column(enum(InboundWay))
    addressed_to: Mapped[str] = mapped_column(sa.String(320), default="")  # of the envelope, where the way tells it
    kind: Mapped[InboundKind] = mapped_column(enum(InboundKind), default=InboundKind.WAITING)
    subject: Mapped[str] = mapped_column(sa.String(300), default="")
    sender: Mapped[str] = mapped_column(sa.String(320), default="")
    outcome: Mapped[str] = mapped_column(sa.String(300), default="")
    received_at: Mapped[datetime] = mapped_column(Utc, index=True)
    read_at: Mapped[datetime | None] = mapped_column(Utc)


class Bounce(Base):
    """What one inbound message, or the mail server at once, says about one recipient."""

    __tablename__ = "bounce"
    __table_args__ = (sa.UniqueConstraint("inbound_id", "position"), sa.Index("ix_bounce_counted", "severity", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    inbound_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("inbound_mail.id"))  # none: refused at once
    position: Mapped[int]
    severity: Mapped[Severity] = mapped_column(enum(Severity))
    address: Mapped[str] = mapped_column(sa.String(320), index=True)  # normalised; nothing when it is redacted
    matched_by: Mapped[MatchedBy] = mapped_column(enum(MatchedBy))
    mail_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outgoing_mail.id"), index=True)
    action: Mapped[str] = mapped_column(sa.String(40), default="")  # failed, delayed…; for complaints abuse, fraud…
    status: Mapped[str] = mapped_column(sa.String(12), default="")  # RFC 3463, for example 5.1.1
    words: Mapped[str] = mapped_column(sa.String(1000), default="")  # what the other server said
    at: Mapped[datetime] = mapped_column(Utc)
