"""Reads what was typed on the hosted page; every message says what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.stripe.flows.banks import ACCOUNTS, ROUTING, BankEntered, routing_is_valid
from sandbox.stripe.flows.cards import CARDS, Entered, KnownCard

Errors = dict[str, str]


def read(form: Mapping[str, str], now: int, email: str | None) -> tuple[Entered | None, Errors]:
    """The entry, or what is wrong with each field (by its name in the form)."""
    errors: Errors = {}
    card = _card(form.get("number", ""), errors)
    month, year = _expiry(form.get("expiry", ""), now, errors)
    _cvc(form.get("cvc", ""), card, errors)
    address = email or _email(form.get("email", ""), errors)
    name = form.get("name", "").strip()[:200]
    if not name:
        errors["name"] = "Enter the name on the card."
    if errors or card is None:
        return None, errors
    return Entered(card, month, year, name, address, form.get("postal_code", "").strip()[:20]), errors


def read_account(form: Mapping[str, str], email: str | None) -> tuple[BankEntered | None, Errors]:
    """The bank account, or what is wrong with each field."""
    errors: Errors = {}
    address = email or _email(form.get("email", ""), errors)
    name = form.get("name", "").strip()[:200]
    if not name:
        errors["name"] = "Enter the name of the account holder."
    routing, number = (re.sub(r"[\s-]", "", form.get(field, "")) for field in ("routing", "account"))
    if not routing_is_valid(routing) or routing != ROUTING:
        errors["routing"] = f"Enter the test bank's routing number: {ROUTING}."
    if number not in ACCOUNTS:
        errors["account"] = "Enter one of the test account numbers listed below."
    if errors:
        return None, errors
    return BankEntered(ACCOUNTS[number], name, address), errors


def _card(typed: str, errors: Errors) -> KnownCard | None:
    digits = re.sub(r"[\s-]", "", typed)
    if not digits:
        errors["number"] = "Enter a card number."
    elif digits not in CARDS:
        errors["number"] = "Your card number is invalid. Use one of the test numbers listed below."
    return CARDS.get(digits)


def _expiry(typed: str, now: int, errors: Errors) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(\d{1,2})\s*[/-]?\s*((?:20)?\d{2})\s*", typed, re.ASCII)
    if not found or not 1 <= int(found[1]) <= 12:
        errors["expiry"] = "Enter the expiry date as month and year, for example 12 / 34."
        return 0, 0
    month, year = int(found[1]), 2000 + int(found[2]) % 100
    today = datetime.fromtimestamp(now, UTC)
    if (year, month) < (today.year, today.month):
        errors["expiry"] = "Your card's expiry date is in the past. Any date to come will do here."
    return month, year


def _cvc(typed: str, card: KnownCard | None, errors: Errors) -> None:
    wanted = card.cvc_length if card else 3
    if not re.fullmatch(rf"\d{{{wanted}}}" if card else r"\d{3,4}", typed.strip(), re.ASCII):
        errors["cvc"] = f"Enter the security code: any {'four' if wanted == 4 else 'three'} digits."


def _email(typed: str, errors: Errors) -> str:
    address = typed.strip()
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", address) or len(address) > 512:
        errors["email"] = "Enter an email address, for example name@example.org."
    return address
