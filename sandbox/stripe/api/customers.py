"""Customers and their saved cards: docs.stripe.com/api/customers, docs.stripe.com/api/payment_methods."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, check_metadata, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid, no_such
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.direct import confirming
from sandbox.stripe.flows.finishing import create_customer

PLAIN = ("email", "name", "phone", "description")


@route(
    "post /v1/customers",
    "email name phone description metadata address preferred_locales payment_method invoice_settings",
)
def create(call: Call) -> Obj:
    check_metadata(call.params.get("metadata") or {})
    values = {name: call.params.get(name) or None for name in (*PLAIN, "address")}
    if values["address"]:
        values["address"] = _whole_address(values["address"])
    values["metadata"] = call.params.get("metadata") or {}
    values["preferred_locales"] = call.params.get("preferred_locales") or []
    customer = create_customer(call.sandbox, **values)
    return _with_card(call, customer) if "payment_method" in call.params else customer


def _with_card(call: Call, customer: Obj) -> Obj:
    """A card that comes with the customer; a test id stands for the same card wherever the request names it."""
    given = call.params["payment_method"]
    method = confirming.attach(call.sandbox, confirming.resolve(call.sandbox, given), customer["id"])
    wanted = call.params.get("invoice_settings", {}).get("default_payment_method")
    if wanted not in (None, given):
        raise no_such("PaymentMethod", wanted, "invoice_settings[default_payment_method]")
    if wanted:
        customer["invoice_settings"]["default_payment_method"] = method["id"]
    return call.sandbox.store.save(customer)


def _check_owner(call: Call, customer: Obj, wanted: str) -> None:
    """The default is one of the customer's own methods: docs.stripe.com/api/customers/update."""
    method = call.sandbox.store.get("payment_method", wanted) if wanted else None
    if wanted and (method is None or method["customer"] != customer["id"]):
        text = f"The customer does not have a payment method with the ID {wanted}."
        param = "invoice_settings[default_payment_method]"
        raise invalid(f"{text} The payment method must be attached to the customer.", param, "resource_missing")


def _whole_address(given: Obj) -> Obj:
    return {n: given.get(n) or None for n in ("city", "country", "line1", "line2", "postal_code", "state")}


@route("get /v1/customers/{customer}")
def retrieve(call: Call) -> Obj:
    return call.load("customer", "customer")


@route("get /v1/customers", "limit starting_after ending_before created email")
def list_(call: Call) -> Obj:
    return listing(call, "customer", "email")


@route("post /v1/customers/{customer}", "email name phone description metadata address invoice_settings")
def update(call: Call) -> Obj:
    customer = call.load("customer", "customer")
    if customer.get("deleted"):
        raise no_such("customer", customer["id"])
    before = dict(customer)
    for name in PLAIN:
        if name in call.params:
            customer[name] = call.params[name] or None
    if "address" in call.params:
        customer["address"] = _whole_address(call.params["address"]) if call.params["address"] else None
    customer["metadata"] = merged_metadata(customer["metadata"], call.params.get("metadata", {}))
    wanted = (call.params.get("invoice_settings") or {}).get("default_payment_method")
    if wanted is not None:
        _check_owner(call, customer, wanted)
        customer["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": wanted or None}
    changed = {name: value for name, value in before.items() if customer[name] != value}
    call.sandbox.store.save(customer)
    if changed:
        call.sandbox.emit("customer.updated", customer, changed)
    return customer


@route("get /v1/payment_methods/{payment_method}")
def retrieve_method(call: Call) -> Obj:
    return call.load("payment_method", "payment_method")


@route("get /v1/customers/{customer}/payment_methods", "limit starting_after ending_before type")
def list_methods(call: Call) -> Obj:
    customer = call.load("customer", "customer")
    return listing(call, "payment_method", "type", keep=lambda row: row["customer"] == customer["id"])


@route("get /v1/payment_methods", "limit starting_after ending_before type customer")
def list_all_methods(call: Call) -> Obj:
    return listing(call, "payment_method", "type", "customer")
