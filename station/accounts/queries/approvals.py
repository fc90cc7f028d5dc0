"""Reads of what waits for a second person, and of what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from station.accounts.models import Approval, Decision, Role, Staff, StaffRole
from station.accounts.places import APPROVALS, ApprovalKind
from station.accounts.queries.audit import subject_url
from station.accounts.queries.people import Person
from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money

APPROVAL_PREFIX = "approval"
LONGEST_LIST = 200


@dataclass(frozen=True)
class ApprovalView:
    """A request as pages see it. `url`, the desk page of what it is about, is known inside a request only."""

    id: UUID
    public_id: str
    kind: ApprovalKind
    subject: tuple[str, UUID]
    asks: str
    amount: Money | None
    reason: str
    asked_by: UUID
    asker: str
    asked_at: datetime
    expires_at: datetime
    decision: Decision | None
    decider: str
    decided_at: datetime | None
    note: str

    @property
    def url(self) -> str | None:
        return subject_url(*self.subject)

    @property
    def waits(self) -> bool:
        return self.decision is None and self.expires_at > clock.now()


def approval_kind(name: str) -> ApprovalKind:
    """The kind of this name. Raises KeyError for one that no package contributes."""
    return {kind.name: kind for kind in APPROVALS}[name]


def approvals(person: Person, *, waiting: bool, limit: int = LONGEST_LIST) -> list[ApprovalView]:
    """What a person may see (kinds of their roles, and what they asked for): waiting, oldest first; or ended."""
    theirs = sa.or_(Approval.kind.in_(_kinds_of(person)), Approval.asked_by == person.id)
    waits = (Approval.decision.is_(None), Approval.expires_at > clock.now())
    return _views(theirs, sa.and_(*waits) if waiting else sa.not_(sa.and_(*waits)), latest=not waiting, limit=limit)


def waiting_for(role: Role, limit: int) -> list[ApprovalView]:
    """What waits for somebody with this very role, oldest first."""
    names = [kind.name for kind in APPROVALS if kind.role is role]
    waits = (Approval.kind.in_(names), Approval.decision.is_(None), Approval.expires_at > clock.now())
    return _views(*waits, limit=limit) if names else []


def approval(approval_id: UUID, person: Person) -> ApprovalView | None:
    """One request, if this person may see it."""
    theirs = sa.or_(Approval.kind.in_(_kinds_of(person)), Approval.asked_by == person.id)
    return next(iter(_views(Approval.id == approval_id, theirs)), None)


def deciders(kind: ApprovalKind, asked_by: UUID) -> list[str]:
    """Names of those who could decide such a request of this person."""
    allowed = sa.select(StaffRole.staff_id).where(StaffRole.role.in_({Role.ADMIN, kind.role}))
    can = (Staff.id.in_(allowed), Staff.id != asked_by, Staff.disabled_at.is_(None), Staff.password_hash.is_not(None))
    return list(db.session().scalars(sa.select(Staff.name).where(*can).order_by(Staff.name)))


def _kinds_of(person: Person) -> list[str]:
    return [kind.name for kind in APPROVALS if person.may(kind.role, reading=True)]


def _views(*where: sa.ColumnElement[bool], latest: bool = False, limit: int = 1) -> list[ApprovalView]:
    """Requests of known kinds, oldest first or latest first."""
    asker, decider = aliased(Staff), aliased(Staff)
    rows = db.session().execute(
        sa.select(Approval, asker.name, decider.name)
        .join(asker, asker.id == Approval.asked_by)
        .outerjoin(decider, decider.id == Approval.decided_by)
        .where(Approval.kind.in_([kind.name for kind in APPROVALS]), *where)
        .order_by(*((Approval.asked_at.desc(), Approval.id.desc()) if latest else (Approval.asked_at, Approval.id)))
        .limit(limit)
    )
    return [_view(row, asked, decided or "") for row, asked, decided in rows]


def _view(row: Approval, asker: str, decider: str) -> ApprovalView:
    return ApprovalView(
        row.id,
        public_id(APPROVAL_PREFIX, row.id),
        approval_kind(row.kind),
        (row.subject_kind, row.subject_id),
        row.asks,
        None if row.amount_cents is None else Money(row.amount_cents),
        row.reason,
        row.asked_by,
        asker,
        row.asked_at,
        row.expires_at,
        row.decision,
        decider,
        row.decided_at,
        row.note,
    )
