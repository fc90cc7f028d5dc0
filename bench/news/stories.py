"""An archive of invented stories, written as rows: as many as wanted, each as long as the saved page's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import bulletin
from station.core.db import transaction
from station.core.ids import new_id
from station.news.models import Person, Program, Section, Story, StoryPerson, StoryState, StoryTag, Tag

SYLLABLES = ("ba", "con", "de", "er", "fi", "he", "in", "ka", "la", "men", "no", "or", "re", "ta", "ver", "ing")
WORDS, PARAGRAPHS = 47, 15
APART = timedelta(minutes=85)  # 50,000 stories reach eight years back
AT_ONCE = 1_000
LABELS: dict[Any, int] = {Section: 10, Program: 8, Person: 40, Tag: 200}


def vocabulary(chance: random.Random, size: int = 330) -> Iterator[str]:
    """Words without end: as many different ones as in 704 words of news, a few very common."""
    known = ["".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(size)]
    weights = [1 / (rank + 2) for rank in range(size)]
    while True:
        yield from chance.choices(known, weights, k=1_000)


def paragraphs(chance: random.Random, many: int) -> list[str]:
    """Paragraphs of the usual length, without markup."""
    words = vocabulary(chance)
    return [f"{' '.join(islice(words, WORDS))}.".capitalize() for _ in range(many)]


def write(station_id: UUID, many: int, newest: datetime) -> None:
    """Write so many stories, the newest at an instant, with sections, programs, people and tags."""
    chance = random.Random(8)
    texts = paragraphs(chance, 300)
    labels = {kind: [new_id() for _ in range(size)] for kind, size in LABELS.items()}
    with transaction() as session:
        for kind, ids in labels.items():
            name = kind.__name__
            session.add_all(
                kind(id=each, station_id=station_id, slug=f"{name.lower()}-{at}", name=f"{name} {at}")
                for at, each in enumerate(ids)
            )
        session.add(Tag(id=(rare := new_id()), station_id=station_id, slug="rare", name="Rare"))
    for start in range(0, many, AT_ONCE):
        rows = [_story(chance, texts, station_id, n, newest) for n in range(start, min(many, start + AT_ONCE))]
        for row in rows:
            row |= {"section_id": chance.choice(labels[Section]), "program_id": chance.choice(labels[Program])}
        ids = [row["id"] for row in rows]
        tags = [{"story_id": each, "tag_id": tag} for each in ids for tag in chance.sample(labels[Tag], 3)]
        people = [
            {"id": new_id(), "story_id": each, "position": 0, "name": "A", "person_id": chance.choice(labels[Person])}
            for each in ids
        ]
        with transaction() as session:
            session.execute(sa.insert(Story), rows)
            session.execute(sa.insert(StoryTag), [*tags, *({"story_id": each, "tag_id": rare} for each in ids[-1:])])
            session.execute(sa.insert(StoryPerson), people)
            bulletin.bump("stories")


def _story(
    chance: random.Random, texts: list[str], station_id: UUID, number: int, newest: datetime
) -> dict[str, Any]:
    at = newest - number * APART
    body = [
        {"type": "text", "html": f"<p>{each}</p>", "paragraph": True} for each in chance.sample(texts, PARAGRAPHS)
    ]
    image = {
        "url": f"https://media.example.org/{number}.jpg",
        "width": 1200,
        "height": 900,
        "alt": "A view",
        "caption": "",
        "credit": "A. Photographer",
    }
    return {
        "id": new_id(),
        "station_id": station_id,
        "slug": f"story-{number}",
        "state": StoryState.PUBLISHED,
        "headline": f"Story number {number} of the archive and what it is about",
        "teaser": chance.choice(texts)[:160],
        "byline": "A. Writer",
        "owner": "Bench Radio",
        "image": image if number % 2 else None,
        "blocks": body,
        "published_at": at,
        "updated_at": at,
    }
