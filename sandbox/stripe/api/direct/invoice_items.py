"""Lines that wait for an invoice: docs.stripe.com/api/invoiceitems."""

from __future__ import annotations

from sandbox.stripe.api.catalogue import make_price
from sandbox.stripe.api.registry import Call, check_metadata, listing, route
from sandbox.stripe.core.errors import invalid, missing
from sandbox.stripe.core.shapes import Obj, make


@route("post /v1/invoiceitems", "customer amount currency description metadata invoice period discountable")
def create(call: Call) -> Obj:
    given, now = call.params, call.sandbox.now()
    check_metadata(given.get("metadata") or {})
    customer, invoice = call.linked("customer", "customer"), call.linked("invoice", "invoice")
    if customer is None:
        raise missing("customer")
    if "amount" not in given:
        raise invalid("The sandbox makes invoice items by `amount` only.", "amount", "sandbox_not_implemented")
    if invoice is not None and invoice["status"] != "draft":
        raise invalid("Invoice items can only be added to a draft invoice.", "invoice")
    item = make(
        "invoiceitem",
        amount=given["amount"],
        net_amount=given["amount"],
        currency=given.get("currency", "usd").lower(),
        customer=customer["id"],
        date=now,
        description=given.get("description") or None,
        discountable=given.get("discountable", True),
        discounts=[],
        invoice=invoice["id"] if invoice else None,
        metadata=given.get("metadata") or {},
        period=given.get("period") or {"start": now, "end": now},
        pricing=_pricing(call),
        quantity=1,
        quantity_decimal="1",
        tax_rates=[],
    )
    call.sandbox.store.save(item)
    call.sandbox.emit("invoiceitem.created", item)
    return item


def _pricing(call: Call) -> Obj:
    """An amount becomes a price of its own, which nothing else uses."""
    given = call.params
    name = given.get("description") or "Invoice item"
    data = {"currency": given.get("currency", "usd"), "unit_amount": given["amount"], "product_data": {"name": name}}
    price = make_price(call.sandbox, data, active=False)
    details = {"price": price["id"], "product": price["product"]}
    return {"type": "price_details", "price_details": details, "unit_amount_decimal": price["unit_amount_decimal"]}


@route("get /v1/invoiceitems/{invoiceitem}")
def retrieve(call: Call) -> Obj:
    return call.load("invoiceitem", "invoiceitem")


@route("get /v1/invoiceitems", "limit starting_after ending_before customer invoice pending")
def list_(call: Call) -> Obj:
    pending = call.params.get("pending")
    return listing(
        call,
        "invoiceitem",
        "customer",
        "invoice",
        keep=lambda row: pending is None or (row["invoice"] is None) == pending,
    )


@route("delete /v1/invoiceitems/{invoiceitem}")
def delete(call: Call) -> Obj:
    item = call.load("invoiceitem", "invoiceitem")
    if item["invoice"] is not None:
        raise invalid("This invoice item is attached to an invoice; take it off there.")
    call.sandbox.store.drop("invoiceitem", item["id"])
    call.sandbox.emit("invoiceitem.deleted", item)
    return {"id": item["id"], "object": "invoiceitem", "deleted": True}
