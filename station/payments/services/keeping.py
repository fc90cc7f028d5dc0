"""Noticing that a standing order is planned for another day than its donor chose. Inside the caller's transaction.

Checkout can anchor a subscription only at the price of its first charge (a prorated or a free first period,
docs.stripe.com/payments/checkout/billing-cycle), and an anchor that fell on the last of a short month stays there. So
the day is kept from here: `sustaining.keep_schedule` moves the next charge by one update.
"""

from __future__ import annotations

from station.core import clock
from station.core.outbox import Job, Queue, enqueue
from station.licensee.queries import the_licensee
from station.payments import policies
from station.payments.models import Subscription
from station.payments.models import SubscriptionState as S

KEEP = Job("payments.keep_schedule", Queue.MONEY, attempts=20)


def note_schedule(row: Subscription) -> None:
    """Write the job that moves the next charge, when it stands on a day that was not chosen."""
    if row.state is not S.ACTIVE or row.ends_at or row.current_period_end is None:
        return
    planned = clock.local_date(row.current_period_end, the_licensee().timezone)
    if policies.off_schedule(row.charge_day, planned):
        enqueue(KEEP, key=f"{row.id}:{planned}:{row.charge_day}", subscription_id=str(row.id))
