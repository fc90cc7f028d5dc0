"""Reads of what holds mail up: the emergency stop, a provider that asked for time, a mailing that does not go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.mail.models import Mailing, MailingState, MailProvider, MailStop, OutgoingMail, StopScope, Stream

MAILING_KIND = "mailing."  # and the mailing's id: the kind of its letters


@dataclass(frozen=True)
class StopView:
    """A stop that holds: what, why, since when and by whom."""

    id: UUID
    scope: StopScope
    reason: str
    stopped_at: datetime
    stopped_by: str


@dataclass(frozen=True)
class Hold:
    """What holds a message up: why there is a stop, until when its provider is left alone, and PAUSED or STOPPED of
    the mailing that it is a letter of."""

    stop: str | None
    provider_until: datetime | None
    mailing: MailingState | None


_HOLDS = sa.select(
    sa.select(MailStop.reason)
    .where(MailStop.resumed_at.is_(None), MailStop.scope.in_(sa.bindparam("scopes", expanding=True)))
    .order_by(MailStop.stopped_at)
    .limit(1)
    .scalar_subquery(),
    sa.select(MailProvider.paused_until).where(MailProvider.name == sa.bindparam("provider")).scalar_subquery(),
    sa.select(Mailing.state).where(Mailing.id == sa.bindparam("mailing")).scalar_subquery(),
)


def hold_of(mail: OutgoingMail) -> Hold:
    """What holds a message up now: one statement, read in the transaction that takes the message in hand."""
    scopes = tuple(StopScope) if mail.stream.is_commercial else (StopScope.ALL,)
    mailing = UUID(mail.kind.removeprefix(MAILING_KIND)) if mail.kind.startswith(MAILING_KIND) else None
    asked = {"scopes": scopes, "provider": mail.provider, "mailing": mailing}
    stop, until, state = db.session().execute(_HOLDS, asked).one()
    return Hold(
        stop,
        until if until is not None and until > clock.now() else None,
        state if state in (MailingState.PAUSED, MailingState.STOPPED) else None,
    )


def stops() -> list[StopView]:
    """The stops that hold now, the oldest first: at most one a scope."""
    holding = sa.select(MailStop.id, MailStop.scope, MailStop.reason, MailStop.stopped_at, MailStop.stopped_by)
    rows = db.session().execute(holding.where(MailStop.resumed_at.is_(None)).order_by(MailStop.stopped_at))
    return [StopView(*row) for row in rows]


def stop_of(stream: Stream) -> StopView | None:
    """The stop that holds up a stream."""
    for stop in stops():
        if stop.scope is StopScope.ALL or stream.is_commercial:
            return stop
    return None
