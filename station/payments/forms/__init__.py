"""What people ask of payments and deposits at the desk, and what they say when money goes back."""

from station.payments.forms.deposits import LineForm, ReopenForm
from station.payments.forms.payments import (
    HOURS,
    KINDS,
    LARGEST,
    METHODS,
    REASONS,
    AlikeForm,
    PaymentFilterForm,
    RefundForm,
    SentForm,
    WordsForm,
    choices,
    words,
)

__all__ = [
    "HOURS",
    "KINDS",
    "LARGEST",
    "METHODS",
    "REASONS",
    "AlikeForm",
    "LineForm",
    "PaymentFilterForm",
    "RefundForm",
    "ReopenForm",
    "SentForm",
    "WordsForm",
    "choices",
    "words",
]
