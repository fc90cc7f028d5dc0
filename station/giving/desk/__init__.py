"""The desk's pages of giving: gifts, the entry of one that came past Stripe, deposits, the ask, failed payments."""

from station.giving.desk import deposits, entry, failed, gifts
from station.giving.desk.blueprint import desk
from station.giving.desk.failed import failed_desk

__all__ = ["deposits", "desk", "entry", "failed", "failed_desk", "gifts"]
