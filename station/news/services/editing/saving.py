"""Saving what was written: as a revision, or until it is saved."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.news.models import RevisionKind, Story, StoryAutosave, StoryState
from station.news.policies.editing import Written, differ, problems, without_empty
from station.news.queries import editing
from station.news.services.editing.content import put_into_row
from station.news.services.editing.rows import (
    Unfinished,
    WrittenMeanwhile,
    add_revision,
    forget_unsaved,
    locked,
    staff_of,
)
from station.news.services.writing import tell


def save_story(story_id: UUID, base: int, written: Written, note: str, actor: Actor) -> int:
    """Save a story as its next revision; returns the number. What says nothing new makes none.

    `base` is the revision that the writing began from. A draft's row follows what was saved; readers of a story that
    is out see it when it is put out. What the person had not saved is forgotten. Raises NoResultFound, NotOurs,
    Unfinished with what is wrong, and WrittenMeanwhile when somebody saved something else since `base`.
    """
    with transaction() as session:
        row = locked(session, story_id)
        written = without_empty(written)
        newest = editing.newest_version(story_id)
        if differ(written, newest.written) and _is_newer(story_id, newest, base):
            raise WrittenMeanwhile(newest)
        _refuse_unfinished(row, written)
        forget_unsaved(session, story_id, actor)
        if not differ(written, newest.written):
            return newest.number
        return _keep(session, row, RevisionKind.SAVED, written, note, actor)


def restore(story_id: UUID, number: int, actor: Actor) -> int:
    """Make an earlier revision the newest one again; returns the new number. Nothing between them is lost.

    Raises NoResultFound, NotOurs, LookupError for a number that the story does not have, and Unfinished.
    """
    with transaction() as session:
        row = locked(session, story_id)
        found = editing.version(story_id, number)
        if found is None:
            raise LookupError(number)
        _refuse_unfinished(row, found.written)
        return _keep(session, row, RevisionKind.RESTORED, found.written, "", actor, number)


def keep_unsaved(story_id: UUID, base: int, written: Written, actor: Actor) -> None:
    """Keep what somebody has written, whole or not, until they save it: one row a person and story.

    No event: it happens every few seconds, and changes nothing for anybody else. Raises NoResultFound and NotOurs,
    and ValueError for an actor who is nobody of the staff.
    """
    staff_id = staff_of(actor)
    if staff_id is None:
        raise ValueError(f"{actor.label} has no desk")
    with transaction() as session:
        locked(session, story_id)
        row = session.get(StoryAutosave, (story_id, staff_id)) or StoryAutosave(story_id=story_id, staff_id=staff_id)
        row.base, row.content, row.who, row.at = base, written.as_json(), actor.label[:200], clock.now()
        session.add(row)


def leave_unsaved(story_id: UUID, actor: Actor) -> None:
    """Forget what somebody had not saved. Raises NoResultFound and NotOurs."""
    with transaction() as session:
        row = locked(session, story_id)
        forget_unsaved(session, story_id, actor)
        events.record("news.story.left", actor, [Subject("story", row.id)], {"headline": row.headline})


def _keep(
    session: Session,
    row: Story,
    kind: RevisionKind,
    written: Written,
    note: str,
    actor: Actor,
    restored_from: int | None = None,
) -> int:
    number = add_revision(session, row, kind, written, note, actor, restored_from)
    name = "news.story.saved" if restored_from is None else "news.story.restored"
    said = {"number": str(number), "from": str(restored_from or "")}
    if row.state is StoryState.PUBLISHED and row.published_at is not None and row.published_at > clock.now():
        put_into_row(session, row)  # it comes out by itself, with what was saved last
        tell(name, row, actor, **said)
        return number
    if row.state is StoryState.DRAFT:
        put_into_row(session, row)  # nobody reads it; the desk's lists show the headline that it has now
        row.updated_at = clock.now()
    events.record(name, actor, [Subject("story", row.id)], {"headline": written.headline, **said})
    return number


def _is_newer(story_id: UUID, newest: editing.Version, base: int) -> bool:
    """Whether somebody saved something else since `base`; what reads the same is nothing else."""
    if newest.number == base:
        return False
    began = editing.version(story_id, base)
    return began is None or differ(began.written, newest.written)


def _refuse_unfinished(row: Story, written: Written) -> None:
    sections, programs = editing.label_choices(row.station_id)
    if found := problems(written, dict(sections), dict(programs), editing.upload):
        raise Unfinished(found)
