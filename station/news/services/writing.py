"""Writing stories: publishing our own, withdrawing any. Each change bumps the bulletin "stories"."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import bulletin, clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.stale import stale, told
from station.licensee.queries import station_by_id
from station.news.drafts import StoryDraft
from station.news.models import Story, StoryState
from station.news.policies import slugify
from station.news.queries.moves import earlier_slugs
from station.news.queries.showing import keys_of_change
from station.news.services.indexing import keep_findable
from station.news.services.labelling import free_slug, label, program_of, section_of

BULLETIN = "stories"
COPIED = (
    "origin",
    "language",
    "headline",
    "deck",
    "teaser",
    "seo_title",
    "social_title",
    "noindex",
    "byline",
    "owner",
    "owner_url",
    "image",
    "canonical_url",
    "published_at",
    "revised_at",
)


def retract_story(story_id: UUID, why: str, actor: Actor) -> None:
    """Take a story off the site; its address then says that it is gone. Raises NoResultFound for an unknown one.

    What a person took off no import brings back.
    """
    with transaction() as session:
        row = session.get_one(Story, story_id, with_for_update=True)
        row.kept_off = True
        if row.state is not StoryState.RETRACTED:
            retract(row, why, actor)


def publish_story(draft: StoryDraft, station_id: UUID, actor: Actor) -> UUID:
    """Publish a story of our own from its `published_at` on; returns its id."""
    with transaction() as session:
        row = new_row(session, draft, station_id)
        fill(session, row, draft)
        row.no_underwriting, row.sensitive, row.why_quiet = draft.no_underwriting, draft.sensitive, draft.why_quiet
        session.add(row)
        session.flush()
        label(session, row, draft)
        tell("news.story.published", row, actor)
        return row.id


def new_row(session: Session, draft: StoryDraft, station_id: UUID) -> Story:
    return Story(
        id=new_id(), station_id=station_id, slug=slug_for(session, station_id, draft.headline), updated_at=clock.now()
    )


def fill(session: Session, row: Story, draft: StoryDraft) -> None:
    """Write a draft into a row; the session knows which values differ. Its quiet switches are the newsroom's own."""
    values = {
        "state": StoryState.PUBLISHED,
        "section_id": section_of(session, draft.topics, row.station_id),
        "program_id": program_of(session, draft.program, row.station_id),
        "blocks": list(draft.blocks),
        **{name: getattr(draft, name) for name in COPIED},
    }
    for name, value in values.items():
        setattr(row, name, value)


def retract(row: Story, why: str, actor: Actor) -> None:
    row.state = StoryState.RETRACTED
    tell("news.story.retracted", row, actor, why=why)


def tell(name: str, row: Story, actor: Actor, **data: str) -> None:
    """A story, which is in the session, was changed: found as it is now, on pages made anew, in the audit."""
    row.updated_at = clock.now()
    keep_findable(db.session(), row)
    bulletin.bump(BULLETIN)
    if told():
        stale(*keys_of_change(row, station_by_id(row.station_id).slug))
    events.record(name, actor, [Subject("story", row.id)], {"headline": row.headline, **data})


def slug_for(session: Session, station_id: UUID, headline: str) -> str:
    """The headline as an address; with a number behind it when another story of the station has that one."""
    here = sa.select(Story.slug).where(Story.station_id == station_id)

    def taken(text: str) -> set[str]:
        there = session.scalars(here.where(Story.slug.startswith(text, autoescape=True)))
        return {*there, *earlier_slugs(station_id, text)}

    return free_slug(slugify(headline), taken)
