"""Tables of receipts, of letters that are none, and of what states ask to be printed."""

from station.receipts.models.legend import StateLegend
from station.receipts.models.letter import Letter, LetterKind, LetterVoid
from station.receipts.models.receipt import Acknowledged, HeldReceipt, Receipt, ReceiptCounter, ReceiptVoid
from station.receipts.models.statements import (
    DeliveryWay,
    RunKind,
    StatementCounter,
    StatementDelivery,
    StatementRun,
    YearlyStatement,
)

__all__ = [
    "Acknowledged",
    "DeliveryWay",
    "HeldReceipt",
    "Letter",
    "LetterKind",
    "LetterVoid",
    "Receipt",
    "ReceiptCounter",
    "ReceiptVoid",
    "RunKind",
    "StateLegend",
    "StatementCounter",
    "StatementDelivery",
    "StatementRun",
    "YearlyStatement",
]
