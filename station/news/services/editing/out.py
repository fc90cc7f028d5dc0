"""Putting out what was written, on a story that readers see."""

from __future__ import annotations

from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.db import transaction
from station.news.models import RevisionKind, StoryState
from station.news.queries import editing
from station.news.services.editing.content import put_into_row
from station.news.services.editing.rows import WrittenMeanwhile, add_revision, forget_unsaved, locked
from station.news.services.writing import tell


def put_out(story_id: UUID, base: int, actor: Actor, *, updated: bool = False) -> int:
    """Put what was saved last before the readers of a story that is out; returns the number of the revision.

    `base` is the revision that the person has seen; `updated` prints "Updated" with the time. Raises NoResultFound,
    NotOurs, WrittenMeanwhile when something newer was saved, and ValueError for a story that is not out.
    """
    with transaction() as session:
        row = locked(session, story_id)
        if row.state is not StoryState.PUBLISHED:
            raise ValueError(f"{row.headline} is not out")
        newest = editing.newest_version(story_id)
        if newest.number != base:
            raise WrittenMeanwhile(newest)
        number = add_revision(session, row, RevisionKind.OUT, newest.written, "", actor)
        put_into_row(session, row)
        if updated:
            row.revised_at = clock.now()
        forget_unsaved(session, story_id, actor)
        session.flush()
        tell("news.story.changed", row, actor, revision=str(number))
        return number
