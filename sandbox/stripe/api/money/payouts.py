"""Payouts: docs.stripe.com/api/payouts. Those by hand are made here; automatic ones the account makes itself."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, check_metadata, in_range, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.money import paying_out


@route("post /v1/payouts", "amount currency description metadata statement_descriptor")
def create(call: Call) -> Obj:
    given = call.params
    check_metadata(given.get("metadata") or {})
    if given["amount"] < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    return paying_out.create(
        call.sandbox,
        given["amount"],
        given["currency"].lower(),
        description=given.get("description") or None,
        metadata=given.get("metadata") or {},
        statement_descriptor=given.get("statement_descriptor"),
    )


@route("get /v1/payouts/{payout}")
def retrieve(call: Call) -> Obj:
    return call.load("payout", "payout")


@route("get /v1/payouts", "limit starting_after ending_before created arrival_date status")
def list_(call: Call) -> Obj:
    at = call.params.get("arrival_date")
    return listing(call, "payout", "status", keep=lambda row: at is None or in_range(int(row["arrival_date"]), at))


@route("post /v1/payouts/{payout}", "metadata")
def update(call: Call) -> Obj:
    payout = call.load("payout", "payout")
    before = {"metadata": payout["metadata"]}
    payout["metadata"] = merged_metadata(payout["metadata"], call.params.get("metadata", {}))
    call.sandbox.emit("payout.updated", call.sandbox.store.save(payout), before)
    return payout


@route("post /v1/payouts/{payout}/cancel")
def cancel(call: Call) -> Obj:
    payout = call.load("payout", "payout")
    if payout["automatic"] or payout["status"] != "pending":
        raise invalid("Only a payout made by hand that is still pending can be canceled.")
    return paying_out.cancel(call.sandbox, payout)
