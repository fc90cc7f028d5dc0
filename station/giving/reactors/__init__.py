"""What happens in giving when payments announce something."""

from station.giving.reactors.declines import attempt_failed, stray_attempt_failed
from station.giving.reactors.money import (
    make_held_gift,
    money_arrived,
    payment_expired,
    payment_failed,
    renewal_failed,
    renewal_recovered,
    sustainer_ended,
    sustainer_lapsed,
)
from station.giving.reactors.returns import dispute_lost, dispute_won, payment_refunded, refund_failed

__all__ = [
    "attempt_failed",
    "dispute_lost",
    "dispute_won",
    "make_held_gift",
    "money_arrived",
    "payment_expired",
    "payment_failed",
    "payment_refunded",
    "refund_failed",
    "renewal_failed",
    "renewal_recovered",
    "stray_attempt_failed",
    "sustainer_ended",
    "sustainer_lapsed",
]
