"""Every write of mailings."""

from station.mail.services.mailings.errors import EditedMeanwhile, MailingRefused, NotReady
from station.mail.services.mailings.feeding import AHEAD, BATCH, CARRY, carry, feed_some, tend_mailings
from station.mail.services.mailings.freezing import freeze_some
from station.mail.services.mailings.sending import APPROVAL, begin, carry_out, pause, resume, stop
from station.mail.services.mailings.starting import check, freeze, thaw
from station.mail.services.mailings.steps import note_export
from station.mail.services.mailings.writing import KIND_OF_TESTS, Wish, change_mailing, send_test, write_mailing

__all__ = [
    "AHEAD",
    "APPROVAL",
    "BATCH",
    "CARRY",
    "KIND_OF_TESTS",
    "EditedMeanwhile",
    "MailingRefused",
    "NotReady",
    "Wish",
    "begin",
    "carry",
    "carry_out",
    "change_mailing",
    "check",
    "feed_some",
    "freeze",
    "freeze_some",
    "note_export",
    "pause",
    "resume",
    "send_test",
    "stop",
    "tend_mailings",
    "thaw",
    "write_mailing",
]
