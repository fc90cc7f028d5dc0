"""Pure rules of yearly statements: what one lists, and its words."""

from station.receipts.policies.statements.composing import (
    LEFT_OUT,
    LISTED,
    GiftKind,
    GiftLine,
    Returned,
    Statement,
    StatementLine,
    compose,
    digest,
    facts,
    label,
    over,
    years_to_watch,
)
from station.receipts.policies.statements.document import Issue, changes, document, framed, plain_text
from station.receipts.policies.statements.returned import returned_from, returned_of
from station.receipts.policies.statements.words import LANGUAGES, STATEMENT_WORDING, long_date, say

__all__ = [
    "LANGUAGES",
    "LEFT_OUT",
    "LISTED",
    "STATEMENT_WORDING",
    "GiftKind",
    "GiftLine",
    "Issue",
    "Returned",
    "Statement",
    "StatementLine",
    "changes",
    "compose",
    "digest",
    "document",
    "facts",
    "framed",
    "label",
    "long_date",
    "over",
    "plain_text",
    "returned_from",
    "returned_of",
    "say",
    "years_to_watch",
]
