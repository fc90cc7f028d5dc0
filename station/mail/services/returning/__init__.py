"""Mail that comes back, and the addresses that are not written to because of it."""

from station.mail.services.returning.applying import read_inbound
from station.mail.services.returning.following import TRY_AGAIN, refused
from station.mail.services.returning.suppressing import ListReport, NotAnAddress, lift, suppress, suppress_list
from station.mail.services.returning.taking import LARGEST_KEPT, READ, fetch, forget_raw, take
from station.mail.services.returning.watching import watch_rates

__all__ = [
    "LARGEST_KEPT",
    "READ",
    "TRY_AGAIN",
    "ListReport",
    "NotAnAddress",
    "fetch",
    "forget_raw",
    "lift",
    "read_inbound",
    "refused",
    "suppress",
    "suppress_list",
    "take",
    "watch_rates",
]
