"""Rate limits as rows: a bucket that leaks (GCRA), one number a key, exact across processes."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.columns import Utc
from station.core.db import Base, db, transaction
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


def network(address: str) -> str:
    """What a client is counted by: its IPv4 address, or the /64 of an IPv6 one, whose owner has all of it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.IPv6Network((int(known), 64), strict=False))


def allow(limit: Limit, who: str) -> bool:
    """Count one try by `who`. False when the budget is used up (that try is not counted, and nothing is written)."""
    now, key = clock.now(), hashlib.sha256(f"{limit.name}:{who}".encode()).hexdigest()
    known = db.session().scalar(sa.select(RateBucket.empty_at).where(RateBucket.key == key))
    if known is not None and _after_one_more(limit, known, now) is None:
        return False
    with transaction() as session:
        insert_missing(RateBucket, key=key, empty_at=now)
        row = session.get_one(RateBucket, key, with_for_update=True)
        empty_at = _after_one_more(limit, row.empty_at, now)
        if empty_at is None:
            return False
        row.empty_at = empty_at
        return True


def _after_one_more(limit: Limit, empty_at: datetime, now: datetime) -> datetime | None:
    """When the bucket will be empty after one more try; None when that does not fit."""
    later = max(empty_at, now) + limit.per / limit.burst
    return later if later - now <= limit.per else None


def forget_empty() -> int:
    """Delete buckets that have emptied; returns how many."""
    with transaction() as session:
        done = session.execute(sa.delete(RateBucket).where(RateBucket.empty_at < clock.now() - timedelta(days=1)))
        return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE always answers with a cursor
