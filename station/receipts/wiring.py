"""What receipts add to the house."""

from __future__ import annotations

from station.accounts.models import Role
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.members.places import PANELS, MemberPanel
from station.receipts import queries


def wire() -> None:
    panel = MemberPanel("Receipts", "receipts/_member_panel.html", queries.receipts_of_member, (Role.DEVELOPMENT,))
    PANELS.contribute(panel, rank=30)
    EVENT_SENTENCES.contribute(
        EventSentence(
            "receipts.receipt.issued",
            lambda e: f"issued receipt {e.data['label']} for {e.data['amount']}, to {e.data['email'] or 'be posted'}",
        )
    )
    INVARIANTS.contribute(
        Invariant(
            "receipt-numbers", "Receipt numbers run from 1 without a gap in every year.", queries.number_breaches
        )
    )
    EVENT_SENTENCES.contribute(
        EventSentence("receipts.receipt.voided", lambda e: f"voided receipt {e.data['label']}: {e.data['reason']}")
    )
    INVARIANTS.contribute(
        Invariant(
            "receipt-versions",
            "Of each gift one receipt holds at most, and its versions run from 1.",
            queries.version_breaches,
        )
    )
    INVARIANTS.contribute(
        Invariant(
            "receipt-years", "Every receipt is numbered in the calendar year of its gift.", queries.date_breaches
        )
    )
