"""3-D Secure: the bank asks whether it is really the donor. docs.stripe.com/payments/3d-secure."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import paying, setting_up
from sandbox.stripe.flows.cards import NOT_AUTHENTICATED, Decline


@dataclass(frozen=True)
class Challenge:
    """The attempt waits for the donor's answer at `/3d_secure/<session>`."""

    session: str


def wanted(sandbox: Sandbox, session: Obj, method: Obj) -> bool:
    """docs.stripe.com/testing#regulatory-cards; `any` and `challenge` ask with every card."""
    card = paying.card_of(sandbox, method)
    if card is None or method["card"]["wallet"] is not None:
        return False
    options = session["payment_method_options"].get("card", {})
    return card.secure or options.get("request_three_d_secure") in ("any", "challenge")


def begin(sandbox: Sandbox, intent: Obj, method: Obj) -> None:
    """docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action: Stripe.js does it."""
    intent.update(
        status="requires_action",
        payment_method=method["id"],
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "stripe_3ds2_fingerprint"}},
    )
    sandbox.store.save(intent)
    sandbox.emit(f"{intent['object']}.requires_action", intent)


def passed(sandbox: Sandbox, intent: Obj, method: Obj) -> None:
    row = sandbox.get("_card", method["id"])
    sandbox.store.put("_card", {**row, "authenticated_for": [*row.get("authenticated_for", []), intent["id"]]})


def failed(sandbox: Sandbox, intent: Obj, method: Obj) -> Decline:
    """The attempt is over, the session stays open: docs.stripe.com/error-codes."""
    if intent["object"] == "setup_intent":
        decline = Decline("setup_intent_authentication_failure", None, NOT_AUTHENTICATED.message)
        setting_up.failed(sandbox, intent, method, decline)
        return decline
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=paying.error_body(NOT_AUTHENTICATED, method),
    )
    sandbox.store.save(intent)
    sandbox.emit("payment_intent.payment_failed", intent)
    return NOT_AUTHENTICATED
