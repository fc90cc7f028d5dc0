"""Checks a webhook: signed over its raw bytes, lately, with our secret (docs.stripe.com/webhooks/signature)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import stripe

from station.core import clock
from station.core.runtime import settings
from station.payments.gateway.errors import BadSignature
from station.payments.gateway.parts import instant

TOLERANCE = 300  # seconds, Stripe's own recommendation
LONGEST_ID = 160  # Stripe's have about thirty characters; ours is also the key of a job


@dataclass(frozen=True)
class SignedEvent:
    """An event whose signature held. `raw` is the body as it came; nothing in it is believed but its type and ids."""

    id: str
    type: str
    object_id: str
    api_version: str
    livemode: bool
    made_at: datetime
    raw: str


def verify(raw: bytes, header: str) -> SignedEvent:
    """The event in a webhook's raw body. Raises BadSignature, also for the other mode or another account.

    The next secret is tried second, so that a roll of the secret loses nothing. An account's own endpoint names no
    account. A Connect endpoint does (`account`), and an organisation's (`context`): then it must be the one that is
    configured (docs.stripe.com/api/events/object).
    """
    _check(raw, header)
    return read(raw)


def read(raw: bytes) -> SignedEvent:
    """The event in a body whose sender is known. Raises BadSignature for what is not for this account and mode."""
    try:
        body = json.loads(raw)
        if body["object"] != "event":
            raise BadSignature("not an event")
        if body["livemode"] is not settings().livemode:
            raise BadSignature(f"the event's livemode is {body['livemode']}, ours is {settings().livemode}")
        if {body.get("account"), body.get("context")} - {None, settings().stripe_account}:
            raise BadSignature("the event is of another account")
        return SignedEvent(
            id=_word(body["id"], LONGEST_ID),
            type=_word(body["type"], 100),
            object_id=_word(found, 255) if (found := body["data"]["object"].get("id")) else "",
            api_version=_word(said, 60) if (said := body.get("api_version")) else "",
            livemode=body["livemode"],
            made_at=instant(body["created"]),
            raw=raw.decode(),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError, RecursionError) as error:
        raise BadSignature(f"not an event that can be read ({type(error).__name__})") from error


def _word(value: str, longest: int) -> str:
    """One of Stripe's names: short, printable ASCII. Raises ValueError for anything else; nothing is cut."""
    if not (0 < len(value) <= longest and value.isascii() and value.isprintable()):
        raise ValueError(f"not a name of Stripe's: {value[:40]!r}")
    return value


def _check(raw: bytes, header: str) -> None:
    known = settings()
    problem = "no signing secret is configured"
    for secret in filter(None, (known.stripe_webhook_secret, known.stripe_webhook_secret_next)):
        try:
            stripe.WebhookSignature.verify_header(raw, header, secret, TOLERANCE)
            _not_ahead(header)
            return
        except stripe.SignatureVerificationError as error:
            problem = str(error.user_message)
        except UnicodeDecodeError:
            problem = "the body is not text"
    raise BadSignature(problem)


def _not_ahead(header: str) -> None:
    """The library refuses what is old. What is signed for later than now shows a wrong clock, and stays fresh."""
    signed_at = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
    if signed_at > clock.now().timestamp() + TOLERANCE:
        raise BadSignature("the signature's time is still to come")
