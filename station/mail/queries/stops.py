"""Reads of the emergency stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.mail.models import MailStop, StopScope, Stream


@dataclass(frozen=True)
class StopView:
    """A stop that holds: what, why, since when and by whom."""

    id: UUID
    scope: StopScope
    reason: str
    stopped_at: datetime
    stopped_by: str


def stops() -> list[StopView]:
    """The stops that hold now, the oldest first: at most one a scope."""
    holding = sa.select(MailStop.id, MailStop.scope, MailStop.reason, MailStop.stopped_at, MailStop.stopped_by)
    rows = db.session().execute(holding.where(MailStop.resumed_at.is_(None)).order_by(MailStop.stopped_at))
    return [StopView(*row) for row in rows]


def stop_of(stream: Stream) -> StopView | None:
    """The stop that holds up a stream; read before each hand-over, so that it works at once in every process."""
    for stop in stops():
        if stop.scope is StopScope.ALL or stream.is_commercial:
            return stop
    return None
