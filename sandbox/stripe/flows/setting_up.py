"""SetupIntents, of sessions in setup mode and over the API: docs.stripe.com/payments/checkout/save-and-reuse."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.shapes import Obj, make, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import debits, paying
from sandbox.stripe.flows.cards import Decline


def create_intent(sandbox: Sandbox, customer: str | None, types: list[str], data: dict[str, Any]) -> Obj:
    """docs.stripe.com/api/setup_intents/object; a session's is made with the session, unlike a PaymentIntent."""
    intent = make(
        "setup_intent",
        sandbox.now(),
        status="requires_payment_method",
        customer=customer,
        description=data.get("description") or None,
        metadata=dict(data.get("metadata") or {}),
        payment_method_types=types,
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        usage="off_session",
    )
    intent["client_secret"] = new_id(f"{intent['id']}_secret_")
    sandbox.store.save(intent)
    sandbox.emit("setup_intent.created", intent)
    return intent


def attempt(sandbox: Sandbox, intent: Obj, method: Obj, customer: Obj | None, decline: Decline | None) -> None:
    """Save the method for later, or say why not."""
    if decline is not None:
        failed(sandbox, intent, method, decline)
        return
    if customer is not None:
        intent["customer"] = customer["id"]
        paying.attach(sandbox, method, customer["id"])
    by_bank = method["type"] == "us_bank_account"
    intent.update(
        status="succeeded",
        payment_method=method["id"],
        mandate=debits.mandate_of(sandbox, method) if by_bank else None,
        next_action=None,
        last_setup_error=None,
    )
    sandbox.store.save(intent)
    sandbox.emit("setup_intent.succeeded", intent)


def failed(sandbox: Sandbox, intent: Obj, method: Obj, decline: Decline) -> None:
    error = paying.error_body(decline, method)
    intent.update(status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=error)
    sandbox.store.save(intent)
    sandbox.emit("setup_intent.setup_failed", intent)


def refusal(sandbox: Sandbox, method: Obj) -> Decline | None:
    """Why a card cannot be saved: some that decline every charge can (docs.stripe.com/testing)."""
    card = paying.card_of(sandbox, method)
    return None if card is None or card.keeps else card.decline


def cancel(sandbox: Sandbox, intent: Obj) -> None:
    intent.update(status="canceled", cancellation_reason="abandoned", next_action=None)
    sandbox.store.save(intent)
    sandbox.emit("setup_intent.canceled", intent)
