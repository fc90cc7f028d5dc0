"""Confirming a PaymentIntent or a SetupIntent over the API, without a page.

docs.stripe.com/payments/paymentintents/lifecycle, docs.stripe.com/payments/setup-intents.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.stripe.core.errors import KeptError, invalid, no_such
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import challenge, debits, paying, setting_up
from sandbox.stripe.flows.banks import BankEntered
from sandbox.stripe.flows.cards import Decline, Entered, KnownCard
from sandbox.stripe.flows.direct import test_ids

VALID_YEARS = 4


def new_method(sandbox: Sandbox, card: KnownCard, details: Obj | None = None) -> Obj:
    """A PaymentMethod of a test card, of nobody yet. `details` are billing details as a caller gives them."""
    year = datetime.fromtimestamp(sandbox.now(), UTC).year + VALID_YEARS
    method = paying.create_method(sandbox, Entered(card, 12, year, name="", email=""))
    method.update(allow_redisplay="unspecified", billing_details=whole_details(details or {}))
    return sandbox.store.save(method)


def whole_details(given: Obj) -> Obj:
    """Billing details with every field that Stripe shows."""
    blank = dict.fromkeys(("address", "email", "name", "phone", "tax_id"))
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {**blank, **given, "address": {**address, **(given.get("address") or {})}}


def resolve(sandbox: Sandbox, identifier: str, param: str = "payment_method") -> Obj:
    """A PaymentMethod by its id, or a fresh one for a test id such as pm_card_visa."""
    card, account = test_ids.card(identifier, "pm_card_"), test_ids.account(identifier)
    found = new_method(sandbox, card) if card else sandbox.store.get("payment_method", identifier)
    if account is not None:
        found = debits.create_method(sandbox, BankEntered(account, name="Test Donor", email=""))
    if found is None:
        raise no_such("PaymentMethod", identifier, param)
    return found


def attach(sandbox: Sandbox, method: Obj, customer: str) -> Obj:
    """docs.stripe.com/api/payment_methods/attach: a plain decline card is refused here already."""
    if method["customer"] not in (None, customer):
        raise invalid("This payment method is already attached to another customer.", "payment_method")
    decline = setting_up.refusal(sandbox, method)
    if decline is not None:
        raise _card_error(decline)
    paying.attach(sandbox, method, customer)
    return method


def _card_error(decline: Decline, **more: Any) -> KeptError:
    """docs.stripe.com/api/errors: 402, and what happened is kept."""
    codes = {"code": decline.code, "decline_code": decline.decline_code}
    return KeptError(402, "card_error", decline.message, **codes, **more)


def _usable(intent: Obj, method: Obj) -> None:
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        text = "The provided PaymentMethod belongs to a customer; the intent must name the same one."
        raise invalid(text, "payment_method")


def _asks(sandbox: Sandbox, method: Obj) -> bool:
    card = paying.card_of(sandbox, method)
    return card is not None and card.secure


def confirm_payment(sandbox: Sandbox, intent: Obj, method: Obj, *, off_session: bool = False) -> Obj:
    """Charge, hold, debit, or ask the donor's bank. Raises KeptError (402) when it is declined."""
    _usable(intent, method)
    if _asks(sandbox, method) and not off_session:
        challenge.begin(sandbox, intent, method)
        return intent
    decline = paying.decline_of(sandbox, method, donor_is_there=not off_session)
    if method["type"] == "us_bank_account":
        decline = debits.begin(sandbox, intent, method)
    else:
        paying.attempt(sandbox, intent, method, decline)
    if decline is not None:
        error = intent["last_payment_error"]
        raise _card_error(
            decline, charge=error["charge"], payment_method=error["payment_method"], payment_intent=intent
        )
    if intent["customer"] and intent["setup_future_usage"]:
        paying.attach(sandbox, method, intent["customer"])
    return intent


def confirm_setup(sandbox: Sandbox, intent: Obj, method: Obj) -> Obj:
    """Save the card for later. Raises KeptError (402) when it is declined."""
    _usable(intent, method)
    if _asks(sandbox, method):
        challenge.begin(sandbox, intent, method)
        return intent
    decline = setting_up.refusal(sandbox, method)
    customer = sandbox.get("customer", intent["customer"]) if intent["customer"] else None
    setting_up.attempt(sandbox, intent, method, customer, decline)
    if decline is not None:
        raise _card_error(decline, payment_method=method, setup_intent=intent)
    return intent
