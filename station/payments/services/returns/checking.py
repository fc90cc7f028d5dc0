"""Asking Stripe about what goes back: what nobody told us, what waits, deadlines, and how many disputes there are."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock
from station.core.actor import Actor, job
from station.core.db import transaction
from station.payments import gateway, queries
from station.payments.models import EndReason, RefundState
from station.payments.policies import SUBSCRIPTION
from station.payments.policies.states.dispute import WARN_BEFORE, WINDOWS, is_alarming
from station.payments.services.folding import Fold, fold_dispute, fold_given_back, fold_refund
from station.payments.services.inbox import fold_again
from station.payments.services.returns import work
from station.payments.services.returns.sending import send_refund
from station.payments.services.sustaining import cancel

WATCH = job("the watch over disputes")
STOPPED = "The bank took a payment back."
RATE = "payments.dispute_rate"


def look_back(charge_id: str) -> None:
    """Bring every refund and dispute of a charge to our rows."""

    def look() -> Fold:
        refunds, disputes = gateway.refunds_of(charge_id), gateway.disputes_of(charge_id)
        return lambda: fold_given_back(refunds, disputes)

    fold_again(look)


def ask_about_refund(refund_id: UUID, actor: Actor) -> None:
    """One refund that waits: have it made if it was not, else see where it stands."""
    with transaction():
        row = queries.lock_refund(refund_id)
        if row is None:
            return
        row.updated_at = clock.now()  # whatever comes of it, the next run begins with others
        stripe_id, unsent = row.stripe_refund, row.state is RefundState.CREATED
    if stripe_id is None and unsent:
        send_refund(refund_id)
    elif stripe_id is not None:
        fold_again(lambda: _look_at_refund(stripe_id, actor))


def ask_about_dispute(dispute_id: UUID, actor: Actor) -> None:
    """One dispute that waits: where it stands, and what it has moved."""
    with transaction():
        row = queries.lock_dispute(dispute_id)
        if row is None:
            return
        row.updated_at = clock.now()
        stripe_id = row.stripe_dispute
    fold_again(lambda: _look_at_dispute(stripe_id, actor))


def end_subscription(subscription_id: UUID) -> None:
    """End a monthly gift whose money was taken back, or never came.

    Raises ChangeRefused or StripeUnavailable, to be tried again.
    """
    row = queries.subscription_row(subscription_id)
    if row is not None and not SUBSCRIPTION.is_final(row.state):
        cancel(subscription_id, EndReason.OTHER, WATCH, words=STOPPED)


def watch_disputes() -> None:
    """Remind of deadlines three days before, and raise the alarm when disputes are many of the charges."""
    now = clock.now()
    with transaction():
        for row in queries.disputes_due(now + WARN_BEFORE):
            work.due_soon(row)
        counts = {days: queries.dispute_count(now - timedelta(days=days)) for days in WINDOWS}
        alarming = {days: found for days, found in counts.items() if is_alarming(*found)}
        if not alarming:
            settle_work_item(RATE, "Disputes are few again.", WATCH)
            return
        said = ", ".join(f"{many} of {charges} in {days} days" for days, (many, charges) in alarming.items())
        open_work_item(
            RATE,
            RATE,
            Role.ADMIN,
            "Disputes are many: the card networks look from 0.75 percent on",
            f"Card payments charged back: {said}. Look for stolen cards among the newest gifts, refund what was "
            "tested, and make the form ask for a proof.",
            urgent=True,
        )


def _look_at_refund(stripe_id: str, actor: Actor) -> Fold:
    found = gateway.fetch_refund(stripe_id)
    return lambda: fold_refund(found, actor)


def _look_at_dispute(stripe_id: str, actor: Actor) -> Fold:
    found = gateway.fetch_dispute(stripe_id)
    return lambda: fold_dispute(found, actor)
