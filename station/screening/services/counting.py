"""Counters and the keyed hashes that they are kept under."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from station.core import clock, runtime
from station.core.db import transaction
from station.core.upsert import add_up
from station.screening.models import Tally
from station.screening.policies import slot_of

KEEP = timedelta(days=30)


def hashed(kind: str, value: str) -> str:
    """What a network, email, card or form is counted under: nobody without the house's key can try values out."""
    key = runtime.settings().secret_key.encode()
    return hmac.new(key, f"screening:{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def count(keys: Iterable[str], now: datetime) -> dict[str, int]:
    """Add one to each counter, in one statement; returns what each holds in this slot. Joins the transaction."""
    rows = [{"key": key, "slot": slot_of(now), "many": 1} for key in sorted(set(keys))]  # one order: no deadlock
    with transaction():
        return {key: many for key, _, many in add_up(Tally, rows, "many")}


def forget_old() -> int:
    """Delete what was counted more than thirty days ago; returns how many rows."""
    with transaction() as session:
        done = session.execute(
            sa.delete(Tally)
            .where(Tally.slot < slot_of(clock.now() - KEEP))
            .execution_options(synchronize_session=False)
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE always answers with a cursor
