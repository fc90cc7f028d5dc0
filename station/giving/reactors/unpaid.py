"""What giving does when a renewal's invoice stands open, or is over: the letter that may be due is a job's."""

from __future__ import annotations

from station.core.outbox import enqueue
from station.giving import queries
from station.giving.services import ABOUT_INVOICE, write_returned
from station.payments import queries as payments
from station.payments.facts import InvoiceClosed, InvoiceWaits, PaymentFailed, SustainerLapsed
from station.payments.models import PaymentKind


def invoice_moved(moved: InvoiceWaits | InvoiceClosed) -> None:
    """Look whether a letter is due about an invoice."""
    enqueue(ABOUT_INVOICE, invoice_id=str(moved.invoice_id))


def gift_over(lapsed: SustainerLapsed) -> None:
    """A gift that lapsed with an open invoice: its donor hears of it."""
    for invoice_id in queries.invoices_of(lapsed.subscription_id):
        enqueue(ABOUT_INVOICE, invoice_id=str(invoice_id))


def debit_returned(failed: PaymentFailed) -> None:
    """A first or only payment that was promised by bank debit came to nothing: its donor hears of it."""
    payment = payments.payment_row(failed.payment_id)
    if payment is not None and payment.kind is not PaymentKind.RENEWAL and payment.expected:
        write_returned(payment.id, payment.reference, failed.reason)
