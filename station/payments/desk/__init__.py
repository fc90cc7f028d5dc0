"""Staff pages of payments: the list with its export, one payment's story, dead letters, what goes back."""

from station.payments.desk.dead_letters import dead_letters
from station.payments.desk.disputes import disputes
from station.payments.desk.payments import desk
from station.payments.desk.refunds import refunds

__all__ = ["dead_letters", "desk", "disputes", "refunds"]
