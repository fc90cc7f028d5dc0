"""The row of a story for whoever changes when it is out: locked, ours, and as it was looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from station.core import outbox
from station.core.outbox import Job, Queue
from station.news.models import Origin, Story
from station.news.policies.releasing import Refusal, Standing, mark, same_release, standing_of
from station.news.queries.editing import newest_number

COME_OUT = Job("news.come_out", Queue.REPORTS)


class ChangedMeanwhile(Exception):
    """Somebody else changed when this story is out, since it was looked at."""


def locked(session: Session, story_id: UUID) -> Story:
    """The story, for one writer at a time. Raises NoResultFound for an unknown one."""
    return session.get_one(Story, story_id, with_for_update=True)


def ours(row: Story) -> None:
    """Raises Refusal for a story of others, which comes out and is dated as its owner wants."""
    if row.origin is not Origin.LOCAL:
        raise Refusal("This story is not our own: its owner decides when it is out. It can be withdrawn here.")


def seen_last(row: Story, seen: str | None, *, words: bool = False) -> None:
    """Raises ChangedMeanwhile unless `seen` (policies.releasing.mark) still holds; None asks for nothing.

    With `words` nobody may have saved a revision since, either: for what puts the newest one before readers. Whoever
    withdraws a story need not have read it to its last word.
    """
    if seen is None:
        return
    now = mark_of(row)
    if seen != now and (words or not same_release(seen, now)):
        raise ChangedMeanwhile


def mark_of(row: Story) -> str:
    quiet = row.no_underwriting, row.sensitive
    return mark(row.state, row.published_at, row.embargo_until, quiet, newest_number(row.id))


def standing(row: Story, now: datetime) -> Standing:
    return standing_of(row.state, row.published_at, now)


def because(why: str) -> str:
    """The reason as it is kept. Raises Refusal for none."""
    kept = " ".join(why.split())
    if not kept:
        raise Refusal("Say why: it is kept on record.")
    if len(kept) > 300:
        raise Refusal("The reason is longer than 300 letters.")
    return kept


def note_coming(row: Story, at: datetime) -> None:
    """See to it that a job writes down when the story came out."""
    outbox.enqueue(COME_OUT, key=f"{row.id}:{at.isoformat()}", run_at=at, story_id=str(row.id), at=at.isoformat())


def readable(row: Story) -> None:
    """Raises Refusal for a story that has nothing to read in it."""
    if not row.headline.strip() or not row.blocks:
        raise Refusal("There is nothing to read in it yet. Write a headline and a text first.")
