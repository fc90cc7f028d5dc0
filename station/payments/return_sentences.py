"""How events about money that goes back are told: what a reader of a payment's story sees."""

from __future__ import annotations

from station.core.events import EventRow
from station.core.places import EventSentence
from station.payments.models import RefundReason

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
