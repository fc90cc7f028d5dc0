"""What a page shows, found in what it is made from; and under which keys shared caches know that (core.stale)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.stale import key_of
from station.news.models import Story, StoryPerson, StoryTag
from station.news.queries.labels import LabelView
from station.news.queries.stories import Headline, SectionView, StoryView

MOST_LETTERS = 2_000  # of a page's keys: proxies take heads of four kilobytes


@dataclass
class Shown:
    """The stories and labels on a page, and when the newest of these stories came out."""

    stories: dict[UUID, datetime | None] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)

    @property
    def newest(self) -> datetime | None:
        return max(filter(None, self.stories.values()), default=None)


def shown_by(context: Mapping[str, Any]) -> Shown:
    """Every story and label that a page's context holds, however deep in lists, tuples and dictionaries."""
    found = Shown()
    for each in _views(context.values()):
        if isinstance(each, LabelView):
            found.labels[key_of(each.kind, each.id)] = None
        elif isinstance(each, SectionView):
            found.labels[key_of("section", each.id)] = None
        else:
            found.stories[each.id] = each.published_at
    return found


def keys_of_page(shown: Shown, slug: str, kinds: Iterable[str]) -> str:
    """The keys of a station's page: the station, what kinds of things it lists, its labels, its stories.

    A page with so many stories that their keys would not fit has one that every change of a story names.
    """
    broad = [key_of("station", slug), *(key_of(kind, slug) for kind in kinds), *shown.labels]
    exact = " ".join([*broad, *(key_of("story", each) for each in shown.stories)])
    return exact if len(exact) <= MOST_LETTERS else " ".join([*broad[:40], key_of("stories", slug)])


def keys_of_change(row: Story, slug: str) -> list[str]:
    """What is out of date when a story, which is in the session, was changed.

    Pages that show it know it by its own key, whatever label it has lost; pages that it appears on by the others.
    """
    labels = [("section", row.section_id), ("program", row.program_id)]
    tags = sa.select(StoryTag.tag_id).where(StoryTag.story_id == row.id)
    people = sa.select(StoryPerson.person_id).where(StoryPerson.story_id == row.id)
    labels += [("tag", each) for each in db.session().scalars(tags)]
    labels += [("person", each) for each in db.session().scalars(people)]
    named = [key_of(kind, each) for kind, each in labels if each is not None]
    return [key_of("story", row.id), key_of("stories", slug), key_of("lists", slug), "sitemaps", *named]


def _views(values: Iterable[Any]) -> Iterator[Headline | StoryView | LabelView | SectionView]:
    for each in values:
        if isinstance(each, Headline | StoryView | LabelView | SectionView):
            yield each
        elif isinstance(each, Mapping):
            yield from _views(each.values())
        elif isinstance(each, list | tuple):
            yield from _views(each)
