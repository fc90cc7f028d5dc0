"""What underwriting adds to the house."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, TILES, NavItem, SubjectPage, Tile
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.members.places import PANELS, MemberPanel
from station.underwriting.checks import live_tile, slot_breaches
from station.underwriting.queries import flights_of_member

SENTENCES = (
    EventSentence("underwriting.sponsor.added", lambda e: f"made {e.data['name']} a sponsor"),
    EventSentence(
        "underwriting.flight.booked",
        lambda e: f"booked {e.data['sponsor']} on {e.data['station']}, {e.data['starts']} to {e.data['ends']}",
    ),
    EventSentence(
        "underwriting.flight.stopped", lambda e: f"stopped the flight of {e.data['sponsor']} on {e.data['station']}"
    ),
    EventSentence(
        "underwriting.credit.written", lambda e: f"wrote a credit for {e.data['sponsor']}: “{e.data['copy']}”"
    ),
    EventSentence(
        "underwriting.credit.approved", lambda e: f"approved the credit of {e.data['sponsor']}: “{e.data['copy']}”"
    ),
)


def wire() -> None:
    NAV.contribute(
        NavItem("Sponsors", "underwriting_desk.sponsors", "Underwriting", (Role.UNDERWRITING, Role.AUDITOR)), rank=60
    )
    TILES.contribute(Tile("Live credits", live_tile, (Role.UNDERWRITING,)), rank=60)
    panel = MemberPanel("Underwriting", "underwriting/_member_panel.html", flights_of_member, (Role.UNDERWRITING,))
    PANELS.contribute(panel, rank=60)
    SUBJECT_PAGES.contribute(SubjectPage("sponsor", _sponsor_url), SubjectPage("flight", _flight_url), rank=60)
    INVARIANTS.contribute(
        Invariant("slot-approved", "Whatever the slot may show is approved copy of a live flight.", slot_breaches)
    )
    EVENT_SENTENCES.contribute(*SENTENCES)


def _sponsor_url(row: UUID) -> str:
    return url_for("underwriting_desk.sponsor", sponsor_id=public_id("sponsor", row))


def _flight_url(row: UUID) -> str:
    return url_for("underwriting_desk.flight", flight_id=public_id("flight", row))
