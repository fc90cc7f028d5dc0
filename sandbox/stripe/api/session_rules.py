"""What a Checkout Session may ask for, beyond its types: docs.stripe.com/api/checkout/sessions/create."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.stripe.api.catalogue import LARGEST
from sandbox.stripe.api.registry import Call, check_metadata
from sandbox.stripe.core.clock import DAY, MINUTE
from sandbox.stripe.core.errors import ApiError, invalid, missing
from sandbox.stripe.core.shapes import Obj

SMALLEST = 50  # docs.stripe.com/currencies#minimum-and-maximum-charge-amounts (US dollars)


def check(call: Call) -> None:
    given = call.params
    _modes(given)
    _addresses(given)
    _lines(given)
    _lifetime(given, call.sandbox.now())
    call.linked("customer", "customer")
    for where in ("metadata", "payment_intent_data", "subscription_data"):
        inner = given.get(where) or {}
        check_metadata(inner if where == "metadata" else inner.get("metadata") or {}, where)
    if len(given.get("client_reference_id", "")) > 200:
        raise invalid("Invalid string: must be at most 200 characters", "client_reference_id")


def _modes(given: dict[str, Any]) -> None:
    mode = given.get("mode")
    if mode is None:
        raise missing("mode")
    if mode == "setup" or given.get("ui_mode", "hosted_page") != "hosted_page":
        text = "The sandbox has mode=payment and mode=subscription on the hosted page so far."
        raise ApiError(
            400,
            "invalid_request_error",
            text,
            code="sandbox_not_implemented",
            param="mode" if mode == "setup" else "ui_mode",
        )
    wrong = {"payment": ("subscription_data",), "subscription": ("payment_intent_data", "customer_creation")}[mode]
    for name in wrong:
        if name in given:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)


def _addresses(given: dict[str, Any]) -> None:
    if "success_url" not in given:
        raise missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in given:
            parts = urlsplit(given[name].replace("{CHECKOUT_SESSION_ID}", "x"))
            if parts.scheme not in ("http", "https") or not parts.netloc:
                raise invalid("Not a valid URL", name, "url_invalid")
    email = given.get("customer_email")
    if email is not None:
        if "customer" in given:
            text = "You may only specify one of these parameters: customer, customer_email."
            raise invalid(text, "customer_email")
        name_, at, host = email.partition("@")
        if not (name_ and at and "." in host) or any(c.isspace() for c in email) or len(email) > 512:
            raise invalid(f"Invalid email address: {email}", "customer_email", "email_invalid")


def _lines(given: dict[str, Any]) -> None:
    lines = given.get("line_items") or []
    if not lines:
        raise missing("line_items")
    if len(lines) > 100:
        raise invalid("A Checkout Session has at most 100 line items.", "line_items")
    for n, line in enumerate(lines):
        where = f"line_items[{n}]"
        if ("price" in line) == ("price_data" in line):
            raise invalid(f"You must specify either `price` or `price_data` for {where}.", where)
        if "quantity" not in line:
            raise missing(f"{where}[quantity]")
        if line["quantity"] < 1:
            raise invalid("This value must be greater than or equal to 1.", f"{where}[quantity]")


def _lifetime(given: dict[str, Any], now: int) -> None:
    at = given.get("expires_at")
    if at is not None and not now + 30 * MINUTE - 60 <= at <= now + DAY + 60:
        text = "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from"
        raise invalid(f"{text} Checkout Session creation.", "expires_at")


def check_prices(mode: str, items: list[Obj]) -> None:
    if len({item["currency"] for item in items}) != 1:
        raise invalid("All prices of a Checkout Session must use the same currency.", "line_items")
    kinds = {item["price"]["type"] for item in items}
    if mode == "payment" and kinds != {"one_time"}:
        text = "You specified `payment` mode but passed a recurring price."
        raise invalid(f"{text} Either switch to `subscription` mode or use only one-time prices.", "line_items")
    if mode == "subscription" and kinds != {"recurring"}:
        text = "You must provide at least one recurring price in `subscription` mode"
        raise invalid(f"{text} (one-time extras are not in the sandbox yet).", "line_items")
    total = sum(int(item["amount_total"]) for item in items)
    if total < SMALLEST and items[0]["currency"] == "usd":
        text = "The Checkout Session's total amount must convert to at least 50 cents."
        raise invalid(text, "line_items", "amount_too_small")
    if total > LARGEST:
        raise invalid(
            "The Checkout Session's total amount must be no more than $999,999.99", "line_items", "amount_too_large"
        )
