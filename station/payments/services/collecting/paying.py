"""Paying the invoice that stands open, once, because the donor said so; and letting older ones be."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from station.core import clock
from station.core.actor import STRIPE, Actor
from station.core.db import transaction
from station.payments import gateway, queries
from station.payments.gateway import StripeRefused
from station.payments.models import InvoiceState, OpenInvoice, Operation
from station.payments.queries import OpenInvoiceView
from station.payments.services.collecting import calls
from station.payments.services.collecting.methods import lock_charged
from station.payments.services.folding import Fold, fold_invoice
from station.payments.services.inbox import fold_again


class NothingOpen(StripeRefused):
    """Nothing is open to be paid: it is paid, on its way, or was let go."""


def pay_open_invoice(invoice_id: UUID, actor: Actor) -> OpenInvoiceView:
    """Collect the newest open invoice of a standing order now, with what it charges; returns how it stands then.

    Two presses at once are one charge: the same unanswered call, under the same key. Once that call would charge
    another card, or Stripe has forgotten its key, a look decides: what is still open is paid under a new key. A debit
    is `settling` then; one that the bank wants to be confirmed `asks`. Runs outside any transaction, for a person who
    waits. Raises NothingOpen, StripeUnavailable (the same again is safe) and StripeRefused: nothing was charged, and
    it was the bank that said no where it is `by_bank`.
    """
    call = _written(invoice_id, looked=False)
    if call is None:
        look_at_invoice(invoice_id, actor)
        call = _written(invoice_id, looked=True)
    assert call is not None  # noqa: S101  # a look lets nothing stand in the way
    stripe_invoice = call.params["invoice"]
    refused: StripeRefused | None = None
    try:
        calls.make(call, lambda: gateway.pay_invoice(*_asked(call), call.key), lambda _: stripe_invoice)
    except StripeRefused as refusal:
        refused = refusal
    fold_again(lambda: _look(stripe_invoice, actor))
    found = queries.open_invoice(invoice_id)
    assert found is not None  # noqa: S101  # rows are never deleted
    if refused is not None and found.waits and not found.asks:
        raise refused
    return found


def _written(invoice_id: UUID, *, looked: bool) -> calls.OrderCall | None:
    """The call to make; None when Stripe must be looked at before, because of one that may not be sent again."""
    with transaction():
        row = _lock_payable(invoice_id)
        what = f"pay:{row.id}"
        params = {"invoice": row.stripe_invoice, "payment_method": lock_charged(row.subscription_id)}
        if calls.outworn(what, params):
            if not looked:
                return None
            calls.give_up(what)
        return calls.write(row.subscription_id, Operation.PAY, what, params)


def _asked(call: calls.OrderCall) -> tuple[str, str]:
    return call.params["invoice"], call.params["payment_method"]


def _lock_payable(invoice_id: UUID) -> OpenInvoice:
    """The invoice, locked behind its subscription. Raises NothingOpen unless it is the one that is offered."""
    seen = queries.open_invoice(invoice_id)
    order = queries.lock_subscription(seen.subscription_id) if seen else None
    row = queries.lock_open_invoice(invoice_id)
    offered = queries.offered_invoice(order.id) if order else None
    if row is None or row.state is not InvoiceState.OPEN or offered is None or offered.id != row.id:
        raise NothingOpen("This payment is not open any more.")
    return row


def void_older(invoice_id: UUID) -> None:
    """Let an invoice be that a newer one has overtaken: nobody is charged arrears of several months.

    Raises StripeUnavailable for the job to try again. What was paid a moment ago stays paid.
    """
    with transaction():
        seen = queries.open_invoice(invoice_id)
        order = queries.lock_subscription(seen.subscription_id) if seen else None
        row = queries.lock_open_invoice(invoice_id)
        if order is None or row is None or row.state is not InvoiceState.OPEN:
            return
        call = calls.write(order.id, Operation.VOID, f"void:{row.id}", {"invoice": row.stripe_invoice})
        stripe_invoice = row.stripe_invoice
    with suppress(StripeRefused):  # it is not open any more: what it is instead, the look tells
        calls.make(call, lambda: gateway.void_invoice(call.params["invoice"], call.key), lambda _: stripe_invoice)
    fold_again(lambda: _look(stripe_invoice, STRIPE))


def look_at_invoice(invoice_id: UUID, actor: Actor) -> OpenInvoiceView | None:
    """An invoice as Stripe has it now; None for an unknown one. Outside any transaction. Raises StripeUnavailable."""
    seen = queries.stripe_invoice_of(invoice_id)
    if seen is None:
        return None
    fold_again(lambda: _look(seen, actor))
    return queries.open_invoice(invoice_id)


def _look(stripe_invoice: str, actor: Actor) -> Fold:
    began = clock.now()
    found = gateway.fetch_invoice(stripe_invoice)
    return lambda: fold_invoice(found, began, actor)
