"""What the licensee adds to the house."""

from __future__ import annotations

from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, EventSentence
from station.licensee.cli import group

SENTENCES = (EventSentence("licensee.house.established", lambda e: f"entered {e.data['name']} and its stations"),)


def wire() -> None:
    COMMAND_GROUPS.contribute(group)
    EVENT_SENTENCES.contribute(*SENTENCES)
