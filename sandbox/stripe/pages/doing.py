"""What the controls and the overview's buttons do."""

from __future__ import annotations

from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import finishing, subscribing
from sandbox.stripe.flows.cards import CARDS
from sandbox.stripe.flows.challenge import Challenge
from sandbox.stripe.pages import entry


def pay(
    sandbox: Sandbox,
    session_id: str,
    card: str = "4242424242424242",
    email: str = "donor@example.org",
    name: str = "Test Donor",
) -> str | None:
    """Pay a session with a test card; the message when it was declined, None when it was paid."""
    session = sandbox.get("checkout.session", session_id)
    known = CARDS.get(card)
    cvc = "1234" if known and known.cvc_length == 4 else "123"
    form = {"number": card, "expiry": "12 / 40", "cvc": cvc, "email": email, "name": name}
    entered, errors = entry.read(form, sandbox.now(), finishing.known_email(session))
    if entered is None:
        raise ValueError("; ".join(errors.values()))
    try:
        decline = finishing.pay(sandbox, session_id, entered)
    except finishing.NotOpen as closed:
        raise ValueError(f"the session is {closed}") from None
    if isinstance(decline, Challenge):
        decline = finishing.authenticated(sandbox, session_id, passed=True)
    return decline.message if decline else None


def renew(sandbox: Sandbox, subscription_id: str) -> str | None:
    """Bill the next period now, without moving the clock; the invoice's id."""
    with sandbox.action():
        invoice = subscribing.renew(sandbox, sandbox.get("subscription", subscription_id), at_once=True)
    return invoice["id"] if invoice else None


def decline_next(sandbox: Sandbox, subscription_id: str, times: int = 1) -> None:
    """The next charges of this subscription are declined, whatever its card."""
    sandbox.get("subscription", subscription_id)
    sandbox.store.put("_switch", {"id": subscription_id, "declines": times})


def declines_waiting(sandbox: Sandbox, subscription_id: str) -> int:
    row = sandbox.store.get("_switch", subscription_id)
    return int(row["declines"]) if row else 0
