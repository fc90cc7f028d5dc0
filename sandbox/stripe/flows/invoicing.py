"""Invoices of subscriptions and their payment.

docs.stripe.com/billing/invoices/subscription (draft for about an hour, finalized, then collected),
docs.stripe.com/api/invoices/object (`parent`, `payments` since 2025-03-31.basil),
docs.stripe.com/billing/revenue-recovery/smart-retries (a failed renewal is tried again, then given up).
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.clock import DAY, HOUR
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj, make, page
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import debits, paying
from sandbox.stripe.flows.cards import DECLINED, Decline

# After each failed attempt; when used up, the subscription is cancelled (Stripe's default setting).
RETRY_AFTER = (3 * DAY, 5 * DAY, 7 * DAY)
TOTALS = ("amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax")


def draft(sandbox: Sandbox, subscription: Obj, reason: str) -> Obj:
    """A draft invoice for the subscription's current period; finalized an hour later unless done at once."""
    customer = sandbox.get("customer", subscription["customer"])
    invoice = blank(
        sandbox,
        customer,
        billing_reason=reason,
        auto_advance=True,
        currency=subscription["currency"],
        automatically_finalizes_at=sandbox.now() + HOUR,
        description=subscription["description"],
        parent=_parent(subscription),
    )
    add_lines(invoice, [_line(invoice, item) for item in subscription["items"]["data"]])
    if reason == "subscription_cycle":
        before = sandbox.store.find(str(subscription["latest_invoice"]))
        invoice["period_start"] = before["period_end"] if before else sandbox.now()
    sandbox.store.save(invoice)
    sandbox.emit("invoice.created", invoice)
    sandbox.due_at("finalize", invoice["id"], invoice["automatically_finalizes_at"])
    return invoice


def blank(sandbox: Sandbox, customer: Obj, **values: Any) -> Obj:
    """A draft without lines, neither kept nor announced: docs.stripe.com/api/invoices/object"""
    now = sandbox.now()
    whole: Obj = {
        "collection_method": "charge_automatically",
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "account_country": "US",
        "account_name": "Sandbox",
        "status": "draft",
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "issuer": {"type": "self"},
        "period_start": now,
        "period_end": now,
        "webhooks_delivered_at": None,
        "payment_settings": dict.fromkeys(("default_mandate", "payment_method_options", "payment_method_types")),
    }
    return make("invoice", now, **{**whole, **values})


def subscription_of(invoice: Obj) -> str | None:
    """The id of the subscription that an invoice is for, None for one made by hand."""
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    return details.get("subscription")


def _parent(subscription: Obj) -> Obj:
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def add_lines(invoice: Obj, lines: list[Obj]) -> None:
    """Give an invoice its lines and its totals."""
    invoice["lines"] = page(lines, f"/v1/invoices/{invoice['id']}/lines")
    invoice.update(dict.fromkeys(TOTALS, sum(int(line["amount"]) for line in lines)))


def _line(invoice: Obj, item: Obj) -> Obj:
    price = item["price"]
    amount = int(price["unit_amount"]) * int(item["quantity"])
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    return make(
        "line_item",
        amount=amount,
        subtotal=amount,
        currency=price["currency"],
        discountable=True,
        description=f"{item['quantity']} × at {amount / 100:.2f} / {price['recurring']['interval']}",
        discount_amounts=[],
        invoice=invoice["id"],
        metadata={},
        quantity=item["quantity"],
        quantity_decimal=str(item["quantity"]),
        subscription=item["subscription"],
        taxes=[],
        pretax_credit_amounts=[],
        parent={
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        period={"start": item["current_period_start"], "end": item["current_period_end"]},
        pricing={
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
    )


def finalize(sandbox: Sandbox, invoice: Obj) -> Obj:
    """docs.stripe.com/invoicing/overview: open, with a number, not to be changed any more."""
    customer = sandbox.get("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    sandbox.store.save(customer)
    invoice.update(status="open", number=number, effective_at=sandbox.now(), automatically_finalizes_at=None)
    invoice["status_transitions"]["finalized_at"] = sandbox.now()
    sandbox.store.save(invoice)
    sandbox.due_at("finalize", invoice["id"], None)
    sandbox.emit("invoice.finalized", invoice)
    return invoice


def link_payment(sandbox: Sandbox, invoice: Obj, intent: Obj) -> Obj:
    """docs.stripe.com/api/invoice-payment/object: how an invoice and its PaymentIntent know each other."""
    for row in sandbox.store.all("invoice_payment"):
        if row["invoice"] == invoice["id"] and row["payment"]["payment_intent"] == intent["id"]:
            return row
    payment = {"payment_intent": intent["id"], "type": "payment_intent"}
    row = make(
        "invoice_payment",
        sandbox.now(),
        amount_requested=invoice["amount_due"],
        status="open",
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment=payment,
    )
    return sandbox.store.save(row)


def mark_paid(sandbox: Sandbox, invoice: Obj, intent: Obj) -> Obj:
    row = link_payment(sandbox, invoice, intent)
    row.update(status="paid", amount_paid=invoice["amount_due"])
    row["status_transitions"]["paid_at"] = sandbox.now()
    invoice.update(
        status="paid",
        attempted=True,
        attempt_count=invoice["attempt_count"] + 1,
        amount_remaining=0,
        amount_paid=invoice["amount_due"],
        next_payment_attempt=None,
    )
    invoice["status_transitions"]["paid_at"] = sandbox.now()
    sandbox.store.save(row)
    sandbox.store.save(invoice)
    sandbox.due_at("collect", invoice["id"], None)
    sandbox.emit("invoice.paid", invoice)
    sandbox.emit("invoice.payment_succeeded", invoice)
    sandbox.emit("invoice_payment.paid", row)
    return invoice


def collect(sandbox: Sandbox, invoice: Obj, chosen: str | None = None) -> Decline | None:
    """One attempt to charge an open invoice, with the card `chosen` or the one that is kept; None when paid."""
    method = sandbox.get("payment_method", chosen or _kept(sandbox, invoice))
    intent = _intent(sandbox, invoice)
    decline = paying.decline_of(sandbox, method, donor_is_there=False)
    decline = decline or _switch(sandbox, str(subscription_of(invoice)))
    if method["type"] == "us_bank_account":
        return _debit(sandbox, invoice, intent, method, decline)
    paying.attempt(sandbox, intent, method, decline)
    if decline is None:
        mark_paid(sandbox, invoice, intent)
    else:
        collection_failed(sandbox, invoice)
    return decline


def _debit(sandbox: Sandbox, invoice: Obj, intent: Obj, method: Obj, decline: Decline | None) -> Decline | None:
    """docs.stripe.com/billing/subscriptions/ach-debit: the invoice stays open until the bank has answered."""
    refused = debits.begin(sandbox, intent, method, sent_back=decline)
    if refused is None:
        invoice.update(attempted=True, next_payment_attempt=None)
        sandbox.store.save(invoice)
        sandbox.due_at("collect", invoice["id"], None)
    else:
        collection_failed(sandbox, invoice)
    return refused


def _kept(sandbox: Sandbox, invoice: Obj) -> str:
    """The invoice's own card, the subscription's or the customer's: docs.stripe.com/api/invoices/pay"""
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


def _intent(sandbox: Sandbox, invoice: Obj) -> Obj:
    for row in sandbox.store.all("invoice_payment"):
        if row["invoice"] == invoice["id"] and row["status"] == "open":
            return sandbox.get("payment_intent", row["payment"]["payment_intent"])
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


def collection_failed(sandbox: Sandbox, invoice: Obj) -> None:
    """Tried again by the schedule, unless it is a first invoice or one made by hand."""
    tries = invoice["attempt_count"] + 1
    scheduled = invoice["auto_advance"] and invoice["billing_reason"] != "subscription_create"
    again = sandbox.now() + RETRY_AFTER[tries - 1] if scheduled and tries <= len(RETRY_AFTER) else None
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


def void(sandbox: Sandbox, invoice: Obj) -> Obj:
    """docs.stripe.com/api/invoices/void"""
    invoice.update(status="void", next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["voided_at"] = sandbox.now()
    sandbox.store.save(invoice)
    for kind in ("collect", "finalize"):
        sandbox.due_at(kind, invoice["id"], None)
    sandbox.emit("invoice.voided", invoice)
    return invoice
