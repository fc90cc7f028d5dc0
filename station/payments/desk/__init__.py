"""Staff pages of payments: the list with its export, one payment's story, and dead letters."""

from station.payments.desk.dead_letters import dead_letters
from station.payments.desk.payments import desk

__all__ = ["dead_letters", "desk"]
