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

__all__ = [
    "attempt_failed",
    "make_held_gift",
    "money_arrived",
    "payment_expired",
    "payment_failed",
    "renewal_failed",
    "renewal_recovered",
    "stray_attempt_failed",
    "sustainer_ended",
    "sustainer_lapsed",
]
