"""Invoices of subscriptions, from draft to paid or void.

docs.stripe.com/billing/invoices/subscription (draft for about an hour, finalized, then collected),
docs.stripe.com/api/invoices/object (`parent`, `payments` since 2025-03-31.basil).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.stripe.core.clock import HOUR
from sandbox.stripe.core.shapes import Obj, make, new_id, page
from sandbox.stripe.core.world import Sandbox

TOTALS = ("amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax")


def worth(item: Obj) -> int:
    """What an item costs for one whole period."""
    return int(item["price"]["unit_amount"]) * int(item["quantity"])


def draft(sandbox: Sandbox, subscription: Obj, reason: str, due: Callable[[Obj], int] = worth) -> Obj:
    """A draft invoice for the subscription's current period; finalized an hour later unless done at once.

    `due` says what an item costs for a first period that is shorter than the others, or free.
    """
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
    add_lines(invoice, [_line(invoice, item, due(item)) for item in subscription["items"]["data"]])
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


def _line(invoice: Obj, item: Obj, amount: int) -> Obj:
    price = item["price"]
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
    """docs.stripe.com/invoicing/overview: open, with a number, not to be changed any more; free ones are paid."""
    customer = sandbox.get("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    sandbox.store.save(customer)
    invoice.update(status="open", number=number, effective_at=sandbox.now(), automatically_finalizes_at=None)
    invoice["status_transitions"]["finalized_at"] = sandbox.now()
    invoice["hosted_invoice_url"] = f"{sandbox.settings.public_url}/i/{invoice['id']}"
    sandbox.store.save(invoice)
    sandbox.due_at("finalize", invoice["id"], None)
    sandbox.emit("invoice.finalized", invoice)
    return invoice if invoice["amount_due"] else _settled(sandbox, invoice)


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


def mark_paid(sandbox: Sandbox, invoice: Obj, intent: Obj, *, by_hand: bool = False) -> Obj:
    """The payment has succeeded; one made by hand counts as an attempt only when it is the first."""
    row = link_payment(sandbox, invoice, intent)
    row.update(status="paid", amount_paid=invoice["amount_due"])
    row["status_transitions"]["paid_at"] = sandbox.now()
    sandbox.store.save(row)
    counted = 0 if by_hand and invoice["attempt_count"] else 1
    invoice.update(
        attempted=True,
        attempt_count=invoice["attempt_count"] + counted,
        amount_remaining=0,
        amount_paid=invoice["amount_due"],
    )
    _settled(sandbox, invoice)
    sandbox.emit("invoice_payment.paid", row)
    return invoice


def _settled(sandbox: Sandbox, invoice: Obj) -> Obj:
    invoice.update(status="paid", attempted=True, next_payment_attempt=None)
    invoice["status_transitions"]["paid_at"] = sandbox.now()
    sandbox.store.save(invoice)
    sandbox.due_at("collect", invoice["id"], None)
    sandbox.emit("invoice.paid", invoice)
    sandbox.emit("invoice.payment_succeeded", invoice)
    return invoice


def upcoming(sandbox: Sandbox, subscription: Obj) -> None:
    """docs.stripe.com/api/events/types#event_types-invoice.upcoming: an invoice that does not exist yet."""
    customer = sandbox.get("customer", subscription["customer"])
    invoice = blank(
        sandbox,
        customer,
        billing_reason="upcoming",
        currency=subscription["currency"],
        id=new_id("upcoming_in_"),
        next_payment_attempt=min(int(item["current_period_end"]) for item in subscription["items"]["data"]) + HOUR,
        parent=_parent(subscription),
    )
    add_lines(invoice, [_line(invoice, item, worth(item)) for item in subscription["items"]["data"]])
    sandbox.emit("invoice.upcoming", invoice)


def void(sandbox: Sandbox, invoice: Obj) -> Obj:
    """docs.stripe.com/api/invoices/void"""
    invoice.update(status="void", next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["voided_at"] = sandbox.now()
    sandbox.store.save(invoice)
    for kind in ("collect", "finalize"):
        sandbox.due_at(kind, invoice["id"], None)
    sandbox.emit("invoice.voided", invoice)
    return invoice
