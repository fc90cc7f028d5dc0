"""Amounts and button texts of the sandbox's pages."""

from __future__ import annotations

from sandbox.stripe.core.shapes import Obj


def money(amount: int, currency: str) -> str:
    whole, cents = divmod(abs(amount), 100)
    sign = "-" if amount < 0 else ""
    return f"{sign}${whole:,}.{cents:02d}" if currency == "usd" else f"{sign}{whole:,}.{cents:02d} {currency.upper()}"


def total(session: Obj) -> str:
    """What is paid now; empty for a session that only saves a payment method."""
    return "" if session["amount_total"] is None else money(session["amount_total"], session["currency"])


def price(item: Obj) -> str:
    text = money(item["amount_total"], item["currency"])
    recurring = item["price"]["recurring"]
    if recurring is None:
        return text
    count = recurring["interval_count"]
    return f"{text} every {recurring['interval']}" if count == 1 else f"{text} every {count} {recurring['interval']}s"


def button(session: Obj, items: list[Obj]) -> str:
    """docs.stripe.com/api/checkout/sessions/create#create_checkout_session-submit_type"""
    if session["mode"] == "setup":
        return "Save"
    verb = {"donate": "Donate", "book": "Book", "subscribe": "Subscribe"}.get(session["submit_type"] or "")
    if verb is None:
        verb = "Subscribe" if session["mode"] == "subscription" else "Pay"
    return f"{verb} {price(items[0]) if len(items) == 1 else total(session)}"
