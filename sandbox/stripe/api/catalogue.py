"""Products and prices: docs.stripe.com/api/products, docs.stripe.com/api/prices, and inline `price_data`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.stripe.api.registry import Call, check_metadata, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid, missing, no_such
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.world import Sandbox

LARGEST = 99_999_999  # docs.stripe.com/currencies#minimum-and-maximum-charge-amounts


def make_product(sandbox: Sandbox, given: dict[str, Any], *, active: bool = True) -> Obj:
    check_metadata(given.get("metadata") or {})
    product = make(
        "product",
        sandbox.now(),
        active=active,
        name=given["name"],
        description=given.get("description"),
        images=given.get("images") or [],
        metadata=given.get("metadata") or {},
        type="service",
        tax_code=given.get("tax_code"),
        unit_label=given.get("unit_label"),
        updated=sandbox.now(),
        statement_descriptor=given.get("statement_descriptor"),
        url=given.get("url"),
    )
    if given.get("id"):
        product["id"] = given["id"]
    return sandbox.store.save(product)


def make_price(sandbox: Sandbox, given: dict[str, Any], where: str = "", *, active: bool = True) -> Obj:
    """A price from `price_data` or from the prices endpoint."""
    product = _product(sandbox, given, where, active)
    unit, exact = _amount(given, where)
    recurring = given.get("recurring")
    if recurring is not None:
        recurring = {
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count", 1),
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
    price = make(
        "price",
        sandbox.now(),
        active=active,
        billing_scheme="per_unit",
        currency=given["currency"].lower(),
        product=product["id"],
        recurring=recurring,
        type="recurring" if recurring else "one_time",
        unit_amount=unit,
        unit_amount_decimal=exact,
        nickname=given.get("nickname"),
        lookup_key=given.get("lookup_key"),
        metadata=given.get("metadata") or {},
        tax_behavior=given.get("tax_behavior", "unspecified"),
    )
    return sandbox.store.save(price)


def _at(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _product(sandbox: Sandbox, given: dict[str, Any], where: str, active: bool) -> Obj:
    if given.get("product"):
        found = sandbox.store.get("product", given["product"])
        if found is None:
            raise no_such("product", given["product"], _at(where, "product"))
        return found
    if not given.get("product_data"):
        raise missing(_at(where, "product"))
    return make_product(sandbox, given["product_data"], active=active)


def _amount(given: dict[str, Any], where: str) -> tuple[int | None, str]:
    exact = given.get("unit_amount_decimal")
    unit = given.get("unit_amount")
    if (unit is None) == (exact is None):
        raise missing(_at(where, "unit_amount"))
    if unit is None:
        whole = Decimal(str(exact))
        unit = int(whole) if whole == int(whole) else None
    if unit is None or unit < 0:
        raise invalid("Invalid non-negative integer", _at(where, "unit_amount"), "parameter_invalid_integer")
    if unit > LARGEST:
        raise invalid(f"Amount must be no more than {LARGEST}", _at(where, "unit_amount"), "amount_too_large")
    return unit, str(exact if exact is not None else unit)


@route("post /v1/products", "id name description images metadata active unit_label url statement_descriptor tax_code")
def create_product(call: Call) -> Obj:
    product = make_product(call.sandbox, call.params, active=call.params.get("active", True))
    call.sandbox.emit("product.created", product)
    return product


@route("get /v1/products/{id}")
def retrieve_product(call: Call) -> Obj:
    return call.load("product", "id")


@route("get /v1/products", "limit starting_after ending_before created active")
def list_products(call: Call) -> Obj:
    return listing(call, "product", "active")


@route("post /v1/products/{id}", "name description metadata active")
def update_product(call: Call) -> Obj:
    product = call.load("product", "id")
    for name in ("name", "description", "active"):
        if name in call.params:
            product[name] = call.params[name] if call.params[name] != "" else None
    product["metadata"] = merged_metadata(product["metadata"], call.params.get("metadata", {}))
    product["updated"] = call.sandbox.now()
    call.sandbox.emit("product.updated", call.sandbox.store.save(product))
    return product


@route(
    "post /v1/prices",
    "currency unit_amount unit_amount_decimal product product_data recurring nickname metadata "
    "active lookup_key tax_behavior",
)
def create_price(call: Call) -> Obj:
    price = make_price(call.sandbox, call.params, active=call.params.get("active", True))
    call.sandbox.emit("price.created", price)
    return price


@route("get /v1/prices/{price}")
def retrieve_price(call: Call) -> Obj:
    return call.load("price", "price")


@route("post /v1/prices/{price}", "metadata nickname active")
def update_price(call: Call) -> Obj:
    price = call.load("price", "price")
    before: Obj = {name: price[name] for name in ("metadata", "nickname", "active") if name in call.params}
    price["metadata"] = merged_metadata(price["metadata"], call.params.get("metadata", {}))
    price["nickname"] = call.params.get("nickname", price["nickname"]) or None
    price["active"] = call.params.get("active", price["active"])
    call.sandbox.emit("price.updated", call.sandbox.store.save(price), before)
    return price


@route("get /v1/prices", "limit starting_after ending_before created active product currency type")
def list_prices(call: Call) -> Obj:
    return listing(call, "price", "active", "product", "currency", "type")
