"""Letters that acknowledge what gets no receipt: immutable rows, numbered by year, but not among the receipts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class LetterKind(StrEnum):
    """What a letter acknowledges, and to whom."""

    STOCK = "stock"
    GOODS = "goods"  # property other than cash, stock and vehicles
    VEHICLE = "vehicle"
    IRA = "ira"  # a qualified charitable distribution
    FUND_SPONSOR = "fund_sponsor"  # the donor of a donor-advised fund's grant
    FUND_ADVISER = "fund_adviser"  # who recommended it


class Letter(Base):
    """A letter word by word. Never edited: UPDATE and DELETE are refused by trigger.

    It is no receipt: it may state no amount, a grant has two of them, and no statement may count it. So letters have
    a table and numbers of their own, and the sums over receipts stay true without exceptions.
    """

    __tablename__ = "letter"
    __table_args__ = (
        sa.UniqueConstraint("year", "number"),
        sa.UniqueConstraint("reference", "kind", "version"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint(
            "kind IN ('fund_sponsor', 'fund_adviser')"
            " OR text LIKE '%goods or services%' OR text LIKE '%bienes o servicios%'",
            name="goods_or_services",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year: Mapped[int]  # of the day on which the gift was received
    number: Mapped[int]
    reference: Mapped[UUID]  # giving: the gift; of goods and vehicles, which are not in the books of money, an own id
    kind: Mapped[LetterKind] = mapped_column(enum(LetterKind))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("member.id"), index=True)  # whose gift it was
    to_name: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(5))
    received_on: Mapped[date]  # station-local
    written_at: Mapped[datetime] = mapped_column(Utc)
    wording: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text)

    @property
    def label(self) -> str:
        """The number as printed: L2026-000123."""
        return f"L{self.year}-{self.number:06d}"


class LetterVoid(Base):
    """A letter that holds no more, and why. Never edited, by trigger."""

    __tablename__ = "letter_void"

    letter_id: Mapped[UUID] = mapped_column(sa.ForeignKey("letter.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(300))
    voided_at: Mapped[datetime] = mapped_column(Utc)
