"""Where stories of others come from: queries put to NPR's CDS, and owners whose name NPR does not send along."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Json, Utc
from station.core.db import Base
from station.core.ids import new_id


class CdsFeed(Base):
    """A query that is put to the CDS again and again, and what came of it the last time.

    One with an owner is a partner's: `query` is then the address of its RSS or Atom feed.
    """

    __tablename__ = "cds_feed"
    __table_args__ = (sa.CheckConstraint("every_minutes BETWEEN 1 AND 1440", name="every_minutes"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    query: Mapped[str] = mapped_column(sa.String(1000))  # as in an address: collectionIds=1122&limit=20
    owner: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")  # of the copyright line
    owner_url: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    section: Mapped[str] = mapped_column(sa.String(80), default="", server_default="")  # of its stories, by name
    whole: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # the text may be shown whole
    follow: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # what is gone there goes here
    enabled: Mapped[bool] = mapped_column(default=True)
    every_minutes: Mapped[int] = mapped_column(default=15)
    asked_at: Mapped[datetime | None] = mapped_column(Utc)
    said: Mapped[dict[str, Any] | None] = mapped_column(Json)  # numbers by outcome, and what was refused
    error: Mapped[str] = mapped_column(sa.Text, default="")


class CdsOwner(Base):
    """How the copyright line names a service of NPR's directory, and where it points."""

    __tablename__ = "cds_owner"

    service: Mapped[str] = mapped_column(sa.String(80), primary_key=True)  # s921
    name: Mapped[str] = mapped_column(sa.String(120))
    url: Mapped[str] = mapped_column(sa.String(300), default="")
