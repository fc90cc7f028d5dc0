"""Ids that stand for a test card or account: `pm_card_visa`, `tok_visa`, `pm_usBankAccount_success`.

docs.stripe.com/testing#cards (tab PaymentMethods), docs.stripe.com/payments/ach-direct-debit/accept-a-payment.
"""

from __future__ import annotations

from sandbox.stripe.core.errors import no_such
from sandbox.stripe.flows.banks import ACCOUNTS, KnownAccount
from sandbox.stripe.flows.cards import CARDS, KnownCard

NUMBERS = {
    "visa": "4242424242424242",
    "us": "4242424242424242",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedLostCard": "4000000000009987",
    "chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "chargeCustomerFail": "4000000000000341",
    "radarBlock": "4100000000000019",
    "bypassPending": "4000000000000077",
    "createDispute": "4000000000000259",
    "createDisputeInquiry": "4000000000001976",
    "pendingRefund": "4000000000007726",
    "refundFail": "4000000000005126",
    "createIssuerFraudRecord": "4000000000005423",
    "authenticationRequired": "4000002760003184",
    "authenticationRequiredOnSetup": "4000002500003155",
    "threeDSecure2Required": "4000000000003220",
}


ACCOUNT_NUMBERS = {
    "success": "000123456789",
    "insufficientFunds": "000222222227",
    "accountClosed": "000111111113",
    "noAccount": "000111111116",
    "debitNotAuthorized": "000333333335",
    "dispute": "000555555559",
    "weeklyLimitExceeded": "000777777771",
    "processing": "000000000009",
}
ACCOUNT_PREFIX = "pm_usBankAccount_"


def account(identifier: str) -> KnownAccount | None:
    """The account behind `pm_usBankAccount_success`; None for any other id."""
    number = ACCOUNT_NUMBERS.get(identifier.removeprefix(ACCOUNT_PREFIX))
    return ACCOUNTS[number] if number and identifier.startswith(ACCOUNT_PREFIX) else None


def card(identifier: str, prefix: str) -> KnownCard | None:
    """The card behind `pm_card_visa` (prefix `pm_card_`) or `tok_visa` (`tok_`); None for any other id."""
    number = NUMBERS.get(identifier.removeprefix(prefix)) if identifier.startswith(prefix) else None
    return CARDS[number] if number else None


def token_card(token: str, param: str) -> KnownCard:
    """The card behind a token, or the API's 400."""
    found = card(token, "tok_")
    if found is None:
        raise no_such("token", token, param)
    return found
