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
UI_MODES = ("elements", "hosted_page")
ONLY_IN: dict[str, tuple[str, ...]] = {
    "customer_creation": ("payment", "setup"),
    "line_items": ("payment", "subscription"),
    "payment_intent_data": ("payment",),
    "payment_method_collection": ("subscription",),
    "saved_payment_method_options": ("payment", "subscription"),
    "setup_intent_data": ("setup",),
    "submit_type": ("payment", "subscription"),
    "subscription_data": ("subscription",),
}
NOT_IN_ELEMENTS = (
    "after_expiration",
    "branding_settings",
    "cancel_url",
    "custom_fields",
    "custom_text",
    "optional_items",
    "origin_context",
    "redirect_on_completion",
    "submit_type",
    "success_url",
)
NOT_ON_THE_PAGE = ("permissions", "redirect_on_completion", "return_url")


def check(call: Call) -> None:
    given = call.params
    _modes(given)
    _addresses(given)
    _email(given)
    if given["mode"] != "setup":
        check_count(given.get("line_items") or [])
    elif "currency" not in given and "allowed_payment_method_types" not in given:
        raise missing("currency")
    _lifetime(given, call.sandbox.now())
    call.linked("customer", "customer")
    for where in ("metadata", "payment_intent_data", "subscription_data", "setup_intent_data"):
        inner = given.get(where) or {}
        check_metadata(inner if where == "metadata" else inner.get("metadata") or {}, where)
    if len(given.get("client_reference_id", "")) > 200:
        raise invalid("Invalid string: must be at most 200 characters", "client_reference_id")


def _modes(given: dict[str, Any]) -> None:
    mode, ui_mode = given.get("mode"), given.get("ui_mode", "hosted_page")
    if mode is None:
        raise missing("mode")
    if ui_mode not in UI_MODES:
        text = "The sandbox has the hosted page and elements only."
        raise ApiError(400, "invalid_request_error", text, code="sandbox_not_implemented", param="ui_mode")
    for name, modes in ONLY_IN.items():
        if name in given and mode not in modes:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    for name in NOT_IN_ELEMENTS if ui_mode == "elements" else NOT_ON_THE_PAGE:
        if name in given:
            raise invalid(f"You cannot set `{name}` when `ui_mode` is `{ui_mode}`.", name)
    if given.get("customer") and "customer_creation" in given:
        text = "You may only specify one of these parameters: customer, customer_creation."
        raise invalid(text, "customer_creation")


def _addresses(given: dict[str, Any]) -> None:
    wanted = "return_url" if given.get("ui_mode") == "elements" else "success_url"
    if wanted not in given:
        raise missing(wanted)
    for name in ("success_url", "cancel_url", "return_url"):
        if name in given:
            check_address(given[name], name)


def check_address(address: str, param: str) -> None:
    parts = urlsplit(address.replace("{CHECKOUT_SESSION_ID}", "x"))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise invalid("Not a valid URL", param, "url_invalid")


def _email(given: dict[str, Any]) -> None:
    email = given.get("customer_email")
    if email is None:
        return
    if "customer" in given:
        text = "You may only specify one of these parameters: customer, customer_email."
        raise invalid(text, "customer_email")
    name, at, host = email.partition("@")
    if not (name and at and "." in host) or any(c.isspace() for c in email) or len(email) > 512:
        raise invalid(f"Invalid email address: {email}", "customer_email", "email_invalid")


def check_count(lines: list[Any]) -> None:
    if not lines:
        raise missing("line_items")
    if len(lines) > 100:
        raise invalid("A Checkout Session has at most 100 line items.", "line_items")


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
