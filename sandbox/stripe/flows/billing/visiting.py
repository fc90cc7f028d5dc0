"""The donor comes to an open invoice: Stripe's hosted invoice page (docs.stripe.com/invoicing/hosted-invoice-page).

The donor is there, so a bank can ask; another card or bank account can be used.
"""

from __future__ import annotations

from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import challenge, debits, paying
from sandbox.stripe.flows.banks import BankEntered
from sandbox.stripe.flows.billing import collecting, invoicing, subscribing
from sandbox.stripe.flows.cards import Decline, Entered


class NotOpen(Exception):
    """The invoice is paid, void or a draft; or nothing waits for the donor's answer."""


def asks(sandbox: Sandbox, invoice: Obj) -> bool:
    """Whether the donor's bank waits for an answer."""
    intent = collecting.open_payment(sandbox, invoice)
    return intent is not None and intent["status"] == "requires_action"


def pay(sandbox: Sandbox, invoice_id: str, entered: Entered | BankEntered) -> Decline | None:
    """Pay an open invoice with what was typed; None when it is paid, on its way, or the bank asks first."""
    with sandbox.action():
        invoice = _open_invoice(sandbox, invoice_id)
        intent = collecting.payment_of(sandbox, invoice)
        if isinstance(entered, BankEntered):
            method = debits.create_method(sandbox, entered)
            paying.attach(sandbox, method, invoice["customer"])
            return debits.begin(sandbox, intent, method)
        method = paying.create_method(sandbox, entered)
        paying.attach(sandbox, method, invoice["customer"])
        if entered.card.secure:
            challenge.begin(sandbox, intent, method)
            return None
        return _charge(sandbox, invoice, intent, method)


def authenticated(sandbox: Sandbox, invoice_id: str, passed: bool) -> Decline | None:
    """The donor answered the bank: the invoice is paid, or the payment failed."""
    with sandbox.action():
        invoice = _open_invoice(sandbox, invoice_id)
        intent = collecting.payment_of(sandbox, invoice)
        if intent["status"] != "requires_action":
            raise NotOpen("not waiting for authentication")
        method = sandbox.get("payment_method", intent["payment_method"])
        if not passed:
            return challenge.failed(sandbox, intent, method)
        challenge.passed(sandbox, intent, method)
        return _charge(sandbox, invoice, intent, method)


def _open_invoice(sandbox: Sandbox, invoice_id: str) -> Obj:
    invoice = sandbox.get("invoice", invoice_id)
    if invoice["status"] != "open":
        raise NotOpen(invoice["status"])
    return invoice


def _charge(sandbox: Sandbox, invoice: Obj, intent: Obj, method: Obj) -> Decline | None:
    decline = paying.decline_of(sandbox, method)
    paying.attempt(sandbox, intent, method, decline)
    if decline is not None:
        collecting.failed(sandbox, invoice, by_hand=True)
        return decline
    invoicing.mark_paid(sandbox, invoice, intent, by_hand=True)
    subscription = sandbox.store.get("subscription", str(invoicing.subscription_of(invoice)))
    if subscription is not None and subscription["status"] != "canceled":
        subscribing.follow(sandbox, subscription, invoice, None)
    return None
