"""Drafts of our own, as the newsroom has them before they are out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db, transaction
from station.core.events import Event, EventSubject
from station.news.drafts import text_blocks
from station.news.models import Origin, Story, StoryState
from tests.conftest import House


def a_draft(
    house: House, headline: str = "The well is dry", text: str = "<p>One.</p><p>Two.</p>", **more: Any
) -> UUID:
    """A draft at KNPR that nobody ever saw; its id."""
    with transaction() as session:
        row = Story(
            station_id=house.news.id,
            slug=headline.casefold().replace(" ", "-"),
            state=StoryState.DRAFT,
            origin=Origin.LOCAL,
            headline=headline,
            owner="Desert Public Radio",
            blocks=text_blocks(text),
            updated_at=clock.now(),
        )
        for name, value in more.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id


def row_of(story_id: UUID) -> Story:
    """The row as it is now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Story, story_id)


def told(story_id: UUID) -> list[str]:
    """What was written down about a story, in order, without the prefix that all have."""
    db.session.rollback()
    query = (
        sa.select(Event.name)
        .join(EventSubject, EventSubject.event_id == Event.id)
        .where(EventSubject.subject_id == story_id)
        .order_by(Event.at, Event.id)
    )
    return [name.removeprefix("news.story.") for name in db.session.scalars(query)]
