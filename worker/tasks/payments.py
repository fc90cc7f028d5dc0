"""Jobs of payments: apply an event of Stripe; ask Stripe what nobody told us; keep the day that a donor chose."""

from __future__ import annotations

from uuid import UUID

from station.core.outbox import Queue
from station.payments.services import APPLY, KEEP, apply_event, check_open_payments, sustaining
from worker.jobs import periodic, task


@task(APPLY)
def apply(event_id: str) -> None:
    apply_event(event_id)


@task(KEEP)
def keep_schedule(subscription_id: str) -> None:
    sustaining.keep_schedule(UUID(subscription_id))


@periodic("payments.check_open", Queue.MONEY)
def check_open() -> None:
    check_open_payments()
