"""Corrections: of our own stories by the newsroom, of others' as their owners write them. None is ever taken back."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.db import transaction
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.news.markup import plain
from station.news.models import Correction, Story
from station.news.policies.releasing import Refusal, Standing
from station.news.policies.releasing.corrections import LONGEST, correction_html, corrections_in
from station.news.services.releasing.rows import locked, ours, standing
from station.news.services.writing import tell


def correct(story_id: UUID, text: str, actor: Actor, *, key: str | None = None) -> bool:
    """Put a dated correction under a story of our own that is out, and into the log.

    `text` is plain words; an empty line parts paragraphs. The same `key` (a form's) corrects once: then False. Raises
    Refusal and NoResultFound.
    """
    html = correction_html(text)
    if not html:
        raise Refusal("Write what was wrong and what is right.")
    if len(text) > LONGEST:
        raise Refusal(f"The correction is longer than {LONGEST:,} letters.")
    with transaction() as session:
        row, now = locked(session, story_id), clock.now()
        ours(row)
        if standing(row, now) is not Standing.OUT:
            raise Refusal("Only a story that is out is corrected. Before, its text is simply changed.")
        if not _keep(row, now, html, ours=True, key=(key or new_id().hex)[:64]):
            return False
        tell("news.story.corrected", row, actor, said=plain(html)[:500])
        return True


def log_owners_corrections(row: Story) -> None:
    """Write down the corrections among the blocks of a story of others, which is in the session."""
    for block in corrections_in(row.blocks):
        words = plain(str(block["html"]))
        at = _instant(block.get("at")) or row.revised_at or row.published_at or clock.now()
        _keep(row, at, str(block["html"]), ours=False, key=sha256(words.encode()).hexdigest())


def _keep(row: Story, at: datetime, html: str, *, ours: bool, key: str) -> bool:
    about = {"station_id": row.station_id, "story_id": row.id, "headline": row.headline}
    return insert_missing(Correction, id=new_id(), at=at, html=html, ours=ours, key=key, **about)


def _instant(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
