"""The desk's pages of giving: gifts, entries past Stripe, deposits, the ask, failed payments, notices, sustainers."""

from station.giving.desk import deposits, entry, failed, gifts, letters
from station.giving.desk.blueprint import desk
from station.giving.desk.failed import failed_desk
from station.giving.desk.notices import notices_desk
from station.giving.desk.sustainers import sustainers_desk

__all__ = [
    "deposits",
    "desk",
    "entry",
    "failed",
    "failed_desk",
    "gifts",
    "letters",
    "notices_desk",
    "sustainers_desk",
]
