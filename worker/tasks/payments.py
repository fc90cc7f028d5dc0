"""Jobs of payments: apply an event; ask Stripe what nobody told us; standing orders, returns, payouts."""

from __future__ import annotations

from uuid import UUID

from station.core.outbox import Queue
from station.payments.services import (
    ADOPT,
    APPLY,
    KEEP,
    LOOK_BACK,
    RECONCILE,
    SEND_REFUND,
    STOP,
    VOID,
    adopt_method,
    apply_event,
    check_open_payments,
    end_subscription,
    look_back,
    send_refund,
    sustaining,
    void_older,
    watch_disputes,
)
from station.payments.services.deposits import comparing, reconciling, sweeps
from worker.jobs import periodic, task

PATIENCE = 10  # attempts of a look at Stripe that comes too seldom to be left out: forty minutes of no answer


@task(APPLY)
def apply(event_id: str) -> None:
    apply_event(event_id)


@task(KEEP)
def keep_schedule(subscription_id: str) -> None:
    sustaining.keep_schedule(UUID(subscription_id))


@periodic("payments.check_open", Queue.MONEY)
def check_open() -> None:
    check_open_payments()


@task(SEND_REFUND)
def refund(refund_id: str) -> None:
    send_refund(UUID(refund_id))


@task(LOOK_BACK)
def look_at_charge(charge_id: str) -> None:
    look_back(charge_id)


@task(STOP)
def stop(subscription_id: str) -> None:
    end_subscription(UUID(subscription_id))


@periodic("payments.watch_disputes", Queue.MONEY)
def watch() -> None:
    watch_disputes()


@task(RECONCILE)
def reconcile(payout_id: str) -> None:
    reconciling.reconcile_payout(UUID(payout_id))


@periodic("payments.sweep_events", Queue.MONEY, attempts=PATIENCE)
def sweep_events() -> None:
    sweeps.sweep_events()
    sweeps.forget_old_sweeps()


@periodic("payments.compare", Queue.MONEY, lease=1800, attempts=PATIENCE)
def compare() -> None:
    comparing.compare_with_stripe()


@periodic("payments.reconcile_all", Queue.MONEY, lease=1800, attempts=PATIENCE)
def reconcile_all() -> None:
    reconciling.reconcile_payouts()


@periodic("payments.sweep_lines", Queue.MONEY, lease=600, attempts=PATIENCE)
def sweep_lines() -> None:
    sweeps.sweep_lines()


@task(ADOPT)
def adopt(session_id: str, subscription_id: str, method_id: str) -> None:
    adopt_method(session_id, subscription_id, method_id)


@task(VOID)
def void(invoice_id: str) -> None:
    void_older(UUID(invoice_id))
