"""What a donor or the staff may ask of a standing order that runs, each one row first, then the call.

Every function runs outside any transaction, for a person who waits, and returns the standing order as it is then.
All raise `ChangeRefused` with the sentence that says why not, and `StripeUnavailable` when Stripe's answer is not
known: the change is written down then, and repeated under the same key until it is.
"""

from station.payments.services.sustaining.adopting import adopt, mark_adopted
from station.payments.services.sustaining.changing import ChangeRefused, repeat_change
from station.payments.services.sustaining.schedule import keep_schedule
from station.payments.services.sustaining.wishes import cancel, change_amount, change_date, pause, resume, skip, stay

__all__ = [
    "ChangeRefused",
    "adopt",
    "cancel",
    "change_amount",
    "change_date",
    "keep_schedule",
    "mark_adopted",
    "pause",
    "repeat_change",
    "resume",
    "skip",
    "stay",
]
