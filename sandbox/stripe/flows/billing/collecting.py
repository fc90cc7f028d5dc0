"""Collects an open invoice: now, again by a schedule, or not any more.

docs.stripe.com/billing/revenue-recovery/smart-retries: a card is tried again after some days; after a hard decline
the schedule goes on but nothing is charged until there is another payment method. A bank debit is never tried again
on its own (docs.stripe.com/billing/subscriptions/ach-debit). Attempts by hand do not move the schedule
(docs.stripe.com/api/invoices/object, `attempt_count`).
"""

from __future__ import annotations

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import challenge, debits, paying
from sandbox.stripe.flows.billing.invoicing import link_payment, mark_paid, subscription_of
from sandbox.stripe.flows.cards import DECLINED, Decline

HARD = ("authentication_required", "lost_card", "stolen_card", "pickup_card", "transaction_not_allowed")
RETRIES = {"id": "retries", "after": [3 * DAY, 5 * DAY, 7 * DAY], "then": "canceled"}
"""The account's setting: pauses between attempts, and what becomes of the subscription when they are used up."""


def retries(sandbox: Sandbox) -> Obj:
    return sandbox.store.get("_meta", str(RETRIES["id"])) or dict(RETRIES)


def collect(sandbox: Sandbox, invoice: Obj, chosen: str | None = None, *, by_hand: bool = False) -> Decline | None:
    """One attempt to charge an open invoice, with the method `chosen` or the one that is kept; None when it is paid
    or on its way."""
    method = sandbox.get("payment_method", chosen or kept(sandbox, invoice))
    intent = payment_of(sandbox, invoice)
    decline = paying.decline_of(sandbox, method, donor_is_there=False)
    decline = decline or _switch(sandbox, str(subscription_of(invoice)))
    if not by_hand and _hopeless(sandbox, intent, method):
        failed(sandbox, invoice)
        return decline or DECLINED
    if method["type"] == "us_bank_account":
        return _debit(sandbox, invoice, intent, method, decline)
    paying.attempt(sandbox, intent, method, decline)
    if decline is None:
        mark_paid(sandbox, invoice, intent, by_hand=by_hand)
        return None
    asks = decline.code == "authentication_required"
    if asks:
        challenge.begin(sandbox, intent, method)
    failed(sandbox, invoice, by_hand=by_hand)
    if asks:
        sandbox.emit("invoice.payment_action_required", invoice)
    return decline


def _hopeless(sandbox: Sandbox, intent: Obj, method: Obj) -> bool:
    """The last attempt was declined for good, and there is no other method since."""
    error = intent["last_payment_error"]
    if error is None or error["decline_code"] not in HARD:
        return False
    return bool(error["payment_method"]["id"] == method["id"])


def _debit(sandbox: Sandbox, invoice: Obj, intent: Obj, method: Obj, decline: Decline | None) -> Decline | None:
    """docs.stripe.com/billing/subscriptions/ach-debit: the invoice stays open until the bank has answered."""
    refused = debits.begin(sandbox, intent, method, sent_back=decline)
    if refused is None:
        invoice.update(attempted=True, next_payment_attempt=None)
        sandbox.store.save(invoice)
        sandbox.due_at("collect", invoice["id"], None)
    else:
        failed(sandbox, invoice)
    return refused


def kept(sandbox: Sandbox, invoice: Obj) -> str:
    """The invoice's own method, the subscription's or the customer's: docs.stripe.com/api/invoices/pay"""
    subscription = sandbox.store.get("subscription", str(subscription_of(invoice))) or {}
    customer = sandbox.get("customer", invoice["customer"])
    chosen = (
        invoice["default_payment_method"]
        or subscription.get("default_payment_method")
        or customer["invoice_settings"]["default_payment_method"]
    )
    if chosen is None:
        raise invalid("Cannot charge a customer that has no active card", code="missing")
    return str(chosen)


def open_payment(sandbox: Sandbox, invoice: Obj) -> Obj | None:
    """The PaymentIntent that an open invoice waits for, if there is one already."""
    for row in sandbox.store.all("invoice_payment"):
        if row["invoice"] == invoice["id"] and row["status"] == "open":
            return sandbox.get("payment_intent", row["payment"]["payment_intent"])
    return None


def drop_payment(sandbox: Sandbox, invoice: Obj) -> None:
    """A void invoice takes its PaymentIntent with it: `cancellation_reason` void_invoice."""
    intent = open_payment(sandbox, invoice)
    if intent is not None:
        row = link_payment(sandbox, invoice, intent)
        row["status"] = "canceled"
        row["status_transitions"]["canceled_at"] = sandbox.now()
        sandbox.store.save(row)
        paying.cancel_intent(sandbox, intent, "void_invoice")


def payment_of(sandbox: Sandbox, invoice: Obj) -> Obj:
    """The invoice's one PaymentIntent, made at the first attempt."""
    found = open_payment(sandbox, invoice)
    if found is not None:
        return found
    intent = paying.create_intent(
        sandbox,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description="Subscription update" if subscription_of(invoice) else "Payment for Invoice",
        setup_future_usage="off_session" if subscription_of(invoice) else None,
    )
    link_payment(sandbox, invoice, intent)
    return intent


def by_bank(sandbox: Sandbox, invoice: Obj) -> bool:
    """Whether the last attempt was a bank debit."""
    intent = open_payment(sandbox, invoice)
    charge = sandbox.store.get("charge", str(intent["latest_charge"])) if intent else None
    return charge is not None and charge["payment_method_details"]["type"] == "us_bank_account"


def failed(sandbox: Sandbox, invoice: Obj, *, by_hand: bool = False) -> None:
    """Tried again by the schedule, unless it is a first invoice, one made by hand, or a bank debit."""
    if by_hand and invoice["attempt_count"]:
        sandbox.store.save(invoice)
    else:
        after, tries = retries(sandbox)["after"], invoice["attempt_count"] + 1
        scheduled = invoice["auto_advance"] and invoice["billing_reason"] != "subscription_create"
        scheduled = scheduled and not by_bank(sandbox, invoice)
        again = sandbox.now() + int(after[tries - 1]) if scheduled and tries <= len(after) else None
        invoice.update(attempted=True, attempt_count=tries, next_payment_attempt=again)
        sandbox.store.save(invoice)
        sandbox.due_at("collect", invoice["id"], again)
    sandbox.emit("invoice.payment_failed", invoice)


def _switch(sandbox: Sandbox, subscription: str) -> Decline | None:
    row = sandbox.store.get("_switch", subscription)
    if row is None or row["declines"] < 1:
        return None
    sandbox.store.put("_switch", {**row, "declines": row["declines"] - 1})
    return DECLINED
