"""A second person: what one asks for, another one with the role decides, once. Both are in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts import queries
from station.accounts.models import Approval, Decision
from station.accounts.places import Approved
from station.accounts.queries import Person
from station.accounts.services.errors import AlreadyAsked, ApprovalRefused
from station.core import clock, events
from station.core.actor import Actor, ActorKind, job
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.money import Money
from station.core.upsert import insert_missing

CLERK = job("the clerk of approvals")
EVENTS = {
    Decision.APPROVED: "accounts.approval.approved",
    Decision.REFUSED: "accounts.approval.refused",
    Decision.WITHDRAWN: "accounts.approval.withdrawn",
    Decision.LAPSED: "accounts.approval.lapsed",
}


def ask_approval(
    kind: str,
    asks: str,
    subject: Subject,
    reason: str,
    asker: Actor,
    *,
    amount: Money | None = None,
    data: Mapping[str, Any] | None = None,
) -> UUID:
    """Ask for a second person, inside the current transaction or one of its own; returns the request's id.

    `asks` says what will be done, in a few words ("Refund $500.00 to Ana Ruiz"); `data`, plain JSON, is what carrying
    it out needs. Raises AlreadyAsked while the same kind waits for this subject, KeyError for an unknown kind.
    """
    lasts, now, asked_by = queries.approval_kind(kind).lasts, clock.now(), _staff(asker)
    with transaction():
        lapse_approvals()
        approval_id, words = new_id(), asks.replace("\x00", "")[:300]
        inserted = insert_missing(
            Approval,
            id=approval_id,
            kind=kind,
            subject_kind=subject.kind,
            subject_id=subject.id,
            asks=words,
            amount_cents=amount.cents if amount else None,
            data=dict(data or {}),
            reason=reason.strip().replace("\x00", ""),
            asked_by=asked_by,
            asked_at=now,
            expires_at=now + lasts,
            note="",
        )
        if not inserted:
            raise AlreadyAsked("This has been asked for already and waits for a second person.")
        subjects = [Subject("approval", approval_id), subject]
        events.record("accounts.approval.asked", asker, subjects, {"asks": words, "reason": reason.strip()})
        return approval_id


def _staff(asker: Actor) -> UUID:
    """Who asks. Raises ValueError for anybody but a member of staff."""
    if asker.kind is not ActorKind.STAFF or asker.id is None:
        raise ValueError("only a member of staff can ask for a second person")
    return asker.id


def decide(approval_id: UUID, yes: bool, note: str, decider: Person) -> None:
    """Say yes, and have it carried out in the same transaction, or say no; `note` says why.

    Raises ApprovalRefused for one's own request, without the role, or when it is decided or too old by now, and
    ApprovalStale when it cannot be carried out any more. The caller has seen to sudo.
    """
    with transaction():
        row = _open(approval_id)
        kind = queries.approval_kind(row.kind)
        if row.asked_by == decider.id:
            raise ApprovalRefused("You asked for this yourself: somebody else decides it. You can withdraw it.")
        if not decider.may(kind.role):
            raise ApprovalRefused(f"This is decided by somebody with the role {kind.role.value}.")
        _close(row, Decision.APPROVED if yes else Decision.REFUSED, note, decider.actor)
        if yes:
            kind.carry_out(_approved(row), decider.actor)


def withdraw(approval_id: UUID, person: Person) -> None:
    """Take one's own request back. Raises ApprovalRefused for somebody else's, and for one that is decided by now."""
    with transaction():
        row = _open(approval_id)
        if row.asked_by != person.id:
            raise ApprovalRefused("Only whoever asked for this can withdraw it.")
        _close(row, Decision.WITHDRAWN, "", person.actor)


def lapse_approvals() -> None:
    """End the requests that nobody decided in time. Joins the transaction."""
    overdue = (Approval.decision.is_(None), Approval.expires_at <= clock.now())
    with transaction() as session:
        for row in session.scalars(sa.select(Approval).where(*overdue).with_for_update()):
            _close(row, Decision.LAPSED, "", CLERK)


def _open(approval_id: UUID) -> Approval:
    row = db.session().get(Approval, approval_id, with_for_update=True)
    if row is None or row.decision is not None:
        raise ApprovalRefused("Somebody has decided this meanwhile.")
    if row.expires_at <= clock.now():
        raise ApprovalRefused("This waited too long and has lapsed. It can be asked for again.")
    return row


def _close(row: Approval, decision: Decision, note: str, actor: Actor) -> None:
    row.decision, row.decided_at, row.decided_by = decision, clock.now(), actor.id
    row.note = note.strip().replace("\x00", "")
    db.session().flush()
    subjects = [Subject("approval", row.id), Subject(row.subject_kind, row.subject_id)]
    events.record(EVENTS[decision], actor, subjects, {"asks": row.asks, "note": row.note})


def _approved(row: Approval) -> Approved:
    return Approved(
        row.id,
        row.kind,
        Subject(row.subject_kind, row.subject_id),
        row.asks,
        None if row.amount_cents is None else Money(row.amount_cents),
        dict(row.data),
        row.reason,
        row.asked_by,
    )
