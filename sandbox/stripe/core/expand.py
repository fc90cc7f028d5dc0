"""docs.stripe.com/expand: ids become objects on request, up to four levels deep; lists through `data`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj, page
from sandbox.stripe.core.store import Store

DEEPEST = 4


def expand(store: Store, body: Obj, paths: list[str]) -> Obj:
    for path in paths:
        parts = path.split(".")
        if len([p for p in parts if p != "data"]) > DEEPEST:
            raise invalid(f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}", "expand")
        _step(store, body, parts, path)
    return body


def _step(store: Store, node: Any, parts: list[str], path: str) -> None:
    if not parts or node is None or (isinstance(node, dict) and node.get("deleted")):
        return  # of an object that was deleted only its id is left
    if isinstance(node, list):
        for item in node:
            _step(store, item, parts, path)
        return
    name = parts[0]
    if not isinstance(node, dict) or not _fill(store, node, name, last=len(parts) == 1):
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    _step(store, node[name], parts[1:], path)


def _fill(store: Store, node: Obj, name: str, *, last: bool) -> bool:
    """Put the object in place of its id; False when there is nothing to expand under that name."""
    if name not in node:
        include = INCLUDABLE.get((str(node.get("object")), name))
        if include is None:
            return False
        node[name] = include(store, node)
        return True
    if isinstance(node[name], str):
        node[name] = store.find(node[name])
        return node[name] is not None
    return _may_hold_ids(node[name], last=last)


def _may_hold_ids(value: Any, *, last: bool) -> bool:
    """Null is fine, a hash may be passed through, an object may be named again; a number may not."""
    if value is None or isinstance(value, list):
        return True
    return isinstance(value, dict) and (not last or "object" in value)


def _line_items(store: Store, session: Obj) -> Obj:
    private = store.get("_session", session["id"]) or {}
    return page(private.get("line_items", []), f"/v1/checkout/sessions/{session['id']}/line_items")


def _payments(store: Store, invoice: Obj) -> Obj:
    found = [row for row in store.all("invoice_payment") if row["invoice"] == invoice["id"]]
    return page(found, "/v1/invoice_payments")


def _confirmation(store: Store, invoice: Obj) -> Obj | None:
    """docs.stripe.com/api/invoices/object#invoice_object-confirmation_secret: of the payment it waits for."""
    for row in store.all("invoice_payment"):
        if row["invoice"] == invoice["id"] and row["status"] == "open":
            intent = store.get("payment_intent", row["payment"]["payment_intent"])
            return {"client_secret": intent["client_secret"], "type": "payment_intent"} if intent else None
    return None


def _refunds(store: Store, charge: Obj) -> Obj:
    found = [row for row in store.all("refund") if row["charge"] == charge["id"]][::-1]
    return page(found, f"/v1/charges/{charge['id']}/refunds")


def _subscriptions(store: Store, customer: Obj) -> Obj:
    found = [s for s in store.all("subscription") if s["customer"] == customer["id"] and s["status"] != "canceled"]
    return page(found[::-1], f"/v1/customers/{customer['id']}/subscriptions")


INCLUDABLE: dict[tuple[str, str], Callable[[Store, Obj], Obj | None]] = {
    ("checkout.session", "line_items"): _line_items,
    ("invoice", "payments"): _payments,
    ("invoice", "confirmation_secret"): _confirmation,
    ("charge", "refunds"): _refunds,
    ("customer", "subscriptions"): _subscriptions,
}
