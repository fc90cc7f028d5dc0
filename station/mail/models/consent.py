"""What people said about mail to them: a log that only grows, and what it comes to today."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.actor import ActorKind
from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class ConsentSource(StrEnum):
    """Where it was said."""

    FORM = "form"  # on a page of ours, by whoever holds the letter
    ONE_CLICK = "one_click"  # by the button of a mail program (RFC 8058)
    DESK = "desk"  # staff wrote it down
    IMPORT = "import"
    REPLY = "reply"  # by writing back


class Consent(Base):
    """One thing that somebody said about mail to an address. Append-only by trigger.

    `member_id` is whose address it was then, `change_id` binds what was said with one press, `before` is what had
    been said last (none: nothing).
    """

    __tablename__ = "mail_consent"
    __table_args__ = (sa.Index("ix_mail_consent_address", "address", "at"), sa.Index("ix_mail_consent_at", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    change_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    address: Mapped[str] = mapped_column(sa.String(254))  # normalised
    member_id: Mapped[UUID | None] = mapped_column(index=True)  # no key: the line outlives the member
    topic: Mapped[str] = mapped_column(sa.String(60))
    given: Mapped[bool]
    before: Mapped[bool | None]
    source: Mapped[ConsentSource] = mapped_column(enum(ConsentSource))
    wording: Mapped[str] = mapped_column(sa.Text)  # what the page said, word by word, or what staff noted
    wording_version: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(5))
    network: Mapped[str] = mapped_column(sa.String(32), default="")  # a keyed hash: not the network itself
    browser: Mapped[str] = mapped_column(sa.String(200), default="")
    actor_kind: Mapped[ActorKind] = mapped_column(enum(ActorKind))
    actor_id: Mapped[UUID | None]
    actor_label: Mapped[str] = mapped_column(sa.String(200))


class Preference(Base):
    """The last line of the log about an address and a topic."""

    __tablename__ = "mail_preference"

    address: Mapped[str] = mapped_column(sa.String(254), primary_key=True)  # normalised
    topic: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Utc)
    consent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mail_consent.id"))
