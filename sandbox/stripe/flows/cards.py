"""Test cards: docs.stripe.com/testing#cards and docs.stripe.com/testing#declined-payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sandbox.stripe.core.shapes import Obj


@dataclass(frozen=True)
class Decline:
    """docs.stripe.com/declines/codes"""

    code: str
    decline_code: str | None
    message: str

    @property
    def kind(self) -> str:
        """The `type` of the error: docs.stripe.com/api/errors."""
        return "invalid_request_error" if self.code.endswith("_authentication_failure") else "card_error"


@dataclass(frozen=True)
class KnownCard:
    """`decline` meets a donor who is there, `later` a charge without the donor (as `decline` when None).

    `secure`: 3-D Secure asks first. `keeps`: it can be saved although a charge is declined. `dispute`: the first
    status of the dispute that follows a charge. `at_once`: its money can be paid out at once. `refund`: how a refund
    begins and how it ends later. `warned`: an early fraud warning follows.
    """

    number: str
    brand: str
    hint: str
    decline: Decline | None = None
    secure: bool = False
    later: Decline | None = None
    keeps: bool = False
    dispute: str | None = None
    at_once: bool = False
    refund: tuple[str, str] | None = None
    warned: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def cvc_length(self) -> int:
        return 4 if self.brand == "amex" else 3


def _declined(decline_code: str, message: str = "Your card was declined.") -> Decline:
    return Decline("card_declined", decline_code, message)


DECLINED = _declined("generic_decline")
NO_FUNDS = _declined("insufficient_funds", "Your card has insufficient funds.")
LOST = _declined("lost_card")
STOLEN = _declined("stolen_card")
FRAUDULENT = _declined("fraudulent")
TOO_OFTEN = _declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
)
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
BAD_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error", "processing_error", "An error occurred while processing your card. Try again in a little bit."
)
NOT_AUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)
NEEDS_DONOR = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)

CARDS = {
    card.number: card
    for card in (
        KnownCard("4242424242424242", "visa", "Visa, succeeds"),
        KnownCard("5555555555554444", "mastercard", "Mastercard, succeeds"),
        KnownCard("378282246310005", "amex", "American Express, succeeds (four-digit security code)"),
        KnownCard("4000000000000002", "visa", "declined", DECLINED),
        KnownCard("4000000000009995", "visa", "declined: insufficient funds", NO_FUNDS),
        KnownCard("4000000000009987", "visa", "declined: lost card", LOST),
        KnownCard("4000000000009979", "visa", "declined: stolen card", STOLEN),
        KnownCard("4000000000000069", "visa", "declined: expired card", EXPIRED),
        KnownCard("4000000000000127", "visa", "declined: wrong security code", BAD_CVC),
        KnownCard("4000000000000119", "visa", "declined: processing error", PROCESSING),
        KnownCard("4000000000006975", "visa", "declined: too many attempts", TOO_OFTEN),
        KnownCard("4100000000000019", "visa", "declined: blocked as fraudulent", FRAUDULENT),
        KnownCard("4000000000000341", "visa", "can be saved, then every charge is declined", DECLINED, keeps=True),
        KnownCard("4000000000000077", "visa", "succeeds, can be paid out at once", at_once=True),
        KnownCard("4000000000000259", "visa", "succeeds, then is disputed as fraudulent", dispute="needs_response"),
        KnownCard("4000000000001976", "visa", "succeeds, then an inquiry", dispute="warning_needs_response"),
        KnownCard("4000000000005423", "visa", "succeeds, then an early fraud warning", warned=True),
        KnownCard("4000000000007726", "visa", "succeeds; a refund arrives later", refund=("pending", "succeeded")),
        KnownCard("4000000000005126", "visa", "succeeds; a refund fails later", refund=("succeeded", "failed")),
        KnownCard("4000000000003220", "visa", "3-D Secure asks, then succeeds", secure=True),
        KnownCard("4000002500003155", "visa", "3-D Secure asks the first time", secure=True),
        KnownCard("4000002760003184", "visa", "3-D Secure asks every time", secure=True, later=NEEDS_DONOR),
        KnownCard("4000008260003178", "visa", "3-D Secure asks, then insufficient funds", NO_FUNDS, secure=True),
        KnownCard("4000008400001629", "visa", "3-D Secure asks, then declined", DECLINED, secure=True),
    )
}


WALLETS = ("apple_pay", "google_pay", "link")
AUTHENTICATED: Obj = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": "00000000-0000-4000-8000-000000000000",
    "version": "2.2.0",
}


def spaced(number: str) -> str:
    return " ".join(number[n : n + 4] for n in range(0, len(number), 4))


class Payer(Protocol):
    """Who pays, as typed: the contact part of every payment method."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def address(self) -> Obj: ...


@dataclass(frozen=True)
class Entered:
    """A card as somebody typed it, already checked; `wallet` names the wallet that handed it over."""

    card: KnownCard
    exp_month: int
    exp_year: int
    name: str
    email: str
    postal_code: str = ""
    phone: str = ""
    country: str = "US"
    more_address: Obj | None = None
    wallet: str | None = None

    @property
    def address(self) -> Obj:
        return {"country": self.country, "postal_code": self.postal_code, **(self.more_address or {})}


def billing_details(payer: Payer) -> Obj:
    parts = ("city", "country", "line1", "line2", "postal_code", "state")
    return {
        "address": {name: payer.address.get(name) or None for name in parts},
        "email": payer.email or None,
        "name": payer.name or None,
        "phone": payer.phone or None,
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
        "wallet": wallet(entered),
    }


def wallet(entered: Entered) -> Obj | None:
    """docs.stripe.com/api/payment_methods/object#payment_method_object-card-wallet"""
    if entered.wallet is None:
        return None
    return {"dynamic_last4": entered.card.last4, "type": entered.wallet, entered.wallet: {}}


def charge_card(method: Obj, amount: int, authenticated: bool = False) -> Obj:
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
        "three_d_secure": AUTHENTICATED if authenticated else None,
        "wallet": card["wallet"],
    }


def _fingerprint(card: KnownCard) -> str:
    return ("SANDBOX" + card.number[::-1])[:16]
