"""Reads of screening: what was counted, and whether everyone is asked for a proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from station.core import bulletin, clock
from station.core.db import db
from station.screening.models import Stance, Tally
from station.screening.policies import HOUR, Review, Slots, review, slot_of

BULLETIN = "screening"
DAY = 24 * HOUR


@dataclass(frozen=True)
class StanceView:
    """A decision to ask everyone, or not to. Without `until` it holds until the next one."""

    challenge: bool
    automatic: bool
    reason: str
    by: str
    since: datetime
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True)
class _Snapshot:
    version: int
    newest: StanceView | None


_snapshot: _Snapshot | None = None


def stance() -> StanceView | None:
    """The decision in force, or None. No SQL while none was made."""
    global _snapshot
    version = bulletin.version(BULLETIN)
    if _snapshot is None or _snapshot.version != version:
        _snapshot = _Snapshot(version, next(iter(stances(1)), None))
    newest = _snapshot.newest
    return newest if newest and newest.holds(clock.now()) else None


def everyone_is_asked() -> bool:
    """Whether the challenge-everyone switch is on."""
    now = stance()
    return now is not None and now.challenge


def stances(limit: int = 20) -> list[StanceView]:
    """The last decisions, newest first."""
    rows = db.session().scalars(sa.select(Stance).order_by(Stance.id.desc()).limit(limit))
    return [StanceView(row.challenge, row.automatic, row.reason, row.by, row.since, row.until) for row in rows]


def counts(keys: Iterable[str], now: datetime) -> dict[str, Slots]:
    """What some counters hold in the slots of the last hour, by key. One statement."""
    found: dict[str, dict[int, int]] = {}
    rows = db.session().execute(
        sa.select(Tally.key, Tally.slot, Tally.many).where(
            Tally.key.in_(list(keys)), Tally.slot > slot_of(now) - HOUR
        )
    )
    for key, slot, many in rows:
        found.setdefault(key, {})[slot] = many
    return dict(found)


def house_counts(now: datetime) -> dict[str, tuple[int, int]]:
    """What the house counted in the last hour and in the last day, by the name of its counter."""
    slot = slot_of(now)
    hour = sa.func.sum(sa.case((Tally.slot > slot - HOUR, Tally.many), else_=0))
    rows = db.session().execute(
        sa.select(Tally.key, hour, sa.func.sum(Tally.many))
        .where(Tally.key.startswith("house:"), Tally.slot > slot - DAY)
        .group_by(Tally.key)
    )
    return {key.removeprefix("house:"): (int(last_hour), int(day)) for key, last_hour, day in rows}


def reviews(now: datetime, limit: int = 100) -> list[Review]:
    """Networks whose cards were declined within a day, the latest first: what a person may want to look at."""
    found: dict[str, dict[str, dict[int, int]]] = {}
    rows = db.session().execute(
        sa.select(Tally.key, Tally.slot, Tally.many).where(
            sa.or_(Tally.key.startswith("lost:"), Tally.key.startswith("wallet:")), Tally.slot > slot_of(now) - DAY
        )
    )
    for key, slot, many in rows:
        what, _, network = key.partition(":")
        found.setdefault(network, {"lost": {}, "wallet": {}})[what][slot] = many
    listed = [review(network, each["lost"], each["wallet"], now) for network, each in found.items()]
    return sorted(filter(None, listed), key=lambda each: each.last, reverse=True)[:limit]
