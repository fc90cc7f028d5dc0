"""Taking any story off the site and putting it back; and what may not stand beside it."""

from __future__ import annotations

from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.db import transaction
from station.news.models import Origin, StoryState
from station.news.policies.releasing import Refusal, Standing, Step, step
from station.news.services.releasing.rows import because, locked, note_coming, seen_last, standing
from station.news.services.writing import retract, tell


def withdraw(story_id: UUID, why: str, actor: Actor, *, seen: str | None = None) -> bool:
    """Take a story off the site, ours or another's: its address says that it is gone. False when it is.

    No import brings it back. Raises Refusal and ChangedMeanwhile.
    """
    with transaction() as session:
        row = locked(session, story_id)
        where = standing(row, clock.now())
        if where is Standing.WITHDRAWN:
            return False
        step(where, Step.WITHDRAW)
        seen_last(row, seen)
        row.kept_off = True
        retract(row, because(why), actor)
        return True


def put_back(story_id: UUID, why: str, actor: Actor, *, seen: str | None = None) -> bool:
    """Undo withdraw(), with the date that the story had. False when it is not withdrawn.

    Raises Refusal, also for a story that its owner took back, and ChangedMeanwhile.
    """
    with transaction() as session:
        row, now = locked(session, story_id), clock.now()
        if row.state is not StoryState.RETRACTED:
            return False
        seen_last(row, seen)
        if row.origin is not Origin.LOCAL and not row.kept_off:
            raise Refusal("Its owner withdrew it, so only its owner can put it back.")
        kept = because(why)
        row.published_at = row.published_at or now
        ahead = row.published_at > now
        step(Standing.WITHDRAWN, Step.WAIT_AGAIN if ahead else Step.PUT_BACK)
        row.state, row.kept_off = StoryState.PUBLISHED, False
        if ahead:
            note_coming(row, row.published_at)
        else:
            row.came_out_at = row.published_at
        tell("news.story.put_back", row, actor, why=kept)
        return True


def set_quiet(
    story_id: UUID, no_underwriting: bool, sensitive: bool, why: str, actor: Actor, *, seen: str | None = None
) -> bool:
    """Say what does not stand beside a story, ours or another's: no credit; if it is sensitive, no ask either.

    The reason is needed while one of them is on. False when all that is so already. Raises Refusal, ChangedMeanwhile.
    """
    with transaction() as session:
        row = locked(session, story_id)
        kept = because(why) if no_underwriting or sensitive else ""
        if (row.no_underwriting, row.sensitive, row.why_quiet) == (no_underwriting, sensitive, kept):
            return False
        seen_last(row, seen)
        row.no_underwriting, row.sensitive, row.why_quiet = no_underwriting, sensitive, kept
        switches = [name for name, on in (("no underwriting", no_underwriting), ("sensitive", sensitive)) if on]
        tell("news.story.quieted", row, actor, switches=", ".join(switches), why=kept)
        return True
