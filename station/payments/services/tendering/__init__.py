"""Money that comes past Stripe: taken in, deposited, and taken back when it was keyed wrongly or bounced."""

from station.payments.services.tendering.deposits import DepositRefused, make_deposit
from station.payments.services.tendering.history import PastPayment, add_history, close_batch, open_batch, undo_batch
from station.payments.services.tendering.taking import Taken, take_in
from station.payments.services.tendering.undoing import CannotUndo, bounce_check, void_payment

__all__ = [
    "CannotUndo",
    "DepositRefused",
    "PastPayment",
    "Taken",
    "add_history",
    "bounce_check",
    "close_batch",
    "make_deposit",
    "open_batch",
    "take_in",
    "undo_batch",
    "void_payment",
]
