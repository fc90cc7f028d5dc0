"""The wordings of receipts and letters in English and Spanish, by version, and the documents composed of them."""

from station.receipts.policies.wordings.letters import OF_A_FUND, LetterFacts, letter_text
from station.receipts.policies.wordings.receipts import (
    ACKNOWLEDGED_CENTS,
    QUID_PRO_QUO_CENTS,
    InReturn,
    ReceiptFacts,
    Section,
    SilentAcknowledgment,
    Valued,
    label,
    long_day,
    offered,
    receipt_text,
    sections,
)
from station.receipts.policies.wordings.replacing import Because, Why
from station.receipts.policies.wordings.sets import LANGUAGES, NO_GOODS, SETS, Language, WordingSet, in_force, speech

__all__ = [
    "ACKNOWLEDGED_CENTS",
    "LANGUAGES",
    "NO_GOODS",
    "OF_A_FUND",
    "QUID_PRO_QUO_CENTS",
    "SETS",
    "Because",
    "InReturn",
    "Language",
    "LetterFacts",
    "ReceiptFacts",
    "Section",
    "SilentAcknowledgment",
    "Valued",
    "Why",
    "WordingSet",
    "in_force",
    "label",
    "letter_text",
    "long_day",
    "offered",
    "receipt_text",
    "sections",
    "speech",
]
