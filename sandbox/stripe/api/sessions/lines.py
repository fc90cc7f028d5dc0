"""The lines of a Checkout Session: made with it, and retransmitted whole when it is updated."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.catalogue import make_price
from sandbox.stripe.api.registry import Call, check_metadata, merged_metadata
from sandbox.stripe.core.errors import invalid, missing, no_such
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.flows.billing.periods import Beginning


def make_line(call: Call, given: dict[str, Any], where: str) -> Obj:
    """A new line from `price` or `price_data`, and `quantity`."""
    if ("price" in given) == ("price_data" in given):
        raise invalid(f"You must specify either `price` or `price_data` for {where}.", where)
    if "quantity" not in given:
        raise missing(f"{where}[quantity]")
    check_metadata(given.get("metadata") or {}, f"{where}[metadata]")
    line = make("item", metadata=given.get("metadata") or {})
    return _priced(call, line, _price(call, given, where), given["quantity"], where)


def updated(call: Call, before: list[Obj], given: list[dict[str, Any]]) -> list[Obj]:
    """The lines after an update, in the order given.

    docs.stripe.com/api/checkout/sessions/update#update_checkout_session-line_items: one with an `id` stays, with
    what is new about it; one without is added; one whose `id` is not sent again is removed.
    """
    known = {line["id"]: line for line in before}
    done: list[Obj] = []
    for n, entry in enumerate(given):
        where = f"line_items[{n}]"
        if not entry.get("id"):
            done.append(make_line(call, entry, where))
            continue
        old = known.pop(entry["id"], None)
        if old is None:
            raise no_such("line item", entry["id"], f"{where}[id]")
        done.append(_changed(call, old, entry, where))
    return done


def _changed(call: Call, line: Obj, given: dict[str, Any], where: str) -> Obj:
    if "price" in given and "price_data" in given:
        raise invalid(f"You may only specify one of `price` and `price_data` for {where}.", where)
    if "metadata" in given:
        line["metadata"] = merged_metadata(line["metadata"], given["metadata"])
    price = _price(call, given, where) if "price" in given or "price_data" in given else line["price"]
    quantity = given["quantity"] if "quantity" in given else line["quantity"]
    return _priced(call, line, price, quantity, where)


def _price(call: Call, given: dict[str, Any], where: str) -> Obj:
    if "price_data" in given:
        return make_price(call.sandbox, given["price_data"], f"{where}[price_data]", active=False)
    price = call.sandbox.store.get("price", given["price"])
    if price is None:
        raise no_such("price", given["price"], f"{where}[price]")
    return price


def _priced(call: Call, line: Obj, price: Obj, quantity: int, where: str) -> Obj:
    if quantity < 1:
        raise invalid("This value must be greater than or equal to 1.", f"{where}[quantity]")
    amount = int(price["unit_amount"]) * quantity
    line.update(
        price=price,
        quantity=quantity,
        currency=price["currency"],
        description=call.sandbox.get("product", price["product"])["name"],
        amount_subtotal=amount,
        amount_total=amount,
    )
    return line


def total(items: list[Obj]) -> int:
    return sum(int(item["amount_total"]) for item in items)


def due_now(items: list[Obj], begins: Beginning, now: int) -> int:
    """What is paid when the donor confirms: less than the lines say when the first period is short or free."""
    rows = [(int(item["amount_total"]), item["price"]["recurring"]) for item in items]
    return sum(begins.share(amount, recurring, now) if recurring else amount for amount, recurring in rows)
