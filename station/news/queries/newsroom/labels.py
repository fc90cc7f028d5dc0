"""Reads of sections and people for the desk: lists of a station's, one by its id, and how many stories each has."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.search import words
from station.licensee.queries import station_by_id
from station.news.models import Person, Redirect, Section, Story, StoryPerson, StoryRevision
from station.news.policies.moves import label_path

MOST_PEOPLE = 50


@dataclass(frozen=True)
class SectionRecord:
    """A section as the desk keeps it. `stories` counts those in any state."""

    id: UUID
    station_id: UUID
    slug: str
    name: str
    position: int
    on_home: bool
    stories: int

    @property
    def public_id(self) -> str:
        return public_id("section", self.id)


@dataclass(frozen=True)
class PersonRecord:
    """A person as the desk keeps them. `stories` counts those in any state; `taken` says that NPR knows them."""

    id: UUID
    station_id: UUID
    slug: str
    name: str
    role: str
    about: str
    url: str
    on_staff: bool
    taken: bool
    stories: int

    @property
    def public_id(self) -> str:
        return public_id("person", self.id)


@dataclass(frozen=True)
class PeoplePage:
    """Some of the people of a station by name, and how many were left out."""

    people: list[PersonRecord]
    more: bool


def section_records(station_id: UUID) -> list[SectionRecord]:
    """Every section of a station, in its order."""
    rows = _sections().where(Section.station_id == station_id).order_by(Section.position, Section.name, Section.id)
    return [SectionRecord(**row) for row in db.session().execute(rows).mappings()]


def section_record(section_id: UUID) -> SectionRecord | None:
    """A section by its id."""
    row = db.session().execute(_sections().where(Section.id == section_id)).mappings().one_or_none()
    return SectionRecord(**row) if row else None


def person_records(station_id: UUID, query: str = "", after: UUID | None = None) -> PeoplePage:
    """People of a station whose name, role or slug holds `query`, by name; `after` is who a page ended with."""
    wanted = _people().where(Person.station_id == station_id).order_by(Person.name, Person.slug)
    if query:
        typed, spelled = query.casefold(), "-".join(words(query))
        has = [sa.func.lower(each).contains(typed, autoescape=True) for each in (Person.name, Person.role)]
        has += [Person.slug.contains(spelled, autoescape=True)] if spelled else []
        wanted = wanted.where(sa.or_(*has))
    if last := db.session().get(Person, after) if after else None:
        wanted = wanted.where(
            sa.or_(Person.name > last.name, sa.and_(Person.name == last.name, Person.slug > last.slug))
        )
    found = [PersonRecord(**row) for row in db.session().execute(wanted.limit(MOST_PEOPLE + 1)).mappings()]
    return PeoplePage(found[:MOST_PEOPLE], len(found) > MOST_PEOPLE)


def person_record(person_id: UUID) -> PersonRecord | None:
    """A person by their id."""
    row = db.session().execute(_people().where(Person.id == person_id)).mappings().one_or_none()
    return PersonRecord(**row) if row else None


def others_named(person: PersonRecord) -> list[PersonRecord]:
    """Other people of the station with the same name."""
    same = _people().where(Person.station_id == person.station_id, Person.name == person.name, Person.id != person.id)
    return [PersonRecord(**row) for row in db.session().execute(same.order_by(Person.slug)).mappings()]


def stories_under(section_id: UUID) -> int:
    """How many stories stand under a section, or will once what was saved last of them is out."""
    session = db.session()
    row = session.get_one(Section, section_id)
    last = sa.orm.aliased(StoryRevision)
    newest = sa.select(sa.func.max(last.number)).where(last.story_id == Story.id).correlate(Story).scalar_subquery()
    filed = StoryRevision.content["section"].as_string().in_(_slugs(row))
    coming = sa.select(Story.id).join(StoryRevision, StoryRevision.story_id == Story.id)
    coming = coming.where(Story.station_id == row.station_id, StoryRevision.number == newest, filed)
    here = sa.select(Story.id).where(Story.section_id == section_id)
    return session.scalar(sa.select(sa.func.count()).select_from(here.union(coming).subquery())) or 0


def _slugs(row: Section) -> list[str]:
    """The slug of a section and those that it had."""
    prefix = label_path(station_by_id(row.station_id).slug, "section", "")
    had = sa.select(Redirect.path).where(Redirect.target_path == prefix + row.slug, Redirect.path.startswith(prefix))
    return [row.slug, *(path.removeprefix(prefix) for path in db.session().scalars(had))]


def _sections() -> sa.Select[tuple[object, ...]]:
    mine = sa.select(sa.func.count(Story.id)).where(Story.section_id == Section.id).scalar_subquery()
    columns = (Section.id, Section.station_id, Section.slug, Section.name, Section.position, Section.on_home)
    return sa.select(*columns, mine.label("stories"))


def _people() -> sa.Select[tuple[object, ...]]:
    mine = sa.select(sa.func.count(StoryPerson.story_id.distinct())).where(StoryPerson.person_id == Person.id)
    columns = (
        Person.id,
        Person.station_id,
        Person.slug,
        Person.name,
        Person.role,
        Person.about,
        Person.url,
        Person.on_staff,
        Person.cds_id.is_not(None).label("taken"),
    )
    return sa.select(*columns, mine.scalar_subquery().label("stories"))
