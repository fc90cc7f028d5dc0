"""What giving does about declined cards: tell screening whose they were, and close a page that is being tried out."""

from __future__ import annotations

from uuid import UUID

from station.core import events
from station.core.actor import job
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.outbox import Job, Queue, enqueue
from station.giving.models import Pledge
from station.payments import queries as payments
from station.payments.facts import AttemptFailed
from station.payments.models import PaymentKind, PaymentState
from station.payments.services import close_checkout
from station.screening.services import note_decline

CLOSE = Job("giving.close_page", Queue.MONEY)


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


def close_page(payment_id: str) -> None:
    """Close the payment page of a pledge on which many cards were tried. Raises StripeUnavailable to be tried again.

    What was paid a moment ago stays paid.
    """
    actor, known = job(CLOSE.name), UUID(payment_id)
    if close_checkout(known, actor) is not PaymentState.EXPIRED:
        return
    payment = payments.payment_row(known)
    assert payment is not None  # noqa: S101  # closed a moment ago
    with transaction():
        events.record("giving.page.closed", actor, [Subject("payment", known), Subject("pledge", payment.reference)])
