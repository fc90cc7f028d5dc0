"""A payment page on which many cards are tried out is closed, by a job."""

from __future__ import annotations

from uuid import UUID

from station.core import events
from station.core.actor import job
from station.core.db import transaction
from station.core.events import Subject
from station.core.outbox import Job, Queue
from station.payments import queries as payments
from station.payments.models import PaymentState
from station.payments.services import close_checkout

CLOSE = Job("giving.close_page", Queue.MONEY)


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
