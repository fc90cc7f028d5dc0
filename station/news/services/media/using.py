"""Stories that show a picture or play a recording follow it when its files change."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core.actor import Actor
from station.news.models import Media, Story
from station.news.policies.media import renewed
from station.news.queries.media import address_of, media_view, mentions
from station.news.services.writing import tell


def renew_stories(session: Session, row: Media, actor: Actor) -> None:
    """Write the new addresses into every story that holds old ones, in the transaction that changes the picture."""
    view, prefix = media_view(row), address_of(row.id)
    if not view.usable:
        return
    for story in session.scalars(sa.select(Story).where(mentions(row.id)).with_for_update()):
        image = renewed(story.image, prefix, view.again)
        blocks = renewed(story.blocks, prefix, view.again)
        if (image, blocks) != (story.image, story.blocks):
            story.image, story.blocks = image, blocks
            session.flush()
            tell("news.story.updated", story, actor)
