"""Jobs of payments: apply an event of Stripe; ask Stripe what nobody told us."""

from __future__ import annotations

from station.core.outbox import Queue
from station.payments.services import APPLY, apply_event, check_open_payments
from worker.jobs import periodic, task


@task(APPLY)
def apply(event_id: str) -> None:
    apply_event(event_id)


@periodic("payments.check_open", Queue.MONEY)
def check_open() -> None:
    check_open_payments()
