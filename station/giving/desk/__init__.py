"""The desk's pages of giving: gifts, the entry of one that came past Stripe, deposits, and the words of the ask."""

from station.giving.desk import deposits, entry, failed, gifts
from station.giving.desk.blueprint import desk

__all__ = ["deposits", "desk", "entry", "failed", "gifts"]
