"""The balance and what moved it: docs.stripe.com/api/balance, docs.stripe.com/api/balance_transactions."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, listing, route
from sandbox.stripe.core.errors import no_such
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.money import paying_out


@route("get /v1/balance_transactions/{id}")
def retrieve(call: Call) -> Obj:
    return call.load("balance_transaction", "id")


@route("get /v1/balance_transactions", "limit starting_after ending_before created currency payout source type")
def list_(call: Call) -> Obj:
    """`payout` gives what an automatic payout is made of, and the payout itself."""
    payout = call.params.get("payout")
    if payout is None:
        return listing(call, "balance_transaction", "currency", "source", "type")
    if call.sandbox.store.get("payout", payout) is None:
        raise no_such("payout", payout, "payout")
    inside = paying_out.members(call.sandbox, payout)
    return listing(call, "balance_transaction", "currency", "source", "type", keep=lambda row: row["id"] in inside)


@route("get /v1/balance")
def balance(call: Call) -> Obj:
    """docs.stripe.com/api/balance/balance_object"""
    rows = call.sandbox.store.all("balance_transaction")
    sums = {state: sum(r["net"] for r in rows if r["status"] == state) for state in ("available", "pending")}
    parts = {s: [{"amount": n, "currency": "usd", "source_types": {"card": n}}] for s, n in sums.items()}
    return {"object": "balance", "livemode": False, **parts}
