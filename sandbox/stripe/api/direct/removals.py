"""What can be deleted: customers and unused products. Of a deleted customer only its id can still be read."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, route
from sandbox.stripe.core.errors import invalid, no_such
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.billing import subscribing

OVER = ("canceled", "incomplete_expired")


def _stub(value: Obj) -> Obj:
    return {"id": value["id"], "object": value["object"], "deleted": True}


@route("delete /v1/customers/{customer}")
def customer(call: Call) -> Obj:
    """docs.stripe.com/api/customers/delete: subscriptions end at once."""
    found = call.load("customer", "customer")
    if found.get("deleted"):
        raise no_such("customer", found["id"])
    for subscription in call.sandbox.store.all("subscription"):
        if subscription["customer"] == found["id"] and subscription["status"] not in OVER:
            subscribing.cancel(call.sandbox, subscription, "cancellation_requested")
    for method in call.sandbox.store.all("payment_method"):
        if method["customer"] == found["id"]:
            call.sandbox.store.save({**method, "customer": None})
    call.sandbox.emit("customer.deleted", found)
    return call.sandbox.store.save(_stub(found))


@route("delete /v1/products/{id}")
def product(call: Call) -> Obj:
    """docs.stripe.com/api/products/delete: only while no price names it."""
    found = call.load("product", "id")
    if any(price["product"] == found["id"] for price in call.sandbox.store.all("price")):
        raise invalid("This product cannot be deleted because it has one or more user-created prices.")
    call.sandbox.emit("product.deleted", found)
    call.sandbox.store.drop("product", found["id"])
    return _stub(found)
