"""What sustainers add to the house: their pages at the desk, their notices, and the number of the dashboard."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, TILES, NavItem, SubjectPage, Tile, TileValue
from station.core.announce import react
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, EventSentence
from station.giving import queries, reactors
from station.members.places import PANELS, MemberPanel
from station.payments.facts import (
    PaymentSettled,
    SubscriptionEnded,
    SustainerChanged,
    SustainerEnding,
    SustainerMoved,
    SustainerPaused,
    SustainerRescheduled,
    SustainerResumed,
    SustainerSplit,
)
from station.payments.gateway import SUBSCRIPTION_PREFIX

ROLES = (Role.DEVELOPMENT,)
SENTENCES = (
    EventSentence(
        "giving.second_sustainer",
        lambda e: f"began a second recurring gift, {e.data['new']}, beside {' and '.join(e.data['others'])}",
    ),
)


def wire_sustainers() -> None:
    """Contribute to the places below, after the gifts that money makes. Called once a process."""
    react(PaymentSettled, reactors.second_sustainer)
    react(SubscriptionEnded, reactors.sustainer_stopped)
    react(SustainerChanged, reactors.sustainer_changed)
    react(SustainerSplit, reactors.sustainer_split)
    react(SustainerRescheduled, reactors.sustainer_rescheduled)
    react(SustainerMoved, reactors.sustainer_moved)
    react(SustainerPaused, reactors.sustainer_paused)
    react(SustainerResumed, reactors.sustainer_resumed)
    react(SustainerEnding, reactors.sustainer_ending)
    NAV.contribute(NavItem("Sustainers", "sustainers_desk.index", "Development", ROLES), rank=21)
    TILES.contribute(Tile("Sustainers", _income, ROLES), rank=12)
    panel = MemberPanel("Recurring gifts", "giving/_sustainers_panel.html", queries.sustainers_of_member, ROLES)
    PANELS.contribute(panel, rank=21)
    SUBJECT_PAGES.contribute(SubjectPage("subscription", _page_of))
    for sentence in SENTENCES:
        EVENT_SENTENCES.contribute(sentence)


def _income() -> TileValue:
    many, monthly = queries.monthly_income()
    return TileValue(f"{many:,}", f"bring {monthly} a month", url_for("sustainers_desk.index"))


def _page_of(subscription_id: UUID) -> str:
    return url_for("sustainers_desk.show", sustainer_id=public_id(SUBSCRIPTION_PREFIX, subscription_id))
