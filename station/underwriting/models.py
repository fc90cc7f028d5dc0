"""Sponsors, their flights, and the credit that runs in a story's slot."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class Sponsor(Base):
    """An organisation of `members` that underwrites. `credit_name` is how it is named in its credits."""

    __tablename__ = "sponsor"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("member.id"), unique=True)
    credit_name: Mapped[str] = mapped_column(sa.String(120))
    url: Mapped[str] = mapped_column(sa.String(300), default="")
    created_at: Mapped[datetime] = mapped_column(Utc)


class CreditState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"


class Flight(Base):
    """When and where a sponsor's credit runs: first and last station-local day, one station. Dates are inclusive."""

    __tablename__ = "flight"
    __table_args__ = (sa.CheckConstraint("ends_on >= starts_on", name="dates"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sponsor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sponsor.id"), index=True)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    stopped_at: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)


class Credit(Base):
    """The words after "Support comes from", and who approved them. An approved credit is never edited."""

    __tablename__ = "credit"
    __table_args__ = (sa.CheckConstraint("state <> 'approved' OR approved_at IS NOT NULL", name="approved_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    flight_id: Mapped[UUID] = mapped_column(sa.ForeignKey("flight.id"), index=True)
    copy: Mapped[str] = mapped_column(sa.String(400))
    state: Mapped[CreditState] = mapped_column(enum(CreditState), default=CreditState.DRAFT)
    approved_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
