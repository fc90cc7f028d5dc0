"""A new story."""

from __future__ import annotations

from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.licensee.queries import station_by_id
from station.news.drafts import StoryDraft
from station.news.models import RevisionKind, StoryState
from station.news.policies.editing import Written
from station.news.services.editing.rows import add_revision
from station.news.services.writing import fill, new_row


def begin_story(station_id: UUID, headline: str, actor: Actor) -> UUID:
    """Begin a story of a station's own, as a draft with its headline; returns its id."""
    with transaction() as session:
        draft = StoryDraft(headline, [], clock.now(), station_by_id(station_id).name)
        row = new_row(session, draft, station_id)
        fill(session, row, draft)
        row.state, row.published_at = StoryState.DRAFT, None
        session.add(row)
        session.flush()
        row.revision = add_revision(session, row, RevisionKind.SAVED, Written(headline), "", actor)
        events.record("news.story.begun", actor, [Subject("story", row.id)], {"headline": headline})
        return row.id
