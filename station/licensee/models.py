"""The licensee and its stations: rows that change rarely and that every page and receipt reads."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Json
from station.core.db import Base
from station.core.ids import new_id


class Licensee(Base):
    """The one legal body behind both stations: what receipts say, and the one minimum pledge."""

    __tablename__ = "licensee"
    __table_args__ = (
        sa.CheckConstraint("singleton = 1", name="one_row"),
        sa.UniqueConstraint("singleton"),
        sa.CheckConstraint("minimum_pledge_cents >= 50", name="minimum_pledge"),  # Stripe's own floor is 50 cents
        sa.CheckConstraint("fiscal_year_starts BETWEEN 1 AND 12", name="fiscal_year_starts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    singleton: Mapped[int] = mapped_column(default=1)
    legal_name: Mapped[str] = mapped_column(sa.String(200))
    short_name: Mapped[str] = mapped_column(sa.String(80))
    ein: Mapped[str] = mapped_column(sa.String(10))
    address_lines: Mapped[list[str]] = mapped_column(Json)
    phone: Mapped[str] = mapped_column(sa.String(40))
    email: Mapped[str] = mapped_column(sa.String(254))
    timezone: Mapped[str] = mapped_column(sa.String(60), default="America/Los_Angeles")
    currency: Mapped[str] = mapped_column(sa.String(3), default="usd")
    fiscal_year_starts: Mapped[int] = mapped_column(default=10)  # month
    minimum_pledge_cents: Mapped[int] = mapped_column(sa.BigInteger, default=500)


class Station(Base):
    """A service of the licensee: its name on the air, its look, its address on the web."""

    __tablename__ = "station"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    licensee_id: Mapped[UUID] = mapped_column(sa.ForeignKey("licensee.id"), index=True)
    position: Mapped[int] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)  # the path on a shared host: /news/, /classical/
    host: Mapped[str | None] = mapped_column(sa.String(200), unique=True)  # its own host name, where it has one
    format: Mapped[str] = mapped_column(sa.String(40))
    frequency: Mapped[str] = mapped_column(sa.String(10))
    call_sign: Mapped[str] = mapped_column(sa.String(10), unique=True)
    tagline: Mapped[str] = mapped_column(sa.String(200))
    brand: Mapped[str] = mapped_column(sa.String(20))  # the data-brand of static/css/tokens.css
    stream_url: Mapped[str] = mapped_column(sa.String(300), default="")
