"""Every write of receipts, of letters that are none, and of what states ask to be printed."""

from station.receipts.services.holding import CLERK, HELD, open_ones
from station.receipts.services.issuing import issue, replace, void
from station.receipts.services.legends import review_legends, write_legend
from station.receipts.services.letters import mail_letter, void_letters_of, write_letter
from station.receipts.services.posting import post, post_letter, post_void_letter, recall
from station.receipts.services.releasing import release, release_held
from station.receipts.services.watching import watch_thresholds

__all__ = [
    "CLERK",
    "HELD",
    "issue",
    "mail_letter",
    "open_ones",
    "post",
    "post_letter",
    "post_void_letter",
    "recall",
    "release",
    "release_held",
    "replace",
    "review_legends",
    "void",
    "void_letters_of",
    "watch_thresholds",
    "write_legend",
    "write_letter",
]
