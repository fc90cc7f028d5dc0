"""A story that is being written: changes that are saved and not out yet, and words that nobody has saved."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from station.core.actor import Actor
from station.core.db import db
from station.news.models import Origin, Story
from station.news.policies.editing import empty, keyed
from station.news.queries.editing import newest_version
from station.news.services.editing import keep_unsaved, save_story

DECK = "What one wet spring changes for the valley, and what it does not."
QUOTE = ("A good year is for filling up, not for letting go.", "A water manager at this week’s meeting")


def writing(station_id: UUID, editor: Actor, reporter: Actor) -> None:
    """Two revisions on the newest story of a station's own, and what its reporter has not saved."""
    ours = sa.select(Story.id).where(Story.station_id == station_id, Story.origin == Origin.LOCAL)
    story_id = db.session().scalars(ours.order_by(Story.published_at.desc())).first()
    if story_id is None:
        return
    written = replace(newest_version(story_id).written, deck=DECK)
    number = save_story(story_id, 0, written, "A deck, as the morning meeting asked", editor)
    said = {**empty("quote"), "text": QUOTE[0], "who": QUOTE[1]}
    quoted = replace(written, blocks=keyed([*written.blocks, said]))
    number = save_story(story_id, number, quoted, "One voice at the end", editor)
    last = keyed([*quoted.blocks, {**empty("text"), "text": "A last paragraph, half"}])
    keep_unsaved(story_id, number, replace(quoted, blocks=last), reporter)
