"""Yearly statements: immutable versions under one gapless number a member and year, how each left, and the runs."""

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


class StatementCounter(Base):
    """The last statement number given out for a year; its row is locked while the next ones are taken."""

    __tablename__ = "statement_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class YearlyStatement(Base):
    """One version of a member's official statement of a year. Never edited: UPDATE and DELETE are refused by trigger.

    A correction keeps the number and is the next version; the newest one holds.
    """

    __tablename__ = "yearly_statement"
    __table_args__ = (
        sa.UniqueConstraint("year", "member_id", "version"),
        sa.UniqueConstraint("year", "number", "version"),
        sa.CheckConstraint("number > 0 AND version > 0", name="number"),
        sa.CheckConstraint("total_cents = reduced_cents + deductible_cents", name="sums"),
        sa.CheckConstraint("reduced_cents >= 0 AND deductible_cents >= 0", name="parts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int]  # calendar year of the gifts, station-local
    number: Mapped[int]
    version: Mapped[int]
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("member.id"), index=True)
    donor_name: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(5))
    gifts: Mapped[int]
    total_cents: Mapped[int] = mapped_column(sa.BigInteger)  # what is left of the gifts
    reduced_cents: Mapped[int] = mapped_column(sa.BigInteger)  # what they were reduced by, for what was received
    deductible_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)  # all that the words were made from
    digest: Mapped[str] = mapped_column(sa.String(64))  # of what it says of the gifts
    wording: Mapped[str] = mapped_column(sa.String(40))  # version of the words
    text: Mapped[str] = mapped_column(sa.Text)  # the statement as rendered
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # of a correction
    issued_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def total(self) -> Money:
        return Money(self.total_cents, self.currency)


class DeliveryWay(StrEnum):
    MAIL = "mail"
    PRINT = "print"


class StatementDelivery(Base):
    """How a version of a statement left, once: by email, or on paper with the others that have no address."""

    __tablename__ = "statement_delivery"

    statement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("yearly_statement.id"), primary_key=True)
    way: Mapped[DeliveryWay] = mapped_column(enum(DeliveryWay))
    mail_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outgoing_mail.id"), index=True)
    by: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(Utc)


class RunKind(StrEnum):
    FREEZE = "freeze"
    SEND = "send"
    COMPARE = "compare"  # with the books, for corrections


class StatementRun(Base):
    """A job over all members of a year, in batches: how far it has come. One of a kind and year runs at a time."""

    __tablename__ = "statement_run"
    __table_args__ = (sa.Index("ix_statement_run_year", "year", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[RunKind] = mapped_column(enum(RunKind))
    year: Mapped[int]
    many: Mapped[int] = mapped_column(default=0)  # how many lay before it when it began
    done: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)  # statements, versions or messages
    waiting: Mapped[int] = mapped_column(default=0)  # what a person has to decide first
    after: Mapped[UUID | None]  # the last member or statement that is done
    asked_by: Mapped[str] = mapped_column(sa.String(200))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
