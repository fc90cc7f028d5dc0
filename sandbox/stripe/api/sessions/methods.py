"""Which payment methods a session offers, and their options.

docs.stripe.com/payments/payment-methods/dynamic-payment-methods: the account's settings decide, the currency and
the session's filters narrow. The sandbox's account has cards and US bank accounts turned on.
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj

ENABLED = {"card": None, "us_bank_account": "usd"}
"""Type → the one currency it can be used in (None: any)."""


def chosen(given: dict[str, Any], currency: str | None) -> Obj:
    """The session's fields about payment methods."""
    allowed, excluded = given.get("allowed_payment_method_types"), given.get("excluded_payment_method_types")
    types = [name for name, only in ENABLED.items() if only in (None, (currency or "usd").lower())]
    types = [name for name in types if (allowed is None or name in allowed) and name not in (excluded or [])]
    if not types:
        text = "No valid payment method types for this Checkout Session. Please ensure that you have activated"
        raise invalid(f"{text} payment methods compatible with your chosen currency and filters.")
    done: Obj = {"payment_method_types": types, "payment_method_options": _options(given, types)}
    if allowed is not None:
        done["allowed_payment_method_types"] = allowed
    if excluded is not None:
        done["excluded_payment_method_types"] = excluded
    saved = given.get("saved_payment_method_options")
    if saved is not None or given.get("customer"):
        done["saved_payment_method_options"] = _saved(saved or {})
    return done


def _options(given: dict[str, Any], types: list[str]) -> Obj:
    asked = given.get("payment_method_options") or {}
    options: Obj = {"card": {"request_three_d_secure": "automatic"}, "us_bank_account": {}}
    options["us_bank_account"]["verification_method"] = "automatic"
    return {name: {**options[name], **asked.get(name, {})} for name in types}


def _saved(asked: dict[str, Any]) -> Obj:
    """docs.stripe.com/api/checkout/sessions/object#checkout_session_object-saved_payment_method_options"""
    return {
        "allow_redisplay_filters": asked.get("allow_redisplay_filters", ["always"]),
        "payment_method_remove": asked.get("payment_method_remove", "disabled"),
        "payment_method_save": asked.get("payment_method_save"),
    }
