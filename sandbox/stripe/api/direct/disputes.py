"""Disputes, as far as they can be had without evidence: docs.stripe.com/api/disputes."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.direct import disputing


@route("get /v1/disputes/{dispute}")
def retrieve(call: Call) -> Obj:
    return call.load("dispute", "dispute")


@route("get /v1/disputes", "limit starting_after ending_before created charge payment_intent")
def list_(call: Call) -> Obj:
    return listing(call, "dispute", "charge", "payment_intent")


@route("post /v1/disputes/{dispute}", "metadata")
def update(call: Call) -> Obj:
    dispute = call.load("dispute", "dispute")
    before = {"metadata": dispute["metadata"]}
    dispute["metadata"] = merged_metadata(dispute["metadata"], call.params.get("metadata", {}))
    call.sandbox.emit("charge.dispute.updated", call.sandbox.store.save(dispute), before)
    return dispute


@route("post /v1/disputes/{dispute}/close")
def close(call: Call) -> Obj:
    dispute = call.load("dispute", "dispute")
    if dispute["status"] not in disputing.OPEN:
        raise invalid(f"This dispute is already closed; its status is {dispute['status']}.")
    return disputing.close(call.sandbox, dispute)
