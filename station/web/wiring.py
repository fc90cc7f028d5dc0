"""What the house itself adds: the gallery of its parts."""

from __future__ import annotations

from station.accounts.places import NAV, NavItem
from station.core.places import EVENT_SENTENCES, EventSentence


def wire() -> None:
    EVENT_SENTENCES.contribute(
        EventSentence("house.database.restored", lambda e: f"restored the database as it was at {e.data['taken_at']}")
    )
    NAV.contribute(NavItem("Parts of a page", "gallery.index", "House"), rank=93)
