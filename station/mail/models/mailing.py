"""Mailings: one template to a list of people that is frozen before anything leaves."""

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


class MailingState(StrEnum):
    """Where a mailing stands; station/mail/policies/mailings/graph.py has every move between them."""

    DRAFT = "draft"
    CHECKED = "checked"
    FREEZING = "freezing"  # a job writes down who gets it
    FROZEN = "frozen"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


class LanguageRule(StrEnum):
    """In which language somebody gets it."""

    THEIRS = "theirs"
    ENGLISH = "en"
    SPANISH = "es"


class RecipientState(StrEnum):
    """What a mailing did about somebody on its list. What became of the letter stands in its row of outgoing mail."""

    WAITING = "waiting"
    QUEUED = "queued"
    LEFT_OUT = "left_out"
    CALLED_OFF = "called_off"  # the mailing was stopped before their letter was written


class LeftOut(StrEnum):
    """Why somebody on the list gets nothing."""

    NOT_FOUND = "not_found"  # a member id in a pasted list that nobody has
    NO_ADDRESS = "no_address"
    UNREACHABLE = "unreachable"  # SMTP cannot write to it
    DUPLICATE = "duplicate"
    SUPPRESSED = "suppressed"
    UNWANTED = "unwanted"
    ERASED = "erased"  # found out when their letter was about to be written


class Mailing(Base):
    """One mailing. `version` is that of its words; `cursor` is how far its list has been written down.

    `listed` counts the people on the list that a freeze has looked at: each of them is one recipient.
    """

    __tablename__ = "mailing"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(120))
    topic: Mapped[str] = mapped_column(sa.String(60))
    language_rule: Mapped[LanguageRule] = mapped_column(enum(LanguageRule))
    list_code: Mapped[str] = mapped_column(sa.String(40))
    list_choice: Mapped[str] = mapped_column(sa.String(40), default="")  # such as the year of “gave in a year”
    state: Mapped[MailingState] = mapped_column(enum(MailingState), default=MailingState.DRAFT, index=True)
    version: Mapped[int] = mapped_column(default=1)
    tested_version: Mapped[int] = mapped_column(default=0)  # of the words, by the last test
    cursor: Mapped[str | None] = mapped_column(sa.String(60))  # none: the list has been gone through
    listed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Utc)
    created_by: Mapped[str] = mapped_column(sa.String(200))
    frozen_at: Mapped[datetime | None] = mapped_column(Utc)
    begun_at: Mapped[datetime | None] = mapped_column(Utc)
    begun_by: Mapped[str] = mapped_column(sa.String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    note: Mapped[str] = mapped_column(sa.String(300), default="")  # why it was paused or stopped


class MailingVersion(Base):
    """The words of a mailing as somebody saved them, by language. Never changed."""

    __tablename__ = "mailing_version"

    mailing_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mailing.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[dict[str, Any]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(Utc)
    written_by: Mapped[str] = mapped_column(sa.String(200))


class MailingEntries(Base):
    """The lines of a pasted list, each an address or the id of a member."""

    __tablename__ = "mailing_entries"

    mailing_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mailing.id"), primary_key=True)
    entries: Mapped[list[str]] = mapped_column(Json)


class MailingRecipient(Base):
    """Somebody on a frozen list, as they were then. `address` is normalised, and once in a mailing: nobody gets it
    twice. It is empty where nothing is written to: without an address, or for the second one who has the same."""

    __tablename__ = "mailing_recipient"
    __table_args__ = (
        sa.UniqueConstraint("mailing_id", "position"),
        sa.UniqueConstraint("mailing_id", "address"),
        sa.Index("ix_mailing_recipient_next", "mailing_id", "state", "provider", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    mailing_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mailing.id"))
    position: Mapped[int]
    member_id: Mapped[UUID | None] = mapped_column(index=True)  # no key: the row outlives the member
    address: Mapped[str | None] = mapped_column(sa.String(320), index=True)
    email: Mapped[str] = mapped_column(sa.String(320), default="")  # as it was typed, or the line of a pasted list
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    first_name: Mapped[str] = mapped_column(sa.String(100), default="")
    language: Mapped[str] = mapped_column(sa.String(5))
    provider: Mapped[str] = mapped_column(sa.String(20), default="other")  # whose budget their letter is sent on
    state: Mapped[RecipientState] = mapped_column(enum(RecipientState))
    reason: Mapped[LeftOut | None] = mapped_column(enum(LeftOut))
    mail_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outgoing_mail.id"), unique=True)
