"""The bank has answered a debit: what becomes of the session, the invoice and the subscription.

docs.stripe.com/payments/checkout/fulfill-orders (checkout.session.async_payment_succeeded and _failed).
"""

from __future__ import annotations

from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import debits
from sandbox.stripe.flows.billing import collecting, invoicing, subscribing
from sandbox.stripe.flows.cards import Decline


class NotPending(Exception):
    """The debit has been answered already."""


def settle(sandbox: Sandbox, charge: Obj) -> None:
    """What the test account foretold."""
    finish(sandbox, charge, debits.foretold(sandbox, charge))


def finish(sandbox: Sandbox, charge: Obj, decline: Decline | None) -> None:
    if charge["status"] != "pending":
        raise NotPending(charge["id"])
    intent = debits.answer(sandbox, charge, decline)
    invoice = _invoice(sandbox, intent)
    if invoice is not None:
        _billed(sandbox, invoice, intent, decline)
    session = _session(sandbox, intent)
    if session is None:
        return
    session["payment_status"] = "unpaid" if decline else "paid"
    sandbox.store.save(session)
    sandbox.emit(f"checkout.session.async_payment_{'failed' if decline else 'succeeded'}", session)


def _invoice(sandbox: Sandbox, intent: Obj) -> Obj | None:
    for row in sandbox.store.all("invoice_payment"):
        if row["payment"]["payment_intent"] == intent["id"]:
            return sandbox.get("invoice", row["invoice"])
    return None


def _session(sandbox: Sandbox, intent: Obj) -> Obj | None:
    """The session that is waiting for this very payment, not a renewal of what it began."""
    for private in sandbox.store.all("_session"):
        if private["intent"] == intent["id"]:
            return sandbox.get("checkout.session", private["id"])
    return None


def _billed(sandbox: Sandbox, invoice: Obj, intent: Obj, decline: Decline | None) -> None:
    subscription = sandbox.store.get("subscription", str(invoicing.subscription_of(invoice)))
    if decline is None:
        invoicing.mark_paid(sandbox, invoice, intent)
        return
    collecting.failed(sandbox, invoice)
    if subscription is not None and subscription["status"] != "canceled":
        subscribing.follow(sandbox, subscription, invoice, decline)
