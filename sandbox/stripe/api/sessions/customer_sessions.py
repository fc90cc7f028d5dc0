"""docs.stripe.com/api/customer_sessions: a secret that lets a browser show one customer's saved methods."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.registry import Call, route
from sandbox.stripe.core.clock import MINUTE
from sandbox.stripe.core.errors import invalid, missing
from sandbox.stripe.core.shapes import Obj, make, new_id

LIFETIME = 30 * MINUTE
FEATURES: dict[str, Obj] = {
    "customer_sheet": {"payment_method_allow_redisplay_filters": ["always"], "payment_method_remove": "disabled"},
    "mobile_payment_element": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_redisplay": "disabled",
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
        "payment_method_save_allow_redisplay_override": None,
    },
    "payment_element": {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_redisplay": "disabled",
        "payment_method_redisplay_limit": None,
        "payment_method_remove": "disabled",
        "payment_method_save": "disabled",
        "payment_method_save_usage": None,
    },
}
COMPONENTS = (*FEATURES, "active_entitlements", "buy_button", "customer_portal", "pricing_table")


@route("post /v1/customer_sessions", "customer components")
def create(call: Call) -> Obj:
    customer = call.linked("customer", "customer")
    if customer is None:
        raise missing("customer")
    asked = call.params["components"]
    if not any(part.get("enabled") for part in asked.values()):
        raise invalid("You must enable at least one component.", "components")
    now = call.sandbox.now()
    session = make(
        "customer_session",
        now,
        customer=customer["id"],
        components={name: _component(name, asked.get(name)) for name in COMPONENTS},
        expires_at=now + LIFETIME,
        client_secret=new_id("cuss_secret_", 32),
    )
    call.sandbox.store.put("_customer_session", {**session, "id": session["client_secret"]})
    return session


def _component(name: str, asked: dict[str, Any] | None) -> Obj:
    enabled = bool(asked and asked["enabled"])
    if name not in FEATURES:
        return {"enabled": enabled}
    features = {**FEATURES[name], **((asked or {}).get("features") or {})} if enabled else None
    return {"enabled": enabled, "features": features}
