"""What giving does about declined cards: tell screening whose they were, and have a page closed that is tried out."""

from __future__ import annotations

from station.core.db import db
from station.core.outbox import enqueue
from station.giving import queries
from station.giving.models import Pledge
from station.giving.services import CLOSE
from station.payments import queries as payments
from station.payments.facts import AttemptFailed, StrayAttemptFailed
from station.payments.models import PaymentKind
from station.screening.services import note_decline


def attempt_failed(failed: AttemptFailed) -> None:
    """Count a card that was refused on a pledge's page. After too many the page is closed, by a job.

    A renewal that fails, long after its first charge, says nothing about who stands before the form today.
    """
    pledge = db.session().get(Pledge, failed.reference)
    payment = payments.payment_row(failed.payment_id)
    if pledge is None or payment is None or payment.kind is PaymentKind.RENEWAL:
        return
    if payment.settled_at is not None and payment.settled_at < failed.at:
        return
    if note_decline(pledge.sender, pledge.id, failed.fingerprint):
        enqueue(CLOSE, key=str(payment.id), payment_id=str(payment.id))


def stray_attempt_failed(failed: StrayAttemptFailed) -> None:
    """Count a refused card of which Stripe does not say whose it was: for the house, and for its card.

    Where exactly one monthly pledge of that email and amount stands open, its page closes after too many.
    Anybody can type an email, so nothing is held against the network that the pledge came from.
    """
    meant = queries.repeating_open(failed.payer_email, failed.amount) if failed.payer_email else []
    pledge = meant[0] if len(meant) == 1 else None
    close = note_decline("", pledge.id if pledge else failed.intent, failed.fingerprint)
    if close and pledge is not None:
        enqueue(CLOSE, key=str(pledge.payment_id), payment_id=str(pledge.payment_id))
