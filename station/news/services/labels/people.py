"""People of a station: reporters and hosts with a page of their own, and the stories that carry their names."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import bulletin, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.locks import lock_name
from station.core.stale import key_of, stale
from station.licensee.queries import station_by_id
from station.news.models import Person, Story, StoryPerson
from station.news.policies.moves import label_slug
from station.news.policies.seen import same_as_seen
from station.news.services.moving.book import LOCK
from station.news.services.moving.labels import name_address
from station.news.services.writing import BULLETIN

LONGEST_SLUG = 100
PERSON = ("name", "slug", "role", "about", "url", "on_staff")  # what a page of them shows


@dataclass(frozen=True)
class PersonDraft:
    """A person as they were typed; without a slug they get one of their name. `url` is their page elsewhere."""

    name: str
    slug: str = ""
    role: str = ""
    about: str = ""
    url: str = ""
    on_staff: bool = True


def keep_person(
    person_id: UUID | None, station_id: UUID, draft: PersonDraft, actor: Actor, *, seen: str | None = None
) -> UUID:
    """Give somebody of a station a page, or change it; returns their id. An address that they leave leads there.

    Stories of the station that carry the name, and that nobody's page lists yet, are theirs from then on. `seen` is
    policies.seen.mark() of what the page showed. Raises policies.moves.Refused of the slug in words for the editor,
    policies.seen.ChangedSince, and NoResultFound for an unknown one.
    """
    slug = label_slug(draft.slug, draft.name, LONGEST_SLUG)
    with transaction() as session:
        lock_name(LOCK)
        if person_id:
            row = session.get_one(Person, person_id, with_for_update=True)
            same_as_seen(row, PERSON, seen)
        else:
            row = Person(id=new_id(), station_id=station_id, slug="", cds_id=None)
        was, row.name = row.slug, draft.name
        row.role, row.about, row.url, row.on_staff = draft.role, draft.about, draft.url, draft.on_staff
        name_address(session, row, slug, actor)
        session.add(row)
        session.flush()
        found = _find_stories(session, row)
        bulletin.bump(BULLETIN)
        stale(key_of("station", station_by_id(row.station_id).slug))  # the name is a link on stories, too
        said = {"name": row.name, "slug": row.slug, "was": was, "stories": found}
        events.record("news.person.kept", actor, [Subject("person", row.id)], said)
        return row.id


def _find_stories(session: Session, row: Person) -> int:
    """Give the names above stories that are this one, and nobody's yet, to the person; returns how many."""
    mine = sa.select(StoryPerson.id).join(Story, Story.id == StoryPerson.story_id)
    ids = list(
        session.scalars(
            mine.where(
                Story.station_id == row.station_id, StoryPerson.name == row.name, StoryPerson.person_id.is_(None)
            )
        )
    )
    if ids:
        session.execute(sa.update(StoryPerson).where(StoryPerson.id.in_(ids)).values(person_id=row.id))
    return len(ids)
