"""An event of Stripe set out for a person: what it says in a few lines, and its body without its secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from station.core.money import Money

HIDDEN = "(not shown)"
# what leads to paying, to a card's data or to other people's money: docs.stripe.com/security/guide
SECRETS = ("client_secret", "_secret", "secret", "ephemeral_key", "hosted_verification_url", "redirect_to_url")
TOLD = ("status", "payment_status", "reason", "failure_code", "billing_reason", "cancellation_reason")
AMOUNTS = ("amount", "amount_total", "amount_paid", "amount_due", "amount_refunded")


@dataclass(frozen=True)
class ShownEvent:
    """`facts` are names and values for reading; `body` is the whole event, indented, secrets masked."""

    facts: list[tuple[str, str]]
    body: str


def shown(raw: str) -> ShownEvent:
    """Set out the body of an event that was verified. What cannot be read is shown as it came, without facts."""
    try:
        event = json.loads(raw, object_hook=_masked)
        found, before = event["data"]["object"], event["data"].get("previous_attributes") or {}
        facts = _facts(found, before)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ShownEvent([], raw)
    return ShownEvent(facts, json.dumps(event, indent=2, ensure_ascii=False))


def masked(params: Mapping[str, Any]) -> str:
    """The parameters of a call, indented, without secrets."""
    return json.dumps(json.loads(json.dumps(params), object_hook=_masked), indent=2, ensure_ascii=False)


def _masked(found: dict[str, Any]) -> dict[str, Any]:
    return {key: HIDDEN if value and key.endswith(SECRETS) else value for key, value in found.items()}


def _facts(found: dict[str, Any], before: Mapping[str, Any]) -> list[tuple[str, str]]:
    currency = str(found.get("currency") or "usd")
    said = [("Object", f"{found.get('object', '')} {found.get('id') or ''}".strip())]
    said += [(name.replace("_", " ").capitalize(), str(found[name])) for name in TOLD if found.get(name)]
    said += [
        (name.replace("_", " ").capitalize(), str(Money(found[name], currency)))
        for name in AMOUNTS
        if type(found.get(name)) is int
    ]
    return [*said, ("Changed", ", ".join(sorted(before)))] if before else said
