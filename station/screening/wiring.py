"""What screening adds to the house."""

from __future__ import annotations

from station.accounts.models import Role
from station.accounts.places import NAV, NavItem
from station.core.places import EVENT_SENTENCES, EventSentence

ROLES = (Role.DEVELOPMENT,)
SENTENCES = (
    EventSentence(
        "screening.challenge.started",
        lambda e: f"began to ask everyone who gives for a proof, {e.data['how_long']}: {e.data['why']}",
    ),
    EventSentence("screening.challenge.ended", lambda e: "stopped asking everyone who gives for a proof"),
)


def wire() -> None:
    """Contribute to the places below. Called once a process."""
    NAV.contribute(NavItem("Card testing", "screening_desk.index", "Development", ROLES), rank=26)
    for sentence in SENTENCES:
        EVENT_SENTENCES.contribute(sentence)
