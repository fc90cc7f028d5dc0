"""What the demonstration adds to the house."""

from __future__ import annotations

from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, EventSentence
from station.demo.cli import group

SENTENCES = (
    EventSentence(
        "demo.house.loaded", lambda e: f"loaded demo data: {e.data['members']} members with {e.data['gifts']:,} gifts"
    ),
)


def wire() -> None:
    COMMAND_GROUPS.contribute(group)
    EVENT_SENTENCES.contribute(*SENTENCES)
