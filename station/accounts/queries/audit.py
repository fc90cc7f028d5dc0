"""The audit trail as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.accounts.places import SUBJECT_PAGES
from station.core.db import db
from station.core.events import Event, EventRow, EventSubject
from station.core.places import sentences
from station.core.words import when

AUDIT_PAGE = 50


@dataclass(frozen=True)
class Told:
    """An event as a page prints it. `when` is ISO for machines, `at` for people; `sentence` is "Ana did this"."""

    id: UUID
    when: str
    at: str
    text: str
    actor: str
    name: str
    note: str = ""
    url: str | None = None

    @property
    def sentence(self) -> str:
        return f"{self.actor[:1].upper()}{self.actor[1:]} {self.text[:1].lower()}{self.text[1:]}"


@dataclass(frozen=True)
class AuditPage:
    """Some events, newest first, and the cursor of the page after."""

    events: list[Told]
    before: str | None


def tell(rows: Iterable[EventRow]) -> list[Told]:
    """Put events into words. One that nobody has a sentence for is told by its name."""
    known = sentences()
    return [_told(row, known[row.name](row) if row.name in known else row.name) for row in rows]


def _told(row: EventRow, words: str, url: str | None = None) -> Told:
    at = row.at.isoformat(timespec="seconds")
    return Told(row.id, at, when(row.at), words[:1].upper() + words[1:], row.actor_label, row.name, url=url)


def audit(package: str = "", before: UUID | None = None) -> AuditPage:
    """Fifty events, newest first: of all packages or of one, from behind the event `before` on."""
    query = sa.select(Event).order_by(Event.at.desc(), Event.id.desc()).limit(AUDIT_PAGE + 1)
    if package:
        query = query.where(Event.name.startswith(f"{package}.", autoescape=True))
    last = db.session().get(Event, before) if before else None
    if last is not None:
        query = query.where(sa.or_(Event.at < last.at, sa.and_(Event.at == last.at, Event.id < last.id)))
    rows = db.session().scalars(query).all()
    shown, urls, known = rows[:AUDIT_PAGE], _urls([row.id for row in rows]), sentences()
    told = []
    for row in shown:
        view = EventRow(row.id, row.at, row.name, row.actor_kind, row.actor_label, row.data)
        told.append(_told(view, known[row.name](view) if row.name in known else row.name, urls.get(row.id)))
    return AuditPage(told, str(shown[-1].id) if len(rows) > AUDIT_PAGE else None)


def _urls(ids: list[UUID]) -> dict[UUID, str]:
    """The desk page of each event's first subject that has one, in the order in which the pages were contributed."""
    found: dict[UUID, str] = {}
    rank = {page.kind: (place, page) for place, page in enumerate(SUBJECT_PAGES)}
    rows = (
        db.session()
        .execute(
            sa.select(EventSubject.event_id, EventSubject.kind, EventSubject.subject_id).where(
                EventSubject.event_id.in_(ids), EventSubject.kind.in_(rank)
            )
        )
        .all()
    )
    for event_id, kind, subject_id in sorted(rows, key=lambda row: rank[row[1]][0]):
        found.setdefault(event_id, rank[kind][1].url(subject_id))
    return found


def subject_url(kind: str, subject_id: UUID | None) -> str | None:
    """The desk page of one subject, where there is one."""
    if subject_id is None:
        return None
    return next((page.url(subject_id) for page in SUBJECT_PAGES if page.kind == kind), None)


def packages() -> list[str]:
    """The packages that record events, for the filter."""
    return sorted({name.partition(".")[0] for name in sentences()})
