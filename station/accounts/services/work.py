"""Work items: what a machine could not decide becomes a row that waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role, WorkItem, WorkState
from station.accounts.services.alerting import enqueue_alert
from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.upsert import insert_missing


def open_work_item(
    kind: str,
    key: str,
    role: Role,
    title: str,
    detail: str = "",
    subject: Subject | None = None,
    data: Mapping[str, Any] | None = None,
    *,
    urgent: bool = False,
) -> UUID:
    """Put something into a role's queue; returns its id. One open item a `key`: the same again changes nothing.

    Joins the current transaction. Closing an item makes its key free for a new one. An `urgent` one is told outside
    the desk as well, once, wherever the settings say.
    """
    with transaction() as session:
        found = _open_item(key)
        if found:
            return found
        values: dict[str, Any] = {
            "id": new_id(),
            "kind": kind,
            "key": key,
            "role": role,
            "title": title[:200],
            "detail": detail,
            "subject_kind": subject.kind if subject else "",
            "subject_id": subject.id if subject else None,
            "data": dict(data or {}),
            "urgent": urgent,
            "state": WorkState.OPEN,
            "opened_at": clock.now(),
            "closed_by": "",
            "note": "",
        }
        if insert_missing(WorkItem, **values) and urgent:
            enqueue_alert(values["id"])
        session.flush()
        return _open_item(key) or values["id"]


def _open_item(key: str) -> UUID | None:
    return db.session().scalar(sa.select(WorkItem.id).where(WorkItem.key == key, WorkItem.state == WorkState.OPEN))


def settle_work_item(key: str, note: str, actor: Actor) -> bool:
    """Close the open item of a key, if there is one: what it asks for has come about. Joins a transaction."""
    found = _open_item(key)
    return found is not None and close_work_item(found, note, actor)


def close_work_item(item_id: UUID, note: str, actor: Actor) -> bool:
    """Close an item with a note of what was done. False when it is unknown or closed already."""
    with transaction() as session:
        item = session.get(WorkItem, item_id, with_for_update=True)
        if item is None or item.state is WorkState.DONE:
            return False
        item.state, item.closed_at, item.closed_by = WorkState.DONE, clock.now(), actor.label
        item.note = note.strip().replace("\x00", "")  # PostgreSQL keeps no NUL
        subjects = [Subject("work_item", item.id)]
        if item.subject_id:
            subjects.append(Subject(item.subject_kind, item.subject_id))
        events.record("accounts.work.closed", actor, subjects, {"title": item.title, "note": item.note})
        return True
