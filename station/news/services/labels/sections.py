"""Sections of a station: made, named, put in order, shown on the home or not, and deleted while they are empty."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from station.core import bulletin, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.locks import lock_name
from station.core.stale import key_of, stale
from station.licensee.queries import station_by_id
from station.news.models import Section
from station.news.policies.moves import label_slug
from station.news.policies.seen import same_as_seen
from station.news.queries.newsroom.labels import stories_under
from station.news.services.moving.book import LOCK
from station.news.services.moving.labels import forget_addresses, name_address
from station.news.services.writing import BULLETIN

LONGEST_SLUG = 80
SECTION = ("name", "slug", "position", "on_home")  # what a page of it shows


class SectionUsed(Exception):
    """Stories stand under it: `count` of them."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} stories stand under it")
        self.count = count


@dataclass(frozen=True)
class SectionDraft:
    """A section as it was typed; without a slug it gets one of its name. Smaller positions stand first."""

    name: str
    slug: str = ""
    position: int = 100
    on_home: bool = True


def keep_section(
    section_id: UUID | None, station_id: UUID, draft: SectionDraft, actor: Actor, *, seen: str | None = None
) -> UUID:
    """Make a section of a station, or change one; returns its id. The address that it leaves leads to it.

    `seen` is policies.seen.mark() of what the page showed of it. Raises policies.moves.Refused of the slug in words
    for the editor, policies.seen.ChangedSince, and NoResultFound for an unknown one.
    """
    slug = label_slug(draft.slug, draft.name, LONGEST_SLUG)
    with transaction() as session:
        lock_name(LOCK)
        if section_id:
            row = session.get_one(Section, section_id, with_for_update=True)
            same_as_seen(row, SECTION, seen)
        else:
            row = Section(id=new_id(), station_id=station_id, slug="", cds_collection=None)
        was, row.name = row.slug, draft.name
        row.position, row.on_home = draft.position, draft.on_home
        name_address(session, row, slug, actor)
        session.add(row)
        session.flush()
        _tell("news.section.kept", row, actor, was=was)
        return row.id


def delete_section(section_id: UUID, actor: Actor) -> str:
    """Delete a section that no story stands under, with the redirects that lead to it; returns its name.

    Raises SectionUsed, also for stories that are to go there once their changes are out, and NoResultFound.
    """
    with transaction() as session:
        lock_name(LOCK)
        row = session.get_one(Section, section_id, with_for_update=True)
        if count := stories_under(row.id):
            raise SectionUsed(count)
        gone = forget_addresses(session, row)
        session.delete(row)
        session.flush()
        _tell("news.section.deleted", row, actor, redirects=gone)
        return row.name


def _tell(name: str, row: Section, actor: Actor, **data: object) -> None:
    """Its name stands on its own page, on the home, on those of its stories and in the sitemap."""
    bulletin.bump(BULLETIN)
    stale(key_of("station", station_by_id(row.station_id).slug), "sitemaps")
    events.record(name, actor, [Subject("section", row.id)], {"name": row.name, "slug": row.slug, **data})
