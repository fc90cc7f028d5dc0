"""Takes a payment: PaymentIntent, Charge, BalanceTransaction.

docs.stripe.com/payments/paymentintents/lifecycle;
docs.stripe.com/payments/payment-intents/asynchronous-capture
(a charge's balance transaction is attached a little after the charge succeeded: `charge.updated`).
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.shapes import Obj, make, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import banks
from sandbox.stripe.flows.cards import CARDS, Decline, Entered, KnownCard, billing_details, charge_card, method_card
from sandbox.stripe.flows.money import movements


def fee(amount: int) -> int:
    """2.9 % + 30 cents (stripe.com/pricing, US cards); the percentage is rounded half up to a whole cent."""
    return (amount * 29 + 500) // 1000 + 30


def create_intent(sandbox: Sandbox, amount: int, currency: str, **values: Any) -> Obj:
    """docs.stripe.com/api/payment_intents/object"""
    usual: Obj = {
        "status": "requires_payment_method",
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "payment_method_types": ["card"],
        "amount_details": {"tip": {}},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    }
    intent = make("payment_intent", sandbox.now(), amount=amount, currency=currency, **{**usual, **values})
    intent["client_secret"] = new_id(f"{intent['id']}_secret_")
    sandbox.store.save(intent)
    sandbox.emit("payment_intent.created", intent)
    return intent


def create_method(sandbox: Sandbox, entered: Entered) -> Obj:
    """A card PaymentMethod. Its number stays out of it; the sandbox remembers which test card it was."""
    method = make(
        "payment_method",
        sandbox.now(),
        type="card",
        card=method_card(entered),
        billing_details=billing_details(entered),
        allow_redisplay="limited",
    )
    sandbox.store.save(method)
    sandbox.store.put("_card", {"id": method["id"], "number": entered.card.number})
    return method


def attach(sandbox: Sandbox, method: Obj, customer: str) -> None:
    if method["customer"] != customer:
        method["customer"] = customer
        sandbox.store.save(method)
        sandbox.emit("payment_method.attached", method)


def renew_card(sandbox: Sandbox, method: Obj, exp_year: int, number: str | None) -> Obj:
    """docs.stripe.com/payments/cards/overview#automatic-card-updates: the network knows a new date or number."""
    row = sandbox.get("_card", method["id"])
    if number is not None and number not in CARDS:
        raise ValueError(f"not a test card: {number}")
    card = CARDS[number or row["number"]]
    before = {"card": {name: method["card"][name] for name in ("brand", "exp_year", "fingerprint", "last4")}}
    fresh = method_card(Entered(card, method["card"]["exp_month"], exp_year, "", ""))
    method["card"] = {**fresh, "wallet": method["card"]["wallet"]}
    sandbox.store.save(method)
    sandbox.store.put("_card", {**row, "number": card.number})
    sandbox.emit("payment_method.automatically_updated", method, before)
    return method


def card_of(sandbox: Sandbox, method: Obj) -> KnownCard | None:
    """The test card behind a PaymentMethod; None when it is no card."""
    row = sandbox.store.get("_card", method["id"])
    return CARDS[row["number"]] if row else None


def decline_of(sandbox: Sandbox, method: Obj, *, donor_is_there: bool = True) -> Decline | None:
    card = card_of(sandbox, method)
    if card is None:
        return None
    return card.decline if donor_is_there else card.later or card.decline


def attempt(sandbox: Sandbox, intent: Obj, method: Obj, decline: Decline | None) -> Obj:
    """Charge the card for the intent; returns the Charge, paid or failed. `intent` is brought up to date."""
    authenticated = intent["id"] in _authenticated(sandbox, method)
    details = {"type": "card", "card": charge_card(method, intent["amount"], authenticated)}
    charge = make_charge(sandbox, intent, method, details, decline)
    sandbox.store.save(charge)
    intent["latest_charge"] = charge["id"]
    if decline is not None:
        failed(sandbox, intent, method, charge, decline)
        return charge
    if intent["capture_method"] == "manual":
        return _authorized(sandbox, intent, method, charge)
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        payment_method=method["id"],
        last_payment_error=None,
        next_action=None,
    )
    sandbox.store.save(intent)
    sandbox.emit("charge.succeeded", charge)
    sandbox.emit("payment_intent.succeeded", intent)
    return settle(sandbox, charge)


def _authorized(sandbox: Sandbox, intent: Obj, method: Obj, charge: Obj) -> Obj:
    """docs.stripe.com/payments/place-a-hold-on-a-payment-method: held until it is captured."""
    charge.update(captured=False, amount_captured=0)
    intent.update(
        status="requires_capture",
        amount_capturable=intent["amount"],
        payment_method=method["id"],
        last_payment_error=None,
        next_action=None,
    )
    sandbox.store.save(charge)
    sandbox.store.save(intent)
    sandbox.emit("charge.succeeded", charge)
    sandbox.emit("payment_intent.amount_capturable_updated", intent)
    return charge


def capture(sandbox: Sandbox, intent: Obj, amount: int) -> Obj:
    """Take what was held, or a part of it; returns the intent."""
    charge = sandbox.get("charge", intent["latest_charge"])
    charge.update(captured=True, amount_captured=amount)
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount)
    sandbox.store.save(charge)
    sandbox.store.save(intent)
    sandbox.emit("charge.captured", charge)
    sandbox.emit("payment_intent.succeeded", intent)
    settle(sandbox, charge)
    return intent


def _authenticated(sandbox: Sandbox, method: Obj) -> list[str]:
    row = sandbox.store.get("_card", method["id"]) or {}
    return list(row.get("authenticated_for", []))


def make_charge(sandbox: Sandbox, intent: Obj, method: Obj, details: Obj, decline: Decline | None) -> Obj:
    """A Charge that was paid or declined; not kept yet."""
    paid = decline is None
    return make(
        "charge",
        sandbox.now(),
        amount=intent["amount"],
        amount_captured=intent["amount"] if paid else 0,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="SANDBOX",
        captured=paid,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        failure_code=decline.code if decline else None,
        failure_message=decline.message if decline else None,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        outcome=_outcome(decline),
        paid=paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        receipt_email=intent["receipt_email"],
        payment_method_details=details,
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        status="succeeded" if paid else "failed",
    )


def _outcome(decline: Decline | None) -> Obj:
    common = {"advice_code": None, "network_advice_code": None, "risk_level": "normal", "risk_score": 12}
    if decline is None:
        return {
            **common,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        **common,
        "network_decline_code": "01",
        "network_status": "declined_by_network",
        "reason": decline.decline_code,
        "seller_message": "The bank declined the payment.",
        "type": "issuer_declined",
    }


def failed(sandbox: Sandbox, intent: Obj, method: Obj, charge: Obj, decline: Decline) -> None:
    """docs.stripe.com/payments/paymentintents/lifecycle: back to requires_payment_method."""
    error = error_body(decline, method)
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error={"charge": charge["id"], **error},
    )
    sandbox.store.save(intent)
    sandbox.emit("charge.failed", charge)
    sandbox.emit("payment_intent.payment_failed", intent)


def error_body(decline: Decline, method: Obj) -> Obj:
    """`last_payment_error` and `last_setup_error`: docs.stripe.com/api/errors."""
    return {
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://docs.stripe.com/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": method,
        "type": decline.kind,
    }


def settle(sandbox: Sandbox, charge: Obj) -> Obj:
    """The charge's money reaches the balance, less the fee."""
    bank, amount = movements.by_bank(charge), charge["amount_captured"]
    moved = movements.record(
        sandbox,
        "payment" if bank else "charge",
        amount,
        charge,
        fee=(banks.fee if bank else fee)(amount),
        after=movements.SETTLES_AFTER,
    )
    charge["balance_transaction"] = moved["id"]
    sandbox.store.save(charge)
    sandbox.emit("charge.updated", charge, {"balance_transaction": None})
    _afterwards(sandbox, charge, moved)
    return charge


def _afterwards(sandbox: Sandbox, charge: Obj, moved: Obj) -> None:
    """docs.stripe.com/testing#disputes and #available-balance: what a test card does once it is charged."""
    card = card_of(sandbox, sandbox.get("payment_method", charge["payment_method"]))
    if card is None:
        return
    if card.dispute:
        sandbox.due_at("dispute", charge["id"], sandbox.now())
    if card.warned:
        sandbox.due_at("warn", charge["id"], sandbox.now())
    if card.at_once:
        sandbox.due_at("available", moved["id"], sandbox.now())


def cancel_intent(sandbox: Sandbox, intent: Obj, reason: str) -> Obj:
    """docs.stripe.com/api/payment_intents/cancel"""
    intent.update(status="canceled", canceled_at=sandbox.now(), cancellation_reason=reason)
    sandbox.store.save(intent)
    sandbox.emit("payment_intent.canceled", intent)
    return intent
