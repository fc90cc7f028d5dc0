"""Keeping the search index true: what is published can be found, what was withdrawn cannot."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import search
from station.core.db import transaction
from station.core.upsert import insert_all_missing
from station.news.markup import plain
from station.news.models import Correction, Story, StoryState, WordPart
from station.news.policies.spelling import parts, remembered
from station.news.queries.searching import kind_of

AT_ONCE = 200


def keep_findable(session: Session, row: Story) -> None:
    """Put a story into the index as it is now, or take it out, in the transaction that changes it."""
    kind = kind_of(row.station_id)
    if row.state is not StoryState.PUBLISHED:
        search.forget(kind, row.id)
        return
    short = f"{row.deck} {row.teaser} {row.byline}"
    corrected = session.scalars(sa.select(Correction.html).where(Correction.story_id == row.id, Correction.ours))
    said = " ".join([*_words(row), *map(plain, corrected)])
    search.index(kind, row.id, row.headline, f"{short} {said}")
    _remember(session, row, f"{row.headline} {short}")


def index_all() -> int:
    """Index every story anew, some hundred a transaction; returns how many."""
    done, last = 0, None
    while True:
        with transaction() as session:
            query = sa.select(Story).order_by(Story.id).limit(AT_ONCE).options(sa.orm.defer(Story.cds_raw))
            rows = session.scalars(query.where(Story.id > last) if last else query).all()
            for row in rows:
                keep_findable(session, row)
            if not rows:
                return done
            done, last = done + len(rows), rows[-1].id


def _words(row: Story) -> Iterator[str]:
    """What readers read in a story."""
    for piece in row.blocks:
        for name in ("html", "text", "who", "title", "caption"):
            if said := piece.get(name):
                yield plain(str(said))


def _remember(session: Session, row: Story, text: str) -> None:
    words = remembered(search.words(text))
    mine = sa.select(WordPart.word).where(WordPart.station_id == row.station_id, WordPart.word.in_(words))
    fresh = sorted(words - set(session.scalars(mine.distinct())))  # in one order: two writers never wait in a ring
    rows = [{"word": word, "part": part} for word in fresh for part in sorted(parts(word))]
    insert_all_missing(WordPart, [{"station_id": row.station_id, **each} for each in rows])
