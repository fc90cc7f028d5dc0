"""What happens in giving when payments announce something."""

from station.giving.reactors.declines import attempt_failed, stray_attempt_failed
from station.giving.reactors.held import NobodyNamed, StillHeld, make_held_gift
from station.giving.reactors.money import (
    money_arrived,
    payment_expired,
    payment_failed,
    renewal_failed,
    renewal_recovered,
    sustainer_ended,
    sustainer_lapsed,
)
from station.giving.reactors.returns import dispute_lost, dispute_won, payment_refunded, refund_failed
from station.giving.reactors.sustainers import (
    second_sustainer,
    sustainer_changed,
    sustainer_ending,
    sustainer_moved,
    sustainer_paused,
    sustainer_rescheduled,
    sustainer_resumed,
    sustainer_split,
    sustainer_stopped,
)
from station.giving.reactors.unpaid import debit_returned, gift_over, invoice_moved

__all__ = [
    "NobodyNamed",
    "StillHeld",
    "attempt_failed",
    "debit_returned",
    "dispute_lost",
    "dispute_won",
    "gift_over",
    "invoice_moved",
    "make_held_gift",
    "money_arrived",
    "payment_expired",
    "payment_failed",
    "payment_refunded",
    "refund_failed",
    "renewal_failed",
    "renewal_recovered",
    "second_sustainer",
    "stray_attempt_failed",
    "sustainer_changed",
    "sustainer_ended",
    "sustainer_ending",
    "sustainer_lapsed",
    "sustainer_moved",
    "sustainer_paused",
    "sustainer_rescheduled",
    "sustainer_resumed",
    "sustainer_split",
    "sustainer_stopped",
]
