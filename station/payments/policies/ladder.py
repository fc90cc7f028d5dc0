"""Which letter about an unpaid invoice is due: a pure rule on plain values, asked whenever something changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from station.payments.models import InvoiceState, OpenInvoice
from station.payments.models import SubscriptionState as S
from station.payments.policies.states.keeping import BANK_DEBIT

REMINDED = timedelta(hours=48)  # before a further try
NEWS = timedelta(days=7)  # so long it is worth a letter that an invoice was paid after all


class Step(StrEnum):
    """A contact with a sustainer about a payment: the letters of the ladder, and what staff did."""

    FAILED = "failed"
    LAST_TRY = "last_try"
    CONFIRM = "confirm"
    RETURNED = "returned"
    GIVEN_UP = "given_up"
    RECOVERED = "recovered"
    EXPIRING = "expiring"
    LINK = "link"
    CALL = "call"


ABOUT_FAILURE = (Step.FAILED, Step.LAST_TRY, Step.CONFIRM, Step.RETURNED, Step.GIVEN_UP)
LETTERS = (*ABOUT_FAILURE, Step.RECOVERED, Step.EXPIRING)
QUIET = (S.ENDED, S.PAUSED)  # the donor has decided: nobody is written to about what was open then


def due_step(
    invoice: OpenInvoice, order: S, told: Collection[Step], now: datetime, *, disputed: bool = False
) -> Step | None:
    """The letter that is due about an invoice of a standing order in this state; None when none is, or it went out.

    Each goes out once an invoice. A donor who read of a failure hears of its end, too. One who has taken money back
    through the bank (`disputed`) is not asked for more.
    """
    if order in QUIET or disputed:
        return None
    if invoice.state is InvoiceState.PAID:
        wanted = Step.RECOVERED if set(told) & set(ABOUT_FAILURE) and now - invoice.updated_at < NEWS else None
    elif order is S.LAPSED and invoice.state in (InvoiceState.OPEN, InvoiceState.UNCOLLECTIBLE):
        wanted = Step.GIVEN_UP
    elif invoice.state is InvoiceState.OPEN:
        wanted = _of_open(invoice, told, now)
    else:
        wanted = None
    return None if wanted in told else wanted


def _of_open(invoice: OpenInvoice, told: Collection[Step], now: datetime) -> Step | None:
    """Stripe does not tell which try is its last, so the reminder comes before the one after two refusals."""
    again = invoice.next_attempt_at
    if invoice.asks:
        return Step.CONFIRM
    if invoice.kind == BANK_DEBIT:
        return Step.RETURNED
    if again is None:
        return Step.GIVEN_UP
    if Step.FAILED in told and invoice.attempts > 1 and again - now <= REMINDED:
        return Step.LAST_TRY
    return Step.FAILED
