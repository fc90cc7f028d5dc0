"""Test bank accounts: docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.cards import Decline

ROUTING = "110000000"
BANK = "STRIPE TEST BANK"


@dataclass(frozen=True)
class KnownAccount:
    """`later` is how the bank sends the debit back; `at_once` refuses it; `lingers` never gets an answer.

    `disputed`: the payment succeeds, then comes back for this reason."""

    number: str
    hint: str
    later: Decline | None = None
    at_once: Decline | None = None
    lingers: bool = False
    disputed: str | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]


NO_FUNDS = Decline("insufficient_funds", None, "The customer's account has insufficient funds to cover this payment.")
CLOSED = Decline("account_closed", None, "The customer's bank account has been closed.")
NOT_FOUND = Decline("no_account", None, "The bank account could not be located.")
NOT_ALLOWED = Decline(
    "debit_not_authorized", None, "The customer has notified their bank that this payment was unauthorized."
)
TOO_MUCH = Decline(
    "charge_exceeds_source_limit", None, "This payment exceeds the limit of what may be taken from this account."
)

ACCOUNTS = {
    account.number: account
    for account in (
        KnownAccount("000123456789", "the payment succeeds"),
        KnownAccount("000222222227", "comes back: insufficient funds", NO_FUNDS),
        KnownAccount("000111111113", "comes back: account closed", CLOSED),
        KnownAccount("000111111116", "comes back: no such account", NOT_FOUND),
        KnownAccount("000333333335", "comes back: debit not authorized", NOT_ALLOWED),
        KnownAccount("000555555559", "the payment succeeds, then comes back", disputed="debit_not_authorized"),
        KnownAccount("000777777771", "refused at once: over the weekly limit", at_once=TOO_MUCH),
        KnownAccount("000000000009", "stays in processing", lingers=True),
    )
}


@dataclass(frozen=True)
class BankEntered:
    """A US bank account as somebody chose or typed it, already checked; the mandate was accepted."""

    account: KnownAccount
    name: str
    email: str
    phone: str = ""
    holder: str = "individual"
    address: Obj = field(default_factory=dict)


def routing_is_valid(number: str) -> bool:
    """Nine digits with the ABA check digit: 3, 7, 1 times the digits is a multiple of ten."""
    if not re.fullmatch(r"\d{9}", number, re.ASCII):
        return False
    return sum(int(digit) * (3, 7, 1)[n % 3] for n, digit in enumerate(number)) % 10 == 0


def method_account(entered: BankEntered) -> Obj:
    """The `us_bank_account` hash of a PaymentMethod: docs.stripe.com/api/payment_methods/object."""
    return {
        "account_holder_type": entered.holder,
        "account_type": "checking",
        "bank_name": BANK,
        "financial_connections_account": None,
        "fingerprint": ("BANK" + entered.account.number[::-1])[:16],
        "last4": entered.account.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": ROUTING,
        "status_details": {},
    }


def charge_account(method: Obj, mandate: str | None, debit_date: str | None) -> Obj:
    """The `payment_method_details.us_bank_account` hash of a Charge: docs.stripe.com/api/charges/object."""
    names = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
    account = {name: method["us_bank_account"][name] for name in names}
    return {**account, "expected_debit_date": debit_date, "mandate": mandate, "payment_reference": None}


def fee(amount: int) -> int:
    """0.8 %, at most $5 (stripe.com/pricing/local-payment-methods#bank-debits); rounded half up to a whole cent."""
    return min((amount * 8 + 500) // 1000, 500)
