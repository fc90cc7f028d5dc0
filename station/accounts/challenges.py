"""Challenges of passkeys, kept in the signed cookie: one for each ceremony, gone once it is answered."""

from __future__ import annotations

import secrets
from math import inf
from typing import Literal

from flask import session

from station.accounts.policies.passkeys import CHALLENGE_LASTS
from station.core import clock

Ceremony = Literal["add", "sign_in", "confirm"]


def pose(ceremony: Ceremony) -> bytes:
    """A fresh challenge (32 random bytes) for this browser; it takes the place of the one before."""
    challenge = secrets.token_bytes(32)
    session[_key(ceremony)] = [challenge.hex(), int(clock.now().timestamp())]
    return challenge


def posed(ceremony: Ceremony) -> bytes | None:
    """Take the challenge that this browser was asked with; None when there is none, or it is too old."""
    text, at = session.pop(_key(ceremony), None) or ("", -inf)
    return bytes.fromhex(text) if clock.now().timestamp() - at <= CHALLENGE_LASTS.total_seconds() else None


def _key(ceremony: Ceremony) -> str:
    return f"passkey_{ceremony}"
