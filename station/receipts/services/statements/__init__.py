"""Every write of yearly statements."""

from station.receipts.services.statements.comparing import compare_batch, compare_years
from station.receipts.services.statements.correcting import CORRECT, correct, look_again
from station.receipts.services.statements.freezing import freeze_batch, start_freeze
from station.receipts.services.statements.runs import BATCH, COMPARE, FREEZE, SEND, CannotRun, StillFreezing
from station.receipts.services.statements.sending import mark_printed, send_batch, start_sending

__all__ = [
    "BATCH",
    "COMPARE",
    "CORRECT",
    "FREEZE",
    "SEND",
    "CannotRun",
    "StillFreezing",
    "compare_batch",
    "compare_years",
    "correct",
    "freeze_batch",
    "look_again",
    "mark_printed",
    "send_batch",
    "start_freeze",
    "start_sending",
]
