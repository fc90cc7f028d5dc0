"""What news adds to the house."""

from __future__ import annotations

from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, EventSentence
from station.news.cli import group

SENTENCES = (
    EventSentence("news.story.imported", lambda e: f"imported the story “{e.data['headline']}”"),
    EventSentence("news.story.updated", lambda e: f"updated the story “{e.data['headline']}”"),
    EventSentence("news.story.published", lambda e: f"published the story “{e.data['headline']}”"),
    EventSentence("news.story.retracted", lambda e: f"withdrew “{e.data['headline']}”: {e.data['why']}"),
)


def wire() -> None:
    COMMAND_GROUPS.contribute(group)
    EVENT_SENTENCES.contribute(*SENTENCES)
