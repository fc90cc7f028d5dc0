"""What mail that comes back adds to the house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, TILES, NavItem, SubjectPage, Tile, TileValue
from station.core.events import EventRow
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.core.words import when
from station.mail import queries
from station.mail.models import SuppressionReason
from station.mail.policies import BLOCKS
from station.mail.policies.suppressing import WORDS
from station.members import queries as members
from station.members.places import PANELS, MemberPanel

SENTENCES: dict[str, Callable[[EventRow], str]] = {
    "message.complained": lambda e: f"{e.data['to']} reported “{e.data['subject']}” as {e.data['error']}",
    "message.delayed": lambda e: f"“{e.data['subject']}” to {e.data['to']} is still on its way: {e.data['error']}",
    "message.delivered": lambda e: f"“{e.data['subject']}” reached {e.data['to']}: {e.data['error']}",
    "address.suppressed": lambda e: f"writes to {e.data['address']} no more: {WORDS[_reason(e)]}",
    "address.lifted": lambda e: f"writes to {e.data['address']} again ({WORDS[_reason(e)]}): {e.data['why']}",
    "suppressions.imported": lambda e: (
        f"brought {e.data['added']:,} suppressed addresses along from {e.data['source']}; {e.data['known']:,} were "
        f"known, {e.data['refused']:,} lines could not be read"
    ),
}


def wire_returning() -> None:
    roles = (Role.DEVELOPMENT,)
    NAV.contribute(NavItem("Bounces", "bounces_desk.index", "Mail", roles), rank=37)
    NAV.contribute(NavItem("Suppressions", "suppressions_desk.index", "Mail", roles), rank=38)
    SUBJECT_PAGES.contribute(SubjectPage("suppression", _url), rank=31)
    TILES.contribute(Tile("Mail health", _health, roles), rank=71)
    PANELS.contribute(MemberPanel("Suppressed addresses", "mail/returning/_panel.html", addresses_of), rank=58)
    BLOCKS.contribute(queries.suppressed, rank=10)
    for name, tell in SENTENCES.items():
        EVENT_SENTENCES.contribute(EventSentence(f"mail.{name}", tell))
    INVARIANTS.contribute(
        Invariant("bounces are read", "No message that came back waits for longer than an hour to be read.", _unread)
    )


def addresses_of(member_id: UUID) -> list[dict[str, Any]]:
    """Each suppression that stands for an address of a member, with the address as they wrote it."""
    member = members.member(member_id)
    found = {each: queries.suppression_of(each) for each in (member.emails if member else ())}
    return [{"address": address, "row": row} for address, row in found.items() if row]


def _reason(event: EventRow) -> SuppressionReason:
    return SuppressionReason(event.data["reason"])


def _url(suppression_id: UUID) -> str:
    return url_for("suppressions_desk.show", suppression_id=public_id(queries.SUPPRESSION, suppression_id))


def _health() -> TileValue:
    rates = queries.rates()
    sent, spam, gone = (sum(getattr(each, name) for each in rates) for name in ("sent", "complaints", "bounces"))
    worst = "stop" if any("stop" in (each.complaints_are, each.bounces_are) for each in rates) else ""
    said = f"{queries.percent(spam, sent)} complaints in 7 days"
    note = f"{said}; a stream is above its bar" if worst else said
    return TileValue(f"{queries.percent(gone, sent)} bounced", note, url_for("bounces_desk.index"))


def _unread() -> list[str]:
    return [f"{each.public_id} since {when(each.received_at)}" for each in queries.unread()]
