"""Invoices made by hand: docs.stripe.com/api/invoices/create, /delete, /send, /mark_uncollectible."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, check_metadata, route
from sandbox.stripe.core.clock import DAY, HOUR
from sandbox.stripe.core.errors import invalid, missing
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.flows.billing import invoicing


@route(
    "post /v1/invoices",
    "customer description metadata pending_invoice_items_behavior collection_method days_until_due auto_advance "
    "currency default_payment_method",
)
def create(call: Call) -> Obj:
    given, sandbox = call.params, call.sandbox
    check_metadata(given.get("metadata") or {})
    customer, method = call.linked("customer", "customer"), call.linked("payment_method", "default_payment_method")
    if customer is None:
        raise missing("customer")
    items = _pending(call, customer)
    invoice = invoicing.blank(
        sandbox,
        customer,
        billing_reason="manual",
        auto_advance=given.get("auto_advance", False),
        currency=items[0]["currency"] if items else given.get("currency", "usd").lower(),
        description=given.get("description") or None,
        metadata=given.get("metadata") or {},
        default_payment_method=method["id"] if method else None,
        **_collection(call),
    )
    invoicing.add_lines(invoice, [_line(invoice, item) for item in items])
    for item in items:
        sandbox.store.save({**item, "invoice": invoice["id"]})
    if invoice["auto_advance"]:
        invoice["automatically_finalizes_at"] = sandbox.now() + HOUR
        sandbox.due_at("finalize", invoice["id"], invoice["automatically_finalizes_at"])
    sandbox.emit("invoice.created", sandbox.store.save(invoice))
    return invoice


def _collection(call: Call) -> Obj:
    """docs.stripe.com/api/invoices/object#invoice_object-collection_method: charged, or sent with a due date."""
    how, days = call.params.get("collection_method", "charge_automatically"), call.params.get("days_until_due")
    if how == "charge_automatically":
        if days is not None:
            raise invalid("days_until_due is only for collection_method=send_invoice.", "days_until_due")
        return {"collection_method": how}
    if days is None:
        raise missing("days_until_due")
    return {"collection_method": how, "due_date": call.sandbox.now() + days * DAY}


def _pending(call: Call, customer: Obj) -> list[Obj]:
    if call.params.get("pending_invoice_items_behavior") != "include":
        return []
    rows = call.sandbox.store.all("invoiceitem")
    return [row for row in rows if row["customer"] == customer["id"] and row["invoice"] is None]


def _line(invoice: Obj, item: Obj) -> Obj:
    details = {
        "invoice_item": item["id"],
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": None,
    }
    return make(
        "line_item",
        amount=item["amount"],
        subtotal=item["amount"],
        currency=item["currency"],
        discountable=item["discountable"],
        description=item["description"],
        discount_amounts=[],
        invoice=invoice["id"],
        metadata=dict(item["metadata"]),
        quantity=item["quantity"],
        quantity_decimal=item["quantity_decimal"],
        taxes=[],
        pretax_credit_amounts=[],
        parent={"invoice_item_details": details, "subscription_item_details": None, "type": "invoice_item_details"},
        period=item["period"],
        pricing=item["pricing"],
    )


@route("delete /v1/invoices/{invoice}")
def delete(call: Call) -> Obj:
    """Only a draft, made by hand; its items wait again."""
    invoice = call.load("invoice", "invoice")
    if invoice["status"] != "draft" or invoicing.subscription_of(invoice):
        raise invalid("You can only delete draft invoices that were made by hand.")
    for item in call.sandbox.store.all("invoiceitem"):
        if item["invoice"] == invoice["id"]:
            call.sandbox.store.save({**item, "invoice": None})
    call.sandbox.due_at("finalize", invoice["id"], None)
    call.sandbox.store.drop("invoice", invoice["id"])
    call.sandbox.emit("invoice.deleted", invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


@route("post /v1/invoices/{invoice}/send")
def send(call: Call) -> Obj:
    """docs.stripe.com/api/invoices/send: a draft is finalized first; the sandbox sends no mail."""
    invoice = call.load("invoice", "invoice")
    if invoice["collection_method"] != "send_invoice":
        raise invalid("You can only manually send an invoice if its collection method is 'send_invoice'.")
    if invoice["status"] not in ("draft", "open"):
        raise invalid(f"You cannot send an invoice with a status of {invoice['status']}.")
    if invoice["status"] == "draft":
        invoicing.finalize(call.sandbox, invoice)
    call.sandbox.emit("invoice.sent", invoice)
    return invoice


@route("post /v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call) -> Obj:
    invoice = call.load("invoice", "invoice")
    if invoice["status"] != "open":
        raise invalid(f"You can only mark an open invoice as uncollectible; this one is {invoice['status']}.")
    invoice.update(status="uncollectible", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["marked_uncollectible_at"] = call.sandbox.now()
    call.sandbox.due_at("collect", invoice["id"], None)
    call.sandbox.emit("invoice.marked_uncollectible", call.sandbox.store.save(invoice))
    return invoice
