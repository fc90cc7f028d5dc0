"""Every write of mail."""

from station.mail.services.bulk import SEND_BULK, send_bulk
from station.mail.services.consent import (
    Evidence,
    ImportDone,
    Imported,
    choose,
    none_at_all,
    note_answers,
    record_imported,
    speak,
    subscribe,
    undo,
    unsubscribe,
)
from station.mail.services.outcomes import POST
from station.mail.services.queueing import SEND, Addressed, queue_mail, sender_of, write
from station.mail.services.resending import NotForResending, send_again
from station.mail.services.retrying import try_again
from station.mail.services.returning import (
    LARGEST_KEPT,
    READ,
    TRY_AGAIN,
    ListReport,
    NotAnAddress,
    fetch,
    forget_raw,
    lift,
    read_inbound,
    suppress,
    suppress_list,
    take,
    watch_rates,
)
from station.mail.services.sending import send
from station.mail.services.stopping import NoReason, abort, abort_waiting, confirm, resume, stop
from station.mail.services.tending import tend

__all__ = [
    "LARGEST_KEPT",
    "POST",
    "READ",
    "SEND",
    "SEND_BULK",
    "TRY_AGAIN",
    "Addressed",
    "Evidence",
    "ImportDone",
    "Imported",
    "ListReport",
    "NoReason",
    "NotAnAddress",
    "NotForResending",
    "abort",
    "abort_waiting",
    "choose",
    "confirm",
    "fetch",
    "forget_raw",
    "lift",
    "none_at_all",
    "note_answers",
    "queue_mail",
    "read_inbound",
    "record_imported",
    "resume",
    "send",
    "send_again",
    "send_bulk",
    "sender_of",
    "speak",
    "stop",
    "subscribe",
    "suppress",
    "suppress_list",
    "take",
    "tend",
    "try_again",
    "undo",
    "unsubscribe",
    "watch_rates",
    "write",
]
