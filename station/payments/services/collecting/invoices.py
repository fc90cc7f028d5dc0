"""Invoices of renewals that were not paid at once. Inside the caller's transaction; the subscription is locked."""

from __future__ import annotations

from datetime import datetime

from station.core import clock, events
from station.core.actor import Actor
from station.core.announce import announce
from station.core.db import db
from station.core.events import Subject
from station.core.ids import new_id
from station.core.outbox import Job, Queue, enqueue
from station.payments import queries
from station.payments.facts import InvoiceClosed, InvoiceWaits
from station.payments.gateway import Unpaid
from station.payments.models import InvoiceState, OpenInvoice, Subscription
from station.payments.policies import INVOICE, InvoiceEdge, reason

VOID = Job("payments.void_invoice", Queue.MONEY)
CLOSING = {"paid": InvoiceEdge.PAY, "void": InvoiceEdge.VOID, "uncollectible": InvoiceEdge.WRITE_OFF}
NAMES = {
    InvoiceEdge.DEBIT: "payments.invoice.settling",
    InvoiceEdge.RETURN: "payments.invoice.returned",
    InvoiceEdge.PAY: "payments.invoice.paid",
    InvoiceEdge.VOID: "payments.invoice.voided",
    InvoiceEdge.WRITE_OFF: "payments.invoice.written_off",
}


def note_unpaid(order: Subscription, found: Unpaid, actor: Actor) -> None:
    """Write an invoice that stayed open as it is now: why, how often it was tried, when Stripe tries again.

    Only the newest of a subscription stays open; a job voids older ones, so that nobody is ever charged arrears.
    """
    if found.due_cents <= 0:
        return
    row = queries.lock_open_invoice_of(found.id) or _write(order, found)
    if row.state not in (InvoiceState.OPEN, InvoiceState.SETTLING):
        return
    before = (row.attempts, row.state, row.next_attempt_at, row.asks)
    tried_again = found.attempts > row.attempts
    row.amount_cents, row.attempts, row.next_attempt_at = found.due_cents, found.attempts, found.next_attempt
    row.decline_code, row.failure, row.asks = found.failure_code, found.failure, found.asks
    row.page_url, row.kind = found.page_url, found.kind or row.kind
    if found.processing or row.state is InvoiceState.SETTLING:
        follow(row, InvoiceEdge.DEBIT if found.processing else InvoiceEdge.RETURN, actor)
    if before == (row.attempts, row.state, row.next_attempt_at, row.asks):
        return
    row.updated_at = clock.now()
    if tried_again and not found.processing:
        _record("payments.invoice.declined", row, actor)
    let_older_go(order, row.billed_at)
    announce(InvoiceWaits(row.id, order.id, order.reference))


def let_older_go(order: Subscription, billed_at: datetime) -> None:
    """Write the jobs that void what stands open of a subscription and was billed before an instant."""
    for older in queries.older_open_invoices(order.id, billed_at):
        enqueue(VOID, key=str(older), invoice_id=str(older))


def _write(order: Subscription, found: Unpaid) -> OpenInvoice:
    now = clock.now()
    row = OpenInvoice(
        id=new_id(),
        subscription_id=order.id,
        stripe_invoice=found.id,
        state=InvoiceState.OPEN,
        amount_cents=found.due_cents,
        currency=found.currency,
        attempts=0,
        billed_at=found.billed_at,
        created_at=now,
        updated_at=now,
    )
    db.session().add(row)
    db.session().flush()
    return row


def close(stripe_invoice: str, status: str, actor: Actor) -> bool:
    """Stripe's invoice is over; False when nothing of it stood open here."""
    row = queries.lock_open_invoice_of(stripe_invoice) if status in CLOSING else None
    if row is None or not follow(row, CLOSING[status], actor):
        return False
    order = db.session().get_one(Subscription, row.subscription_id)
    announce(InvoiceClosed(row.id, order.id, order.reference, row.state))
    return True


def follow(row: OpenInvoice, edge: InvoiceEdge, actor: Actor) -> bool:
    """Take an edge of the invoice's graph and record it. False when it has none such."""
    if not INVOICE.may(row.state, edge):
        return False
    row.state, row.updated_at = INVOICE.move(row.state, edge), clock.now()
    if row.state is not InvoiceState.OPEN:
        row.next_attempt_at, row.asks = None, False
    _record(NAMES[edge], row, actor)
    return True


def _record(name: str, row: OpenInvoice, actor: Actor) -> None:
    again = row.next_attempt_at
    events.record(
        name,
        actor,
        [Subject("open_invoice", row.id), Subject("subscription", row.subscription_id)],
        {
            "amount": str(row.amount),
            "attempt": row.attempts,
            "reason": reason(row.decline_code, row.failure),
            "next": again.isoformat() if again else "",
        },
    )
