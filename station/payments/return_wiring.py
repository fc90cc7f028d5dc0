"""What payments adds to the house about money that goes back: sentences, books, pages, places and approvals."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import (
    APPROVALS,
    NAV,
    SUBJECT_PAGES,
    TILES,
    ApprovalKind,
    NavItem,
    SubjectPage,
    Tile,
    TileValue,
)
from station.core import clock
from station.core.events import EventRow
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.payments import queries, services
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import RefundReason
from station.payments.places import EVIDENCE, LIKENESSES, PAYMENT_PANELS, EvidenceSource, Likeness, PaymentPanel
from station.payments.policies.states.dispute import WINDOWS
from station.payments.queries import DISPUTE_PREFIX, Returned

ROLES = (Role.DEVELOPMENT,)

REASONS = {
    RefundReason.REQUESTED: "the donor asked for it",
    RefundReason.DUPLICATE: "it was paid twice",
    RefundReason.FRAUDULENT: "a stolen card",
    RefundReason.AMOUNT: "a wrong amount",
    RefundReason.OTHER: "another reason",
}


def _refund_asked(e: EventRow) -> str:
    note = f" ({e.data['note']})" if e.data["note"] else ""
    return f"asked for a refund of {e.data['amount']}: {REASONS[RefundReason(e.data['reason'])]}{note}"


SENTENCES = (
    EventSentence("payments.refund.asked", _refund_asked),
    EventSentence("payments.refund.submitted", lambda e: f"took on a refund of {e.data['amount']}"),
    EventSentence("payments.refund.succeeded", lambda e: f"refunded {e.data['amount']}"),
    EventSentence(
        "payments.refund.failed",
        lambda e: f"reported that a refund of {e.data['amount']} failed: {e.data['why'] or 'no reason given'}",
    ),
    EventSentence("payments.refund.cancelled", lambda e: f"called off a refund of {e.data['amount']}"),
    EventSentence(
        "payments.refund.adopted",
        lambda e: f"told of a refund of {e.data['amount']} made in its dashboard ({e.data['stripe']})",
    ),
    EventSentence(
        "payments.dispute.inquired",
        lambda e: f"passed on a bank's question about {e.data['amount']}: {e.data['reason']}",
    ),
    EventSentence(
        "payments.dispute.opened",
        lambda e: f"reported that a bank took {e.data['amount']} back for now: {e.data['reason']}",
    ),
    EventSentence("payments.dispute.answered", lambda e: f"passed our answer about {e.data['amount']} to the bank"),
    EventSentence("payments.dispute.closed", lambda e: f"closed a dispute about {e.data['amount']}"),
    EventSentence("payments.dispute.won", lambda e: f"gave {e.data['amount']} of a dispute back"),
    EventSentence(
        "payments.dispute.lost", lambda e: f"reported a dispute about {e.data['amount']} as lost: {e.data['reason']}"
    ),
    EventSentence(
        "payments.dispute.answering",
        lambda e: f"sent evidence about a dispute of {e.data['amount']}: {e.data['reason']}",
    ),
    EventSentence(
        "payments.dispute.accepting",
        lambda e: f"accepted the loss of a dispute of {e.data['amount']}: {e.data['reason']}",
    ),
)
BOOKS = (
    Invariant(
        "returns-of-payments",
        "Every payment counts the refunds that went out and the disputes that were lost.",
        queries.payments_unlike_returns,
    ),
    Invariant(
        "ledger-of-returns",
        "Every refund and every movement of a dispute stands in the ledger, once.",
        queries.returns_without_ledger,
    ),
)


def wire_returns() -> None:
    """Contribute to the places below, and to those of payments itself."""
    NAV.contribute(NavItem("Disputes", "disputes_desk.index", "Money", ROLES), rank=42)
    TILES.contribute(Tile("Disputes", _rate, ROLES), rank=42)
    SUBJECT_PAGES.contribute(SubjectPage("dispute", _dispute_page), SubjectPage("refund", _refund_page))
    APPROVALS.contribute(
        ApprovalKind(services.ONE, "Refund", Role.DEVELOPMENT, services.carry_out_one),
        ApprovalKind(services.MANY, "Refund of many payments", Role.DEVELOPMENT, services.carry_out_many),
    )
    PAYMENT_PANELS.contribute(
        PaymentPanel("What went back", "payments/desk/_returns.html", _went_back, ROLES), rank=10
    )
    EVIDENCE.contribute(EvidenceSource(queries.own_evidence), rank=10)
    LIKENESSES.contribute(Likeness("card", "The same card or account", _same_card), rank=10)
    EVENT_SENTENCES.contribute(*SENTENCES)
    INVARIANTS.contribute(*BOOKS)


def _rate() -> TileValue:
    days = WINDOWS[-1]
    many, charges = queries.dispute_count(clock.now() - timedelta(days=days))
    rate = 100 * many / charges if charges else 0
    return TileValue(
        f"{rate:.2f} %", f"{many:,} of {charges:,} card payments in {days} days", url_for("disputes_desk.index")
    )


def _dispute_page(dispute_id: UUID) -> str:
    return url_for("disputes_desk.show", dispute_id=public_id(DISPUTE_PREFIX, dispute_id))


def _refund_page(refund_id: UUID) -> str:
    found = queries.refund(refund_id)
    payment_id = public_id(PAYMENT_PREFIX, found.payment_id) if found else ""
    return url_for("payments_desk.show", payment_id=payment_id) if found else ""


def _went_back(payment_id: UUID) -> Returned | None:
    found = queries.returned(payment_id)
    return None if found is None or found.empty else found


def _same_card(payment_id: UUID, since: datetime, until: datetime) -> list[UUID]:
    row = queries.payment_row(payment_id)
    return queries.payments_of_card(row.fingerprint, since, until) if row else []
