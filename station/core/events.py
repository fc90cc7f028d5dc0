"""The append-only event log: audit trail, activity feed and timeline in one.

Services write events in the transaction of the change itself. Triggers refuse UPDATE and DELETE on both engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.actor import Actor, ActorKind, request_id
from station.core.columns import Json, Utc, enum
from station.core.db import Base, db
from station.core.ids import new_id


class Event(Base):
    """One thing that happened. `name` is `package.subject.done`; `data` holds plain values, never secrets."""

    __tablename__ = "event"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Utc, index=True)
    name: Mapped[str] = mapped_column(sa.String(80), index=True)
    actor_kind: Mapped[ActorKind] = mapped_column(enum(ActorKind))
    actor_id: Mapped[UUID | None]
    actor_label: Mapped[str] = mapped_column(sa.String(200))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    request_id: Mapped[str] = mapped_column(sa.String(64), default="")


class EventSubject(Base):
    """What an event is about: any number of rows of any package, by kind and id."""

    __tablename__ = "event_subject"
    __table_args__ = (sa.Index("ix_event_subject_of", "kind", "subject_id", "event_id"),)

    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("event.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)


# Built once, as that costs as much as running them.
_EVENT, _ABOUT = sa.insert(Event), sa.insert(EventSubject)
_WRITTEN = (
    sa.insert(Event)
    .values({column.name: sa.bindparam(column.name) for column in Event.__table__.columns})
    .returning(Event.id)
    .cte("written")
)
# An event and what it is about in one round trip to PostgreSQL. SQLite has neither, and needs none.
_TOGETHER = sa.insert(EventSubject).from_select(
    ["event_id", "kind", "subject_id"],
    sa.select(
        _WRITTEN.c.id,
        sa.func.unnest(sa.bindparam("kinds", type_=ARRAY(sa.String))),
        sa.func.unnest(sa.bindparam("ids", type_=ARRAY(sa.Uuid))),
    ),
)


@dataclass(frozen=True)
class Subject:
    """A row that an event is about, for example Subject("member", member.id)."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class EventRow:
    """An event as read: what the sentences and the timeline receive."""

    id: UUID
    at: datetime
    name: str
    actor_kind: ActorKind
    actor_label: str
    data: Mapping[str, Any]


def record(name: str, actor: Actor, subjects: Iterable[Subject], data: Mapping[str, Any] | None = None) -> UUID:
    """Write one event inside the current transaction; returns its id."""
    session, event_id = db.session(), new_id()
    session.flush()
    log = session.connection()  # past the unit of work: a pledge writes many of these, and none is changed again
    event = {
        "id": event_id,
        "at": clock.now(),
        "name": name,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_label": actor.label[:200],
        "data": dict(data or {}),
        "request_id": request_id.get(),
    }
    about = list(dict.fromkeys(subjects))
    if about and log.dialect.name == "postgresql":
        log.execute(_TOGETHER, {**event, "kinds": [s.kind for s in about], "ids": [s.id for s in about]})
        return event_id
    log.execute(_EVENT, event)
    if about:
        log.execute(_ABOUT, [{"event_id": event_id, "kind": s.kind, "subject_id": s.id} for s in about])
    return event_id


def events_of(subject: Subject, limit: int = 100) -> list[EventRow]:
    """The newest events about a subject, newest first."""
    query = (
        sa.select(Event)
        .join(EventSubject, EventSubject.event_id == Event.id)
        .where(EventSubject.kind == subject.kind, EventSubject.subject_id == subject.id)
    )
    return _rows(query, limit)


def recent_events(limit: int = 100, prefix: str = "") -> list[EventRow]:
    """The newest events of the house, or of one package (`prefix` such as "accounts."), newest first."""
    return _rows(sa.select(Event).where(Event.name.startswith(prefix, autoescape=True)), limit)


def _rows(query: sa.Select[Event], limit: int) -> list[EventRow]:
    found = db.session().scalars(query.order_by(Event.at.desc(), Event.id.desc()).limit(limit))
    return [EventRow(e.id, e.at, e.name, e.actor_kind, e.actor_label, e.data) for e in found]
