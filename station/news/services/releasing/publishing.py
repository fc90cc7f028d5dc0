"""Publishing stories of our own: now, at a minute to come, and back. Who is told twice acts once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.db import transaction
from station.news.models import Story, StoryState
from station.news.policies.releasing import Standing, Step, WrongTime, check_ahead, check_now, original, step
from station.news.services.editing import put_into_row
from station.news.services.releasing.rows import because, locked, note_coming, ours, readable, seen_last, standing
from station.news.services.writing import tell


def publish(story_id: UUID, at: datetime | None, actor: Actor, *, seen: str | None = None) -> bool:
    """Let a story out: now (None), or at an aware instant to come. False when that is so already.

    One that had been out before keeps its date when it is published now. Raises Refusal, ChangedMeanwhile (also
    when other words were saved since `seen`), NoResultFound.
    """
    with transaction() as session:
        row, now = locked(session, story_id), clock.now()
        ours(row)
        where = standing(row, now)
        if at is not None and row.state is StoryState.PUBLISHED and row.published_at == at:
            return False
        if at is None and where is Standing.OUT:
            return False
        step(where, Step.PUBLISH if at is None else Step.SCHEDULE)
        seen_last(row, seen, words=True)
        put_into_row(session, row)
        readable(row)
        if at is None:
            _let_out(row, now, actor)
        else:
            _schedule(row, at, now, actor)
        return True


def unpublish(story_id: UUID, why: str, actor: Actor, *, seen: str | None = None) -> bool:
    """Make a story a draft again: its address answers 404 until it is published once more. False when it is one.

    A story that is out needs a reason, and keeps its date for the next time. Raises Refusal and ChangedMeanwhile.
    """
    with transaction() as session:
        row, now = locked(session, story_id), clock.now()
        ours(row)
        where = standing(row, now)
        if where is Standing.DRAFT:
            return False
        step(where, Step.UNPUBLISH)
        seen_last(row, seen)
        row.state = StoryState.DRAFT
        if where is Standing.SCHEDULED:
            row.published_at = None
            tell("news.story.unscheduled", row, actor)
        else:
            tell("news.story.unpublished", row, actor, why=because(why))
        return True


def redate(story_id: UUID, at: datetime, actor: Actor, *, seen: str | None = None, told: bool = False) -> bool:
    """Correct the date of a story that is out; with `told`, readers see that it was updated. False when it is that.

    Raises Refusal (of an instant to come, too: that would take the story off the site), and ChangedMeanwhile.
    """
    with transaction() as session:
        row, now = locked(session, story_id), clock.now()
        ours(row)
        if row.state is StoryState.PUBLISHED and row.published_at == at:
            return False
        step(standing(row, now), Step.REDATE)
        seen_last(row, seen)
        if at > now:
            raise WrongTime("That is still to come. To take it back until then, unpublish it and schedule it anew.")
        if row.embargo_until is not None and at < row.embargo_until:
            raise WrongTime("It was under embargo then. A story is not dated before its embargo ended.")
        before, row.published_at = row.published_at, at
        if told:
            row.revised_at = now
        tell("news.story.redated", row, actor, was=before.isoformat() if before else "", at=at.isoformat())
        return True


def come_out(story_id: UUID, at: datetime, actor: Actor) -> bool:
    """Write down that a story came out at its minute, once, and wake caches. Pages show it by themselves.

    False when it is not so any more, or was written down before.
    """
    with transaction() as session:
        row = session.get(Story, story_id, with_for_update=True)
        if row is None or row.state is not StoryState.PUBLISHED or row.published_at != at:
            return False
        if row.came_out_at == at or at > clock.now():
            return False
        row.came_out_at = at
        tell("news.story.came_out", row, actor)
        return True


def _let_out(row: Story, now: datetime, actor: Actor) -> None:
    check_now(now, row.embargo_until)
    row.published_at = original(row.published_at, row.embargo_until, now)
    row.state, row.came_out_at = StoryState.PUBLISHED, now
    tell("news.story.published", row, actor)


def _schedule(row: Story, at: datetime, now: datetime, actor: Actor) -> None:
    check_ahead(at, now, row.embargo_until)
    row.state, row.published_at = StoryState.PUBLISHED, at
    note_coming(row, at)
    tell("news.story.scheduled", row, actor, at=at.isoformat())
