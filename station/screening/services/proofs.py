"""Proofs of a person, without a puzzle (WCAG 2.2, SC 3.3.8): work for a script, or a short wait without one.

Both are signed, good for one form alone, and end by themselves. Neither needs a row.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from station.core import clock, runtime
from station.screening.policies import Challenge, Proof

WORK_LASTS = 10 * 60  # seconds
WAIT, WAIT_LASTS = 10, 15 * 60
LONGEST = 600  # characters; ours have about 250


class _HouseTime(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _signer(purpose: str) -> URLSafeTimedSerializer:
    settings = runtime.settings()
    keys = [*settings.secret_key_fallbacks, settings.secret_key]
    return URLSafeTimedSerializer(keys, salt=f"screening.{purpose}", signer=_HouseTime)


def work(attempt: str) -> Challenge:
    """Fresh work for the script of a form: on average half of SCREENING_WORK hashes, never more than all."""
    most = runtime.settings().screening_work
    salt = secrets.token_hex(12)
    target = _hash(salt, str(secrets.randbelow(most + 1)))
    return Challenge(_signer("work").dumps([attempt, salt, target]), salt, target, most)


def later(attempt: str) -> str:
    """A token for the page in between: good from ten seconds after now, for fifteen minutes, for this form."""
    return _signer("wait").dumps(attempt)


def check(proof: str, attempt: str) -> tuple[Proof, int]:
    """What a proof is worth for a form, and the seconds until an early one is good."""
    if not proof or len(proof) > LONGEST or not proof.isascii():
        return Proof.BAD, 0
    token, colon, number = proof.partition(":")
    return (_worked(token, number, attempt), 0) if colon else _waited(token, attempt)


def _worked(token: str, number: str, attempt: str) -> Proof:
    try:
        known, salt, target = _signer("work").loads(token, max_age=WORK_LASTS)
    except (BadSignature, ValueError, TypeError):
        return Proof.BAD
    return Proof.GOOD if known == attempt and hmac.compare_digest(_hash(salt, number), target) else Proof.BAD


def _waited(token: str, attempt: str) -> tuple[Proof, int]:
    try:
        known, since = _signer("wait").loads(token, max_age=WAIT_LASTS, return_timestamp=True)
    except (BadSignature, ValueError, TypeError):
        return Proof.BAD, 0
    if known != attempt:
        return Proof.BAD, 0
    left = WAIT - int((clock.now() - since).total_seconds())
    return (Proof.EARLY, left) if left > 0 else (Proof.GOOD, 0)


def _hash(salt: str, number: str) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()
