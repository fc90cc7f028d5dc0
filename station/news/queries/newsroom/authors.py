"""Who the names are that were typed above a story: people of the station with a page, or just names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.news.models import Person
from station.news.queries.moves import slug_now

_SET_APART = re.compile(r"(.+) \(([a-z0-9][a-z0-9-]*)\)\Z")  # Ana Peña (ana-pena-2)


@dataclass(frozen=True)
class Author:
    """A name as it is printed, and the page behind it; `set_apart` when their slug was typed with it."""

    name: str
    slug: str = ""
    person_id: UUID | None = None
    set_apart: bool = False


def authors_of(station_id: UUID, typed: Sequence[str]) -> list[Author]:
    """The author of each of these lines. Of two people with one name, the first whose page was made.

    Who means the other one types the slug behind the name, in brackets.
    """
    parts = {each: (match[1], match[2]) for each in typed if (match := _SET_APART.match(each))}
    slugs = {slug: slug_now(station_id, "person", slug) for _, slug in parts.values()}
    asked = sa.or_(Person.name.in_(typed), Person.slug.in_([*slugs, *slugs.values()]))
    rows = sa.select(Person.id, Person.name, Person.slug).where(Person.station_id == station_id, asked)
    people = db.session().execute(rows.order_by(Person.id)).all() if typed else []
    by_slug = {row.slug: row for row in people}
    by_name = {row.name: row for row in reversed(people)}
    found = []
    for each in typed:
        name, slug = parts.get(each, (each, ""))
        if row := by_slug.get(slug) or by_slug.get(slugs.get(slug, "")):
            found.append(Author(name, row.slug, row.id, set_apart=True))
        elif row := by_name.get(each):
            found.append(Author(each, row.slug, row.id))
        else:
            found.append(Author(each))
    return found
