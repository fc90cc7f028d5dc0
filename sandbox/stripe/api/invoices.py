"""Invoices and their payments: docs.stripe.com/api/invoices, docs.stripe.com/api/invoice-payment."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.registry import Call, in_range, listing, merged_metadata, paged, route
from sandbox.stripe.core.errors import KeptError, invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.billing import collecting, invoicing, subscribing


@route("get /v1/invoices/{invoice}")
def retrieve(call: Call) -> Obj:
    return call.load("invoice", "invoice")


@route("get /v1/invoices", "limit starting_after ending_before created customer status subscription")
def list_(call: Call) -> Obj:
    wanted = call.params.get("subscription")

    def keep(row: Obj) -> bool:
        return wanted is None or invoicing.subscription_of(row) == wanted

    return listing(call, "invoice", "customer", "status", keep=keep)


@route("post /v1/invoices/{invoice}", "metadata description auto_advance")
def update(call: Call) -> Obj:
    invoice = call.load("invoice", "invoice")
    before: dict[str, Any] = {}
    values: dict[str, Any] = {n: call.params[n] for n in ("description", "auto_advance") if n in call.params}
    values["metadata"] = merged_metadata(invoice["metadata"], call.params.get("metadata", {}))
    for name, value in values.items():
        if invoice[name] != value:
            before[name] = invoice[name]
            invoice[name] = value
    call.sandbox.store.save(invoice)
    if before:
        call.sandbox.emit("invoice.updated", invoice, before)
    return invoice


@route("post /v1/invoices/{invoice}/finalize")
def finalize(call: Call) -> Obj:
    invoice = call.load("invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    return invoicing.finalize(call.sandbox, invoice)


@route("post /v1/invoices/{invoice}/pay", "payment_method")
def pay(call: Call) -> Obj:
    """docs.stripe.com/api/invoices/pay: an attempt now, outside the schedule; 402 when it fails."""
    invoice = call.load("invoice", "invoice")
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in ("draft", "open"):
        raise invalid(f"You cannot pay an invoice with a status of {invoice['status']}.")
    method = call.linked("payment_method", "payment_method")
    subscribing.finalize_and_collect(call.sandbox, invoice, method["id"] if method else None, by_hand=True)
    intent = collecting.open_payment(call.sandbox, invoice)
    if invoice["status"] == "paid" or intent is None or intent["status"] == "processing":
        return invoice
    raise _refusal(intent)


def _refusal(intent: Obj) -> KeptError:
    """A declined card is an error for the caller although what happened is kept."""
    error = intent["last_payment_error"]
    if intent["status"] == "requires_action":
        text = "This payment requires additional user action before it can be completed successfully."
        return KeptError(402, "card_error", text, code="invoice_payment_intent_requires_action")
    return KeptError(
        402,
        "card_error",
        error["message"],
        code=error["code"],
        decline_code=error["decline_code"],
        charge=error["charge"],
    )


@route("post /v1/invoices/{invoice}/void")
def void(call: Call) -> Obj:
    invoice = call.load("invoice", "invoice")
    if invoice["status"] != "open":
        raise invalid(f"You can only void an open invoice; this one is {invoice['status']}.")
    intent = collecting.open_payment(call.sandbox, invoice)
    if intent is not None and intent["status"] == "processing":
        raise invalid("You cannot void an invoice while a payment of it is processing.")
    invoicing.void(call.sandbox, invoice)
    collecting.drop_payment(call.sandbox, invoice)
    subscribing.voided(call.sandbox, invoice)
    return invoice


@route("get /v1/invoice_payments/{invoice_payment}")
def retrieve_payment(call: Call) -> Obj:
    return call.load("invoice_payment", "invoice_payment")


@route("get /v1/invoice_payments", "limit starting_after ending_before invoice payment status created")
def list_payments(call: Call) -> Obj:
    """Also by payment: from a PaymentIntent to its invoice (docs.stripe.com/api/invoice-payment/list)."""
    wanted = call.params.get("payment", {}).get("payment_intent")
    rows = call.sandbox.store.all("invoice_payment")[::-1]
    for name in ("invoice", "status"):
        rows = [row for row in rows if name not in call.params or row[name] == call.params[name]]
    rows = [row for row in rows if wanted is None or row["payment"]["payment_intent"] == wanted]
    created = call.params.get("created")
    return paged(call, [row for row in rows if created is None or in_range(int(row["created"]), created)])
