"""How events about what sustainers pay with, and about their open invoices, are told."""

from __future__ import annotations

from station.core.places import EventSentence

SENTENCES = (
    EventSentence("payments.method.kept", lambda e: f"kept {e.data['method']} for recurring charges"),
    EventSentence("payments.method.chosen", lambda e: f"charges {e.data['method']} from now on"),
    EventSentence(
        "payments.method.updated",
        lambda e: (
            f"changed what is charged from {e.data['from']} to {e.data['to']}"
            f"{' (the bank told, not the donor)' if e.data['automatic'] else ''}"
        ),
    ),
    EventSentence("payments.method.gone", lambda e: f"let go of {e.data['from']}"),
    EventSentence("payments.mandate.accepted", lambda e: f"accepted debits from {e.data['method']}"),
    EventSentence("payments.mandate.died", lambda e: f"ended debits from {e.data['method']}: {e.data['why']}"),
    EventSentence(
        "payments.invoice.declined",
        lambda e: f"was refused {e.data['amount']} at try {e.data['attempt']}: {e.data['reason']}",
    ),
    EventSentence("payments.invoice.settling", lambda e: f"sent a debit of {e.data['amount']} to the bank"),
    EventSentence(
        "payments.invoice.returned", lambda e: f"got a debit of {e.data['amount']} back: {e.data['reason']}"
    ),
    EventSentence("payments.invoice.paid", lambda e: f"collected the open {e.data['amount']}"),
    EventSentence("payments.invoice.voided", lambda e: f"let the open {e.data['amount']} be; nobody owes it"),
    EventSentence("payments.invoice.written_off", lambda e: f"gave up the open {e.data['amount']}"),
)
