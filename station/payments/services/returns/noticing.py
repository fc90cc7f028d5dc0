"""What a worker must do about money that goes back: look at a charge that tells of more than our rows know; end a
recurring gift whose money was taken back."""

from __future__ import annotations

from station.core.outbox import Job, Queue, enqueue
from station.payments import queries
from station.payments.gateway import Charged
from station.payments.models import Payment

STOP = Job("payments.stop_subscription", Queue.MONEY, attempts=20)
LOOK_BACK = Job("payments.look_back", Queue.MONEY, attempts=20)


def notice(payment: Payment, money: Charged) -> None:
    """Have the refunds and disputes of a charge looked at when it tells of more than we know. In the transaction."""
    if not money.returned_cents and not money.disputed:
        return
    known = payment.amount_cents - queries.refundable(payment, by_stripe=True).left.cents
    if money.returned_cents > known or (money.disputed and not queries.disputes_of(payment.id)):
        key = f"{money.charge}:{money.returned_cents}:{int(money.disputed)}"
        enqueue(LOOK_BACK, key=key, charge_id=money.charge)
