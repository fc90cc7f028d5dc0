"""Embargoes: a promise to a source that nothing is out before a minute. The database holds it, too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.db import transaction
from station.news.policies.releasing import Refusal, Standing, check_embargo
from station.news.services.releasing.rows import because, locked, note_coming, ours, seen_last, standing
from station.news.services.writing import tell


def embargo(story_id: UUID, until: datetime, why: str, actor: Actor, *, seen: str | None = None) -> bool:
    """Let nothing out of a story of ours before an instant. False when that is so already.

    One that is scheduled for an earlier minute is moved to the end of its embargo, and the audit says so. Raises
    Refusal (for a story that is out, too) and ChangedMeanwhile.
    """
    with transaction() as session:
        row, now = locked(session, story_id), clock.now()
        ours(row)
        where = standing(row, now)
        if where not in (Standing.DRAFT, Standing.SCHEDULED):
            raise Refusal("It is too late for an embargo: only a draft or a scheduled story can have one.")
        if row.embargo_until == until:
            return False
        seen_last(row, seen)
        check_embargo(until, now)
        kept = because(why)
        moved = where is Standing.SCHEDULED and row.published_at is not None and row.published_at < until
        if moved:
            row.published_at = until
            note_coming(row, until)
        row.embargo_until, row.embargo_why = until, kept
        tell("news.story.embargoed", row, actor, until=until.isoformat(), why=kept, moved="yes" if moved else "")
        return True


def lift_embargo(story_id: UUID, why: str, actor: Actor, *, seen: str | None = None) -> bool:
    """End an embargo early; nothing comes out by that. False when none stands. Raises Refusal, ChangedMeanwhile."""
    with transaction() as session:
        row = locked(session, story_id)
        if row.embargo_until is None or row.embargo_until <= clock.now():
            return False
        seen_last(row, seen)
        kept = because(why)
        row.embargo_until, row.embargo_why = None, ""
        tell("news.story.embargo_lifted", row, actor, why=kept)
        return True
