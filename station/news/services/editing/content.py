"""What was written becomes the content of a story's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock
from station.news.drafts import Author, StoryDraft, Topic
from station.news.models import Program, Section, Story, StoryPerson, StoryState
from station.news.policies import slugify
from station.news.policies.editing import Written, byline_of, read_blocks, read_image, with_corrections
from station.news.queries import editing
from station.news.queries.newsroom.authors import authors_of
from station.news.services.labelling import label
from station.news.services.writing import fill, slug_for


def put_into_row(session: Session, row: Story) -> None:
    """The newest saved revision becomes the content of a story's row, which is in the session: words, labels, people.

    State, dates, switches and corrections stay as they are. A story that was never written here is left alone. The
    caller tells (`tell()`), where readers see it.
    """
    newest = editing.newest_version(row.id)
    if newest.number == 0 or newest.number == row.revision:
        return
    write(session, row, newest.written)
    row.revision = newest.number


def write(session: Session, row: Story, written: Written) -> None:
    """Written content into a row, which keeps its state and dates. The address of a story that never was out follows
    its headline, unless somebody changed it."""
    state, published_at, held = row.state, row.published_at, row.headline
    draft = _draft(row, written)
    fill(session, row, draft)
    row.state, row.published_at = state, published_at
    row.section_id, row.program_id = (_id_of(session, row, each, slug) for each, slug in _labels(written))
    is_new = published_at is None and state is StoryState.DRAFT
    if is_new and _is_from(row.slug, held) and not _is_from(row.slug, written.headline):
        row.slug = slug_for(session, row.station_id, written.headline)
    session.flush()
    before = {each.name: each.person_id for each in _people(session, row)}
    label(session, row, draft)
    session.flush()
    _name_people(session, row, written, before)


def _name_people(session: Session, row: Story, written: Written, before: Mapping[str, UUID | None]) -> None:
    """Whose names stand above it: who was set apart there, who it was before, or whoever has the name."""
    for each, author in zip(_people(session, row), authors_of(row.station_id, written.authors), strict=True):
        known = None if author.set_apart else before.get(each.name)
        each.person_id = known or author.person_id
    session.flush()


def _people(session: Session, row: Story) -> Sequence[StoryPerson]:
    mine = sa.select(StoryPerson).where(StoryPerson.story_id == row.id).order_by(StoryPerson.position)
    return session.scalars(mine).all()


def _draft(row: Story, written: Written) -> StoryDraft:
    content = with_corrections(written, row.blocks or [])
    names = [each.name for each in authors_of(row.station_id, content.authors)]
    return StoryDraft(
        headline=content.headline,
        blocks=read_blocks(content, editing.upload),
        published_at=row.published_at or clock.now(),
        owner=row.owner,
        owner_url=row.owner_url,
        origin=row.origin,
        language=row.language,
        deck=content.deck,
        teaser=content.teaser,
        seo_title=content.seo_title,
        social_title=content.social_title,
        noindex=content.noindex,
        byline=content.byline or byline_of(names)[:300],
        canonical_url=row.canonical_url,
        image=read_image(content.image, editing.upload),
        authors=[Author(name) for name in names],
        tags=[Topic(name) for name in content.tags],
        revised_at=row.revised_at,
    )


def _labels(written: Written) -> tuple[tuple[type[Section] | type[Program], str], ...]:
    return (Section, written.section), (Program, written.program)


def _id_of(session: Session, row: Story, table: type[Section] | type[Program], slug: str) -> UUID | None:
    return session.scalar(sa.select(table.id).where(table.station_id == row.station_id, table.slug == slug))


def _is_from(slug: str, headline: str) -> bool:
    """Whether an address was made of a headline: the same, or with a number behind it."""
    rest = slug.removeprefix(slugify(headline))
    return rest == "" or (rest[0] == "-" and rest[1:].isdigit())
