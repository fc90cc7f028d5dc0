"""Mandates are made with bank accounts and read here: docs.stripe.com/api/mandates."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, route
from sandbox.stripe.core.shapes import Obj


@route("get /v1/mandates/{mandate}")
def retrieve(call: Call) -> Obj:
    return call.load("mandate", "mandate")
