"""Finding stories by words. Accents do not matter; a word that no headline has gives way to one that is near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import search
from station.core.db import db
from station.news.models import WordPart
from station.news.policies.spelling import meant, parts, slips_allowed
from station.news.queries.stories import Headline, headlines_of

MOST_WORDS = 10
CANDIDATES = 40


@dataclass(frozen=True)
class Answer:
    """Stories found, best first. `instead` are the words that were looked for because the given ones found none."""

    stories: list[Headline]
    instead: str = ""


def kind_of(station_id: UUID) -> str:
    """Under which kind the stories of a station stand in the search index."""
    return f"story:{station_id.hex}"


def look_for(station_id: UUID, text: str, at: datetime, limit: int) -> Answer:
    """Published stories with every word of a text: those with it in the headline first, then the newest."""
    stories = _stories(station_id, text, at, limit)
    if stories:
        return Answer(stories)
    instead = _instead(station_id, search.words(text)[:MOST_WORDS])
    if not instead:
        return Answer([])
    stories = _stories(station_id, instead, at, limit)
    return Answer(stories, instead) if stories else Answer([])


def _stories(station_id: UUID, text: str, at: datetime, limit: int) -> list[Headline]:
    hits = search.find(text, (kind_of(station_id),), limit, newest_first=True)
    known = headlines_of(station_id, at, [hit.id for hit in hits]) if hits else {}
    return [known[hit.id] for hit in hits if hit.id in known]


def _instead(station_id: UUID, words: list[str]) -> str:
    """The words with those that nobody wrote exchanged for near ones; empty when that changes nothing."""
    here = sa.select(WordPart.word).where(WordPart.station_id == station_id)
    known = set(db.session().scalars(here.where(WordPart.word.in_(words)).distinct()))
    wanted = [word for word in words if word not in known and slips_allowed(word)]
    better = {word: near for word in wanted if (near := meant(word, _near(here, word)))}
    return " ".join(better.get(word, word) for word in words) if better else ""


def _near(here: sa.Select[str], word: str) -> list[str]:
    """Words that share most of their parts with this one."""
    about = sa.func.length(WordPart.word).between(len(word) - 2, len(word) + 2)
    return list(
        db.session().scalars(
            here.where(WordPart.part.in_(parts(word)), about)
            .group_by(WordPart.word)
            .order_by(sa.func.count().desc(), WordPart.word)
            .limit(CANDIDATES)
        )
    )
