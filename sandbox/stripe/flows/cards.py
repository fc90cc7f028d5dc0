"""Test cards: docs.stripe.com/testing#cards and docs.stripe.com/testing#declined-payments."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.stripe.core.shapes import Obj


@dataclass(frozen=True)
class Decline:
    """docs.stripe.com/declines/codes"""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True)
class KnownCard:
    number: str
    brand: str
    hint: str
    decline: Decline | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def cvc_length(self) -> int:
        return 4 if self.brand == "amex" else 3


DECLINED = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
BAD_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error", "processing_error", "An error occurred while processing your card. Try again in a little bit."
)

CARDS = {
    card.number: card
    for card in (
        KnownCard("4242424242424242", "visa", "Visa, succeeds"),
        KnownCard("5555555555554444", "mastercard", "Mastercard, succeeds"),
        KnownCard("378282246310005", "amex", "American Express, succeeds (four-digit security code)"),
        KnownCard("4000000000000002", "visa", "declined", DECLINED),
        KnownCard("4000000000009995", "visa", "declined: insufficient funds", NO_FUNDS),
        KnownCard("4000000000000069", "visa", "declined: expired card", EXPIRED),
        KnownCard("4000000000000127", "visa", "declined: wrong security code", BAD_CVC),
        KnownCard("4000000000000119", "visa", "declined: processing error", PROCESSING),
    )
}


def spaced(number: str) -> str:
    return " ".join(number[n : n + 4] for n in range(0, len(number), 4))


@dataclass(frozen=True)
class Entered:
    """What somebody typed on the hosted page, already checked."""

    card: KnownCard
    exp_month: int
    exp_year: int
    name: str
    email: str
    postal_code: str = ""


def billing_details(entered: Entered) -> Obj:
    address = {"city": None, "country": "US", "line1": None, "line2": None, "state": None}
    return {
        "address": {**address, "postal_code": entered.postal_code or None},
        "email": entered.email or None,
        "name": entered.name or None,
        "phone": None,
        "tax_id": None,
    }


def method_card(entered: Entered) -> Obj:
    """The `card` hash of a PaymentMethod: docs.stripe.com/api/payment_methods/object."""
    return {
        "brand": entered.card.brand,
        "country": "US",
        "display_brand": entered.card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "exp_month": entered.exp_month,
        "exp_year": entered.exp_year,
        "fingerprint": _fingerprint(entered.card),
        "funding": "credit",
        "generated_from": None,
        "last4": entered.card.last4,
        "networks": {"available": [entered.card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def charge_card(method: Obj, amount: int) -> Obj:
    """The `payment_method_details.card` hash of a Charge: docs.stripe.com/api/charges/object."""
    card = method["card"]
    return {
        "amount_authorized": amount,
        "authorization_code": None,
        "brand": card["brand"],
        "checks": dict(card["checks"]),
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": "104105106107108",
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }


def _fingerprint(card: KnownCard) -> str:
    return ("SANDBOX" + card.number[::-1])[:16]
