"""Reads of work items."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role, WorkItem, WorkState
from station.accounts.queries.audit import subject_url
from station.core.actor import Actor
from station.core.db import db
from station.core.ids import public_id

LONGEST_LIST = 200


@dataclass(frozen=True)
class WorkItemView:
    """A work item. `url`, the desk page of what it is about, is known inside a request only."""

    id: UUID
    public_id: str
    kind: str
    role: Role
    title: str
    detail: str
    subject: tuple[str, UUID | None]
    urgent: bool
    open: bool
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    note: str

    @property
    def url(self) -> str | None:
        return subject_url(*self.subject)


def work_items(roles: Collection[Role], *, still_open: bool = True, limit: int = LONGEST_LIST) -> list[WorkItemView]:
    """What waits in the queues of these roles, oldest first; or what was done there, latest first."""
    order = WorkItem.opened_at if still_open else WorkItem.closed_at.desc()
    state = WorkState.OPEN if still_open else WorkState.DONE
    rows = db.session().scalars(
        sa.select(WorkItem)
        .where(WorkItem.role.in_(roles), WorkItem.state == state)
        .order_by(order, WorkItem.id)
        .limit(limit)
    )
    return [_view(row) for row in rows]


def work_item(item_id: UUID) -> WorkItemView | None:
    """One work item."""
    row = db.session().get(WorkItem, item_id)
    return _view(row) if row else None


def was_done(key: str, but_by: Actor) -> bool:
    """Whether an item of a key was closed by anybody but one actor."""
    closed = (WorkItem.key == key, WorkItem.state == WorkState.DONE, WorkItem.closed_by != but_by.label)
    return db.session().scalar(sa.select(WorkItem.id).where(*closed).limit(1)) is not None


def work_counts() -> dict[Role, int]:
    """How many items wait in each queue."""
    rows = db.session().execute(
        sa.select(WorkItem.role, sa.func.count()).where(WorkItem.state == WorkState.OPEN).group_by(WorkItem.role)
    )
    return {row[0]: row[1] for row in rows}


def _view(row: WorkItem) -> WorkItemView:
    return WorkItemView(
        row.id,
        public_id("work", row.id),
        row.kind,
        row.role,
        row.title,
        row.detail,
        (row.subject_kind, row.subject_id),
        row.urgent,
        row.state is WorkState.OPEN,
        row.opened_at,
        row.closed_at,
        row.closed_by,
        row.note,
    )
