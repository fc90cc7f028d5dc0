"""What a story is filed under, and whose names stand above it: sections, programs, tags, people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core.ids import new_id
from station.news.drafts import Author, StoryDraft, Topic
from station.news.models import Person, Program, Section, Story, StoryPerson, StoryTag, Tag
from station.news.policies import same_name, slugify
from station.news.queries.moves import slug_now

LONGEST_SLUG, WITH_NUMBER = 80, 75  # of a label, and of what has room for a number behind it

WORDLESS = slugify("")  # the address of a name that has no letter of an address

Label = type[Section] | type[Program] | type[Tag]


def label(session: Session, row: Story, draft: StoryDraft) -> bool:
    """Give a story, which is in the session, its people and tags. Returns whether any of them is new or gone."""
    people = _set_people(session, row, draft.authors)
    return _set_tags(session, row, draft.tags) or people


def section_of(session: Session, topics: Sequence[Topic], station_id: UUID) -> UUID | None:
    """The section of the first label that the station has or whose name is known; made when it is not there yet."""
    found = (_known_or_made(session, Section, topic, station_id) for topic in topics)
    return next((section for section in found if section is not None), None)


def program_of(session: Session, program: Topic | None, station_id: UUID) -> UUID | None:
    """The program that a story was heard on; made when it is not there yet."""
    return _known_or_made(session, Program, program, station_id) if program else None


def free_slug(wanted: str, taken: Callable[[str], set[str]]) -> str:
    """`wanted` as an address, or with the first free number behind it. `taken` answers what begins like it."""
    there, slug, number = taken(wanted), wanted, 2
    while slug in there:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _known_or_made(session: Session, kind: Label, topic: Topic, station_id: UUID) -> UUID | None:
    here = sa.select(kind.id).where(kind.station_id == station_id)
    if topic.collection and (known := session.scalar(here.where(kind.cds_collection == topic.collection).limit(1))):
        return known
    if not topic.name:
        return None
    slug, known = _slug_of(session, kind, topic.name, station_id)
    if known := known or _renamed(session, kind, slug, station_id):
        return known
    made = new_id()
    session.add(kind(id=made, station_id=station_id, slug=slug, name=topic.name, cds_collection=topic.collection))
    session.flush()
    return made


def _renamed(session: Session, kind: Label, slug: str, station_id: UUID) -> UUID | None:
    """The section that had this address until the desk gave it another; the other labels are not renamed there."""
    now = slug_now(station_id, "section", slug) if kind is Section else slug
    return (
        session.scalar(sa.select(kind.id).where(kind.station_id == station_id, kind.slug == now))
        if now != slug
        else None
    )


def _slug_of(session: Session, kind: Label, name: str, station_id: UUID) -> tuple[str, UUID | None]:
    """An address for a label of this name, and the label itself where there is one.

    C++ and C#, or 中文 and 日本語, would have the same address: the later one gets a number. A section is renamed at
    the desk, so its address tells more than its name.
    """
    here = sa.select(kind.id, kind.slug, kind.name).where(kind.station_id == station_id)
    slug = slugify(name)[:LONGEST_SLUG]
    alike = list(session.execute(here.where(kind.slug == slug)))
    if alike and kind is Section and slug != WORDLESS:
        return slug, alike[0].id
    if alike and not same_name(alike[0].name, name):
        slug = slug[:WITH_NUMBER]
        numbered = kind.slug.startswith(f"{slug}-", autoescape=True)
        alike += session.execute(here.where(sa.or_(kind.slug == slug, numbered)))
    known = next((each.id for each in alike if same_name(each.name, name)), None)
    return free_slug(slug, lambda _: {each.slug for each in alike}), known


def _set_tags(session: Session, row: Story, tags: Sequence[Topic]) -> bool:
    found = (_known_or_made(session, Tag, tag, row.station_id) for tag in tags)
    wanted = {tag_id for tag_id in found if tag_id is not None}
    before = set(session.scalars(sa.select(StoryTag.tag_id).where(StoryTag.story_id == row.id)))
    if gone := before - wanted:
        session.execute(sa.delete(StoryTag).where(StoryTag.story_id == row.id, StoryTag.tag_id.in_(gone)))
    session.add_all(StoryTag(story_id=row.id, tag_id=tag_id) for tag_id in wanted - before)
    return wanted != before


def _set_people(session: Session, row: Story, authors: Sequence[Author]) -> bool:
    wanted = [(each.name, _person(session, each, row.station_id)) for each in authors]
    mine = sa.select(StoryPerson).where(StoryPerson.story_id == row.id).order_by(StoryPerson.position)
    before = list(session.scalars(mine))
    if [(each.name, each.person_id) for each in before] == wanted:
        return False
    for each in before:
        session.delete(each)
    session.flush()
    session.add_all(
        StoryPerson(id=new_id(), story_id=row.id, position=at, name=name, person_id=person_id)
        for at, (name, person_id) in enumerate(wanted)
    )
    return True


def _person(session: Session, author: Author, station_id: UUID) -> UUID | None:
    """Who that is: by CDS document, else a person of the station of that name. A mere name has no page."""
    here = sa.select(Person.id).where(Person.station_id == station_id)
    if not author.cds_id:
        return session.scalar(here.where(Person.name == author.name).order_by(Person.id).limit(1))
    if known := session.scalar(here.where(Person.cds_id == author.cds_id).limit(1)):
        return known
    taken = here.with_only_columns(Person.slug)
    slug = free_slug(
        slugify(author.name),
        lambda text: set(session.scalars(taken.where(Person.slug.startswith(text, autoescape=True)))),
    )
    made = Person(
        id=new_id(),
        station_id=station_id,
        slug=slug,
        name=author.name,
        role="",
        about="",
        url=author.url,
        on_staff=False,
        cds_id=author.cds_id,
    )
    session.add(made)
    session.flush()
    return made.id
