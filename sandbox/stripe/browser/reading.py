"""Reads `payment_method_data` as the elements' frames send it: docs.stripe.com/api/payment_methods/create."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.stripe.core.errors import ApiError, invalid
from sandbox.stripe.flows.banks import ACCOUNTS, ROUTING, BankEntered, routing_is_valid
from sandbox.stripe.flows.cards import CARDS, WALLETS, Entered

WHERE = "payment_method_data"


def card_error(message: str, code: str, param: str, **more: str) -> ApiError:
    return ApiError(402, "card_error", message, code=code, param=param, **more)


def read(given: dict[str, Any], email: str | None, now: int) -> Entered | BankEntered:
    """What was typed, checked; `email` is the session's own and goes first."""
    who = as_hash(given, "billing_details")
    contact = {name: _text(who, name) for name in ("name", "email", "phone")}
    contact["email"] = email or contact["email"]
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", contact["email"]):
        raise invalid("An email address is needed to confirm this Checkout Session.", "email", "email_invalid")
    address = {name: str(value)[:200] for name, value in as_hash(who, "address").items()}
    if given.get("type") == "us_bank_account":
        return _account(as_hash(given, "us_bank_account"), contact, address)
    if given.get("type") == "card":
        return _card(as_hash(given, "card"), contact, address, now)
    raise invalid("Invalid payment_method_data[type]", f"{WHERE}[type]")


def as_hash(given: dict[str, Any], name: str) -> dict[str, Any]:
    """A part of the parameters, empty when it is not there."""
    value = given.get(name) or {}
    if not isinstance(value, dict):
        raise invalid(f"Invalid {name}: expected a hash", name)
    return value


def _text(given: dict[str, Any], name: str) -> str:
    return str(given.get(name) or "").strip()[:200]


def _card(given: dict[str, Any], contact: dict[str, str], address: dict[str, str], now: int) -> Entered:
    number = re.sub(r"[\s-]", "", _text(given, "number"))
    if not _luhn(number):
        raise card_error("Your card number is incorrect.", "incorrect_number", "number")
    card = CARDS.get(number)
    if card is None:
        text = "Your card was declined. Your request was in test mode, but used a non test card."
        raise card_error(
            f"{text} For a list of valid test cards, visit: https://docs.stripe.com/testing.",
            "card_declined",
            "number",
            decline_code="test_mode_live_card",
        )
    kind = as_hash(given, "wallet").get("type")
    kind = kind if kind in WALLETS else None
    month, year = _expiry(given, now)
    if kind is None and not re.fullmatch(rf"\d{{{card.cvc_length}}}", _text(given, "cvc"), re.ASCII):
        raise card_error("Your card's security code is invalid.", "invalid_cvc", "cvc")
    return Entered(
        card,
        month,
        year,
        contact["name"],
        contact["email"],
        phone=contact["phone"],
        postal_code=address.get("postal_code", ""),
        country=address.get("country") or "US",
        more_address=address,
        wallet=kind,
    )


def _expiry(given: dict[str, Any], now: int) -> tuple[int, int]:
    month, year = _text(given, "exp_month"), _text(given, "exp_year")
    if not (month.isdigit() and 1 <= int(month) <= 12):
        raise card_error("Your card's expiration month is invalid.", "invalid_expiry_month", "exp_month")
    today = datetime.fromtimestamp(now, UTC)
    if not year.isdigit() or (2000 + int(year) % 100, int(month)) < (today.year, today.month):
        raise card_error("Your card's expiration year is invalid.", "invalid_expiry_year", "exp_year")
    return int(month), 2000 + int(year) % 100


def _luhn(number: str) -> bool:
    if not re.fullmatch(r"\d{12,19}", number, re.ASCII):
        return False
    digits = [int(digit) * (2 if n % 2 else 1) for n, digit in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in digits) % 10 == 0


def _account(given: dict[str, Any], contact: dict[str, str], address: dict[str, str]) -> BankEntered:
    if not contact["name"]:
        raise invalid("Missing required param: billing_details[name].", "billing_details[name]", "parameter_missing")
    if not routing_is_valid(_text(given, "routing_number")) or given.get("routing_number") != ROUTING:
        text = f"Invalid routing number for US: the test bank's is {ROUTING}."
        raise invalid(text, "us_bank_account[routing_number]", "routing_number_invalid")
    account = ACCOUNTS.get(_text(given, "account_number"))
    if account is None:
        text = "Invalid account number: use one of the test bank accounts."
        raise invalid(text, "us_bank_account[account_number]", "account_number_invalid")
    holder = "company" if given.get("account_holder_type") == "company" else "individual"
    return BankEntered(account, contact["name"], contact["email"], contact["phone"], holder, dict(address))
