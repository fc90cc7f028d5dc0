"""Writing stories: taking NPR's, publishing our own, withdrawing them. Each bumps the bulletin "stories"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from station.core import bulletin, clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.news.cds.document import CdsStory, Withdrawn, id_of, read
from station.news.cds.shapes import Refused
from station.news.drafts import StoryDraft, Topic
from station.news.models import Section, Story, StoryState
from station.news.policies import slugify

BULLETIN = "stories"


@dataclass(frozen=True)
class Taken:
    """What became of one document: added, updated, unchanged, retracted or refused (with the reason in `why`)."""

    outcome: str
    cds_id: str
    why: str = ""
    left_out: tuple[str, ...] = ()


def import_document(document: Any, station_id: UUID, actor: Actor) -> Taken:
    """Take one CDS document into a station, in a transaction of its own. A document that cannot be taken is refused.

    Again and again has the same result as once; a document older than the one we hold is refused; an id that we know
    stays with the station it is at.
    """
    if not isinstance(document, dict):
        return Taken("refused", "", "it is not an object")
    try:
        found = read(document)
        return _withdraw(found, actor) if isinstance(found, Withdrawn) else _take(found, station_id, actor)
    except Refused as refusal:
        return Taken("refused", _id_or_nothing(document), str(refusal))


def retract_story(story_id: UUID, why: str, actor: Actor) -> None:
    """Take a story off the site; its address then says that it is gone. Raises NoResultFound for an unknown one."""
    with transaction() as session:
        row = session.get_one(Story, story_id, with_for_update=True)
        if row.state is not StoryState.RETRACTED:
            _retract(row, why, actor)


def publish_story(draft: StoryDraft, station_id: UUID, actor: Actor) -> UUID:
    """Publish a story of our own from its `published_at` on; returns its id."""
    with transaction() as session:
        row = _new_row(session, draft, station_id)
        _fill(row, draft, _section(session, draft.topics, station_id))
        session.add(row)
        session.flush()
        _tell("news.story.published", row, actor)
        return row.id


def _take(found: CdsStory, station_id: UUID, actor: Actor) -> Taken:
    try:
        return _take_once(found, station_id, actor)
    except IntegrityError:  # somebody else took the same document or slug between our look and our insert
        return _take_once(found, station_id, actor)


def _take_once(found: CdsStory, station_id: UUID, actor: Actor) -> Taken:
    with transaction() as session:
        row = session.scalar(sa.select(Story).where(Story.cds_id == found.cds_id).with_for_update())
        if row is None:
            row = _new_row(session, found.draft, station_id)
            row.cds_id, name = found.cds_id, "added"
        else:
            if found.modified < row.cds_modified:
                raise Refused(f"it is older ({found.modified or 'undated'}) than what we hold ({row.cds_modified})")
            name = "updated"
        _fill(row, found.draft, _section(session, found.draft.topics, row.station_id))
        row.cds_modified, row.cds_raw = found.modified, found.raw
        session.add(row)
        if name == "updated" and not _changed(row):
            return Taken("unchanged", found.cds_id, left_out=found.left_out)
        session.flush()
        _tell("news.story.imported" if name == "added" else "news.story.updated", row, actor)
        return Taken(name, found.cds_id, left_out=found.left_out)


def _withdraw(found: Withdrawn, actor: Actor) -> Taken:
    """Take a story off the site because its owner restricted it. One that we never had is refused."""
    with transaction() as session:
        row = session.scalar(sa.select(Story).where(Story.cds_id == found.cds_id).with_for_update())
        if row is None:
            return Taken("refused", found.cds_id, found.why)
        if row.state is StoryState.RETRACTED:
            return Taken("unchanged", found.cds_id)
        _retract(row, found.why, actor)
        return Taken("retracted", found.cds_id, found.why)


def _new_row(session: Session, draft: StoryDraft, station_id: UUID) -> Story:
    return Story(
        id=new_id(),
        station_id=station_id,
        slug=_free_slug(session, station_id, draft.headline),
        updated_at=clock.now(),
    )


def _fill(row: Story, draft: StoryDraft, section_id: UUID | None) -> None:
    """Write a draft into a row; the session knows which values differ."""
    values = {
        "state": StoryState.PUBLISHED,
        "section_id": section_id,
        "headline": draft.headline,
        "teaser": draft.teaser,
        "byline": draft.byline,
        "owner": draft.owner,
        "owner_url": draft.owner_url,
        "image": draft.image,
        "canonical_url": draft.canonical_url,
        "blocks": list(draft.blocks),
        "published_at": draft.published_at,
        "no_underwriting": draft.no_underwriting,
    }
    for name, value in values.items():
        setattr(row, name, value)


def _changed(row: Story) -> bool:
    return any(attribute.history.has_changes() for attribute in sa.inspect(row).attrs)


def _retract(row: Story, why: str, actor: Actor) -> None:
    row.state = StoryState.RETRACTED
    _tell("news.story.retracted", row, actor, why=why)


def _tell(name: str, row: Story, actor: Actor, **data: str) -> None:
    row.updated_at = clock.now()
    bulletin.bump(BULLETIN)
    events.record(name, actor, [Subject("story", row.id)], {"headline": row.headline, **data})


def _free_slug(session: Session, station_id: UUID, headline: str) -> str:
    """The headline as an address; with a number behind it when another story of the station has that one."""
    wanted = slugify(headline)
    taken = set(
        session.scalars(
            sa.select(Story.slug).where(
                Story.station_id == station_id, Story.slug.startswith(wanted, autoescape=True)
            )
        )
    )
    number = 2
    while wanted in taken:
        wanted, number = f"{slugify(headline)}-{number}", number + 1
    return wanted


def _section(session: Session, topics: Sequence[Topic], station_id: UUID) -> UUID | None:
    """The section of the first label that the station has or whose name is known; made when it is not there yet."""
    for topic in topics:
        here = sa.select(Section.id).where(Section.station_id == station_id)
        if topic.collection and (known := session.scalar(here.where(Section.cds_collection == topic.collection))):
            return known
        if not topic.name:
            continue
        slug = slugify(topic.name)[:80]
        if known := session.scalar(here.where(Section.slug == slug)):
            return known
        made = new_id()
        session.add(
            Section(id=made, station_id=station_id, slug=slug, name=topic.name, cds_collection=topic.collection)
        )
        session.flush()
        return made
    return None


def _id_or_nothing(document: dict[str, Any]) -> str:
    try:
        return id_of(document)
    except Refused:
        return ""
