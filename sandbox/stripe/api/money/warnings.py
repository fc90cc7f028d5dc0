"""Early fraud warnings are read only: docs.stripe.com/api/radar/early_fraud_warnings."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, listing, route
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.money.warning import TABLE


@route("get /v1/radar/early_fraud_warnings/{early_fraud_warning}")
def retrieve(call: Call) -> Obj:
    return call.load(TABLE, "early_fraud_warning")


@route("get /v1/radar/early_fraud_warnings", "limit starting_after ending_before created charge payment_intent")
def list_(call: Call) -> Obj:
    return listing(call, TABLE, "charge", "payment_intent")
