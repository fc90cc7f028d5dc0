"""Debits of US bank accounts: docs.stripe.com/payments/ach-direct-debit.

A debit is `processing` until the bank has answered, up to four business days later; a donor who is long gone
cannot be asked again, so the answer comes by webhook only.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import paying
from sandbox.stripe.flows.banks import ACCOUNTS, BankEntered, KnownAccount, charge_account, method_account
from sandbox.stripe.flows.cards import Decline, billing_details

ANSWER_AFTER = 4 * DAY
KEEPS_MANDATE = ("insufficient_funds", "bank_cannot_process", "charge_exceeds_source_limit")
"""Returns after which the account may be debited again; after any other the mandate is inactive."""
NO_MANDATE = Decline(
    "payment_intent_mandate_invalid",
    None,
    "The provided mandate is invalid and can not be used for the payment intent.",
)


def create_method(sandbox: Sandbox, entered: BankEntered) -> Obj:
    """A bank account's PaymentMethod and its mandate; the sandbox remembers which test account it was."""
    method = make(
        "payment_method",
        sandbox.now(),
        type="us_bank_account",
        us_bank_account=method_account(entered),
        billing_details=billing_details(entered),
        allow_redisplay="limited",
    )
    del method["card"]
    sandbox.store.save(method)
    mandate = _mandate(sandbox, method)
    sandbox.store.put("_account", {"id": method["id"], "number": entered.account.number, "mandate": mandate["id"]})
    return method


def _mandate(sandbox: Sandbox, method: Obj) -> Obj:
    """docs.stripe.com/api/mandates/object"""
    accepted = {"accepted_at": sandbox.now(), "type": "online", "online": {"ip_address": None, "user_agent": None}}
    mandate = make(
        "mandate",
        payment_method=method["id"],
        customer_acceptance=accepted,
        payment_method_details={"type": "us_bank_account", "us_bank_account": {}},
        status="active",
        type="multi_use",
        multi_use={},
    )
    return sandbox.store.save(mandate)


def account_of(sandbox: Sandbox, method: Obj) -> KnownAccount:
    return ACCOUNTS[sandbox.get("_account", method["id"])["number"]]


def mandate_of(sandbox: Sandbox, method: Obj) -> str:
    return str(sandbox.get("_account", method["id"])["mandate"])


def revoke(sandbox: Sandbox, charge: Obj, reason: str) -> None:
    """docs.stripe.com/payments/ach-direct-debit#mandates: a debit came back, and what that says about the next."""
    if reason not in KEEPS_MANDATE:
        end_mandate(sandbox, charge["payment_method_details"]["us_bank_account"]["mandate"])


def end_mandate(sandbox: Sandbox, identifier: str) -> Obj:
    """The permission to debit is gone; the account can be used again with a new one only."""
    mandate = sandbox.get("mandate", identifier)
    if mandate["status"] == "active":
        mandate["status"] = "inactive"
        sandbox.store.save(mandate)
        sandbox.emit("mandate.updated", mandate, {"status": "active"})
    return mandate


def begin(sandbox: Sandbox, intent: Obj, method: Obj, sent_back: Decline | None = None) -> Decline | None:
    """Send the debit to the bank; the decline when it is refused at once. `sent_back` foretells a return."""
    account = account_of(sandbox, method)
    allowed = sandbox.get("mandate", mandate_of(sandbox, method))["status"] == "active"
    refused = account.at_once if allowed else NO_MANDATE
    answer_at = sandbox.now() + ANSWER_AFTER
    day = datetime.fromtimestamp(answer_at, UTC).strftime("%Y-%m-%d")
    details = charge_account(method, mandate_of(sandbox, method), None if refused else day)
    charge = paying.make_charge(
        sandbox, intent, method, {"type": "us_bank_account", "us_bank_account": details}, refused
    )
    intent["latest_charge"] = charge["id"]
    if refused is not None:
        sandbox.store.save(charge)
        paying.failed(sandbox, intent, method, charge, refused)
        return refused
    charge.update(status="pending", paid=False, captured=True)
    sandbox.store.save(charge)
    intent.update(status="processing", payment_method=method["id"], last_payment_error=None, next_action=None)
    sandbox.store.save(intent)
    later = sent_back or account.later
    sandbox.store.put("_debit", {"id": charge["id"], "later": [later.code, later.message] if later else None})
    if not account.lingers:
        sandbox.due_at("debit", charge["id"], answer_at)
    sandbox.emit("charge.pending", charge)
    sandbox.emit("payment_intent.processing", intent)
    return None


def foretold(sandbox: Sandbox, charge: Obj) -> Decline | None:
    """How the bank will send a pending debit back; None when it will pay."""
    later = sandbox.get("_debit", charge["id"])["later"]
    return Decline(later[0], None, later[1]) if later else None


def answer(sandbox: Sandbox, charge: Obj, decline: Decline | None) -> Obj:
    """The bank's answer: charge and PaymentIntent succeed or fail; the PaymentIntent."""
    intent = sandbox.get("payment_intent", charge["payment_intent"])
    sandbox.due_at("debit", charge["id"], None)
    if decline is None:
        charge.update(status="succeeded", paid=True)
        sandbox.store.save(charge)
        intent.update(status="succeeded", amount_received=intent["amount"])
        sandbox.store.save(intent)
        sandbox.emit("charge.succeeded", charge)
        sandbox.emit("payment_intent.succeeded", intent)
        paying.settle(sandbox, charge)
        if account_of(sandbox, sandbox.get("payment_method", charge["payment_method"])).disputed:
            sandbox.due_at("return", charge["id"], sandbox.now())
        return intent
    charge.update(
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        failure_code=decline.code,
        failure_message=decline.message,
    )
    sandbox.store.save(charge)
    method = sandbox.get("payment_method", charge["payment_method"])
    paying.failed(sandbox, intent, method, charge, decline)
    revoke(sandbox, charge, decline.code)
    return intent
