"""What giving adds to the house about failed recurring payments: letters, the queue of the desk, the donor's page."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, QUEUES, TILES, NavItem, Tile, TileValue, WorkQueue, WorkRow
from station.core.announce import react
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.giving import queries, reactors
from station.giving.queries import Trouble
from station.mail.places import KINDS_OF_MAIL, KindOfMail
from station.payments.facts import InvoiceClosed, InvoiceWaits, PaymentFailed, SustainerLapsed
from station.payments.gateway import SUBSCRIPTION_PREFIX

ROLES = (Role.DEVELOPMENT,)
CONTACTS = {
    "failed": "wrote that a recurring charge was refused and is tried again",
    "last_try": "wrote that a recurring charge is tried once more",
    "confirm": "wrote that the bank wants a recurring gift to be confirmed",
    "returned": "wrote that a bank debit came back",
    "given_up": "wrote that a recurring gift could not be charged",
    "recovered": "wrote that a recurring gift arrived after all",
    "expiring": "wrote that a card is about to end",
    "link": "sent the link to the donor’s own page",
    "call": "noted a call",
}
SENTENCES = (
    EventSentence("giving.sustainer.contacted", lambda e: CONTACTS[e.data["step"]]),
    EventSentence("giving.own_page.shut", lambda e: "shut all links to the donor’s own page"),
)
BOOKS = (
    Invariant(
        "letters-once", "No letter about a failed charge goes out twice about one invoice.", queries.letters_twice
    ),
)
KINDS = {
    "failed": "Failed charge",
    "last_try": "Failed charge: last try",
    "confirm": "Charge that the bank wants confirmed",
    "returned": "Returned debit",
    "first_returned": "First debit returned",
    "given_up": "Failed charge: not tried again",
    "recovered": "Failed charge that went through",
    "link": "Link to the donor’s own page",
    "sustainer.notice": "Change of a recurring gift",
}


def wire_keeping() -> None:
    """Contribute to the places below. Called once a process."""
    react(SustainerLapsed, reactors.gift_over)
    react(InvoiceWaits, reactors.invoice_moved)
    react(InvoiceClosed, reactors.invoice_moved)
    react(PaymentFailed, reactors.debit_returned)
    NAV.contribute(NavItem("Failed payments", "failed_desk.index", "Development", ROLES), rank=22)
    TILES.contribute(Tile("Failed recurring payments", _failed, ROLES), rank=14)
    QUEUES.contribute(WorkQueue("Recurring payments that wait for the donor", ROLES, _waiting), rank=35)
    EVENT_SENTENCES.contribute(*SENTENCES)
    INVARIANTS.contribute(*BOOKS)
    KINDS_OF_MAIL.contribute(*(KindOfMail(f"giving.{code}", name) for code, name in KINDS.items()))


def _failed() -> TileValue:
    counts = queries.failed_counts()
    waits = counts[Trouble.CONFIRM] + counts[Trouble.STUCK]
    note = f"{waits:,} wait for the donor" if waits else "all are tried again by themselves"
    return TileValue(f"{queries.refused_open():,}", note, url_for("failed_desk.index"))


def _waiting(limit: int) -> list[WorkRow]:
    rows = queries.failed_payments(Trouble.CONFIRM, 1).rows + queries.failed_payments(Trouble.STUCK, 1).rows
    return [
        WorkRow(
            f"{row.invoice.amount} from {row.donor.name}",
            row.invoice.reason,
            _story_url(row.donor.subscription_id),
            row.invoice.billed_at,
        )
        for row in sorted(rows, key=lambda row: row.invoice.billed_at)[:limit]
    ]


def _story_url(subscription_id: UUID) -> str:
    return url_for("failed_desk.show", sustainer_id=public_id(SUBSCRIPTION_PREFIX, subscription_id))
