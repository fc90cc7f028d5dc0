"""Staff pages of payments: the list with its export, one payment's story, dead letters, what goes back."""

from station.payments.desk.books import books
from station.payments.desk.dead_letters import dead_letters
from station.payments.desk.deposits import deposits
from station.payments.desk.disputes import disputes
from station.payments.desk.payments import desk
from station.payments.desk.refunds import refunds

__all__ = ["books", "dead_letters", "deposits", "desk", "disputes", "refunds"]
