"""How what happens to a story is told, and where a story stands at the desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import url_for

from station.core.events import EventRow
from station.core.ids import public_id
from station.core.places import EventSentence
from station.core.words import when


def page_of(story_id: UUID) -> str:
    return url_for("stories_desk.story", public_id=public_id("story", story_id))


def _named(event: EventRow) -> str:
    return f"“{event.data['headline']}”"


def _at(event: EventRow, name: str = "at") -> str:
    return when(datetime.fromisoformat(event.data[name])) if event.data.get(name) else "no date"


def _scheduled(event: EventRow) -> str:
    return f"scheduled {_named(event)} for {_at(event)}"


def _embargoed(event: EventRow) -> str:
    moved = ", and moved its coming out there" if event.data.get("moved") else ""
    return f"put {_named(event)} under embargo until {_at(event, 'until')}{moved}: {event.data['why']}"


def _quieted(event: EventRow) -> str:
    if not event.data["switches"]:
        return f"let credits and the ask stand beside {_named(event)}"
    return f"marked {_named(event)} {event.data['switches']}: {event.data['why']}"


RELEASES = (
    EventSentence("news.story.published", lambda e: f"published the story {_named(e)}"),
    EventSentence("news.story.scheduled", _scheduled),
    EventSentence("news.story.unscheduled", lambda e: f"took {_named(e)} off the schedule"),
    EventSentence("news.story.came_out", lambda e: f"let {_named(e)} out at its minute"),
    EventSentence("news.story.unpublished", lambda e: f"made {_named(e)} a draft again: {e.data['why']}"),
    EventSentence("news.story.redated", lambda e: f"dated {_named(e)} {_at(e)} instead of {_at(e, 'was')}"),
    EventSentence("news.story.embargoed", _embargoed),
    EventSentence("news.story.embargo_lifted", lambda e: f"lifted the embargo of {_named(e)}: {e.data['why']}"),
    EventSentence("news.story.retracted", lambda e: f"withdrew {_named(e)}: {e.data['why']}"),
    EventSentence("news.story.put_back", lambda e: f"put {_named(e)} back: {e.data['why']}"),
    EventSentence("news.story.quieted", _quieted),
    EventSentence("news.story.corrected", lambda e: f"corrected {_named(e)}: {e.data['said']}"),
)
