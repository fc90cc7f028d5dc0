"""Leases: at most one holder of a name at a time, across processes and machines, with an end."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.columns import Utc
from station.core.db import Base, transaction
from station.core.upsert import insert_missing


class Lease(Base):
    """Who holds a name, and until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(120))
    until: Mapped[datetime] = mapped_column(Utc)


def hold(name: str, holder: str, seconds: int) -> bool:
    """Take or renew a lease. True when `holder` holds it now; False when somebody else still does."""
    now = clock.now()
    with transaction() as session:
        insert_missing(Lease, name=name, holder=holder, until=now)
        row = session.get_one(Lease, name, with_for_update=True)
        if row.holder != holder and row.until > now:
            return False
        row.holder, row.until = holder, now + timedelta(seconds=seconds)
        return True


def release(name: str, holder: str) -> None:
    """Give a lease back before it ends; nothing happens when somebody else holds it."""
    with transaction() as session:
        session.execute(
            sa.update(Lease)
            .where(Lease.name == name, Lease.holder == holder)
            .values(until=clock.now())
            .execution_options(synchronize_session=False)
        )
