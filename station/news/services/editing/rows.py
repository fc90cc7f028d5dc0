"""Rows of what is written, inside a transaction of somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock
from station.core.actor import Actor, ActorKind
from station.core.ids import new_id
from station.news.models import Origin, RevisionKind, Story, StoryAutosave, StoryRevision
from station.news.policies.editing import Written
from station.news.queries import editing
from station.news.queries.editing import Version

AS_IT_WAS = "As it was before it was first changed at the desk"


class NotOurs(Exception):
    """A story of somebody else's: it follows its owner, and is not edited here."""


class WrittenMeanwhile(Exception):
    """Somebody saved something newer than what this began from: `newest` is that."""

    def __init__(self, newest: Version) -> None:
        super().__init__(f"revision {newest.number} was saved meanwhile")
        self.newest = newest


class Unfinished(Exception):
    """What is written cannot be saved yet: `problems` says why, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def locked(session: Session, story_id: UUID) -> Story:
    """A story of our own, held until the transaction ends. Raises NoResultFound for an unknown one, or NotOurs."""
    row = session.get_one(Story, story_id, with_for_update=True)
    if row.origin is not Origin.LOCAL:
        raise NotOurs(row.owner)
    return row


def add_revision(
    session: Session,
    row: Story,
    kind: RevisionKind,
    written: Written,
    note: str,
    actor: Actor,
    restored_from: int | None = None,
) -> int:
    """Write the next revision down; returns its number. What the row held before the first one becomes the first."""
    last = editing.newest_number(row.id)
    if last == 0 and row.revision == 0 and (row.blocks or row.published_at):
        _append(session, row, 1, RevisionKind.SAVED, editing.written_row(row), AS_IT_WAS, row.owner, None, None)
        row.revision = last = 1
    who, staff_id = actor.label[:200], staff_of(actor)
    _append(session, row, last + 1, kind, written, note, who, staff_id, restored_from)
    return last + 1


def forget_unsaved(session: Session, story_id: UUID, actor: Actor) -> None:
    session.execute(
        sa.delete(StoryAutosave).where(StoryAutosave.story_id == story_id, StoryAutosave.staff_id == staff_of(actor))
    )


def staff_of(actor: Actor) -> UUID | None:
    """The person at the desk; None for a command or a job."""
    return actor.id if actor.kind is ActorKind.STAFF else None


def _append(
    session: Session,
    row: Story,
    number: int,
    kind: RevisionKind,
    written: Written,
    note: str,
    who: str,
    staff_id: UUID | None,
    restored_from: int | None,
) -> None:
    session.add(
        StoryRevision(
            id=new_id(),
            story_id=row.id,
            number=number,
            kind=kind,
            restored_from=restored_from,
            content=written.as_json(),
            note=note,
            staff_id=staff_id,
            who=who,
            at=clock.now(),
        )
    )
    session.flush()
