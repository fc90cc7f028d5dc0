"""Rate limits as rows: a bucket that leaks (GCRA), one number a key, exact across processes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.columns import Utc
from station.core.db import Base, transaction
from station.core.upsert import insert_missing


class RateBucket(Base):
    """When the bucket will have emptied. The key is a hash: no address or email is kept."""

    __tablename__ = "rate_bucket"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    empty_at: Mapped[datetime] = mapped_column(Utc, index=True)


@dataclass(frozen=True)
class Limit:
    """At most `burst` at once, refilled evenly over `per`."""

    name: str
    burst: int
    per: timedelta


def allow(limit: Limit, who: str) -> bool:
    """Count one try by `who`. False when the budget is used up (that try is not counted)."""
    now, key = clock.now(), hashlib.sha256(f"{limit.name}:{who}".encode()).hexdigest()
    with transaction() as session:
        insert_missing(RateBucket, key=key, empty_at=now)
        row = session.get_one(RateBucket, key, with_for_update=True)
        empty_at = max(row.empty_at, now) + limit.per / limit.burst
        if empty_at - now > limit.per:
            return False
        row.empty_at = empty_at
        return True


def forget_empty() -> int:
    """Delete buckets that have emptied; returns how many."""
    with transaction() as session:
        done = session.execute(sa.delete(RateBucket).where(RateBucket.empty_at < clock.now() - timedelta(days=1)))
        return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE always answers with a cursor
