"""What can go wrong between us and Stripe, in two words, and the mapping of the library's exceptions to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from station.core.db import in_transaction

# docs.stripe.com/error-low-level: 409 (the key is in use just now) and 429 are tried again with the same key;
# 408 comes from what stands between
PASSING = frozenset({408, 409, 424, 429})


class StripeUnavailable(Exception):
    """No answer, or one that says nothing of what was done: a time-out, no connection, 5xx, 409, 429.

    `replayed` is true when Stripe repeated the stored 5xx of an idempotency key: that key will never do better
    (docs.stripe.com/api/idempotent_requests).
    """

    def __init__(self, message: str, *, replayed: bool = False) -> None:
        super().__init__(message)
        self.replayed = replayed


class StripeRefused(Exception):
    """Stripe answered with no, and did nothing. `missing` when it knows no such object, `by_bank` when the bank that
    was asked for money said no (docs.stripe.com/error-handling, “payment errors”)."""

    def __init__(self, message: str, *, missing: bool = False, by_bank: bool = False) -> None:
        super().__init__(message)
        self.missing, self.by_bank = missing, by_bank


class BadSignature(Exception):
    """A webhook that Stripe did not sign with our secret, or not lately, or that is not for this account and mode."""


@contextmanager
def translated() -> Iterator[None]:
    """Run a call of the library; raise ours instead of its exceptions. Messages carry no secret.

    Raises RuntimeError inside a transaction: a slow Stripe must not hold our locks.
    """
    if in_transaction():
        raise RuntimeError("Stripe is never called inside a transaction")
    try:
        yield
    except stripe.APIConnectionError as error:
        raise StripeUnavailable(f"Stripe did not answer ({type(error).__name__}).") from error
    except stripe.StripeError as error:
        status, text = error.http_status, error.user_message or type(error).__name__
        if status is None or status >= 500 or status in PASSING:
            replayed = str((error.headers or {}).get("Idempotent-Replayed", "")).lower() == "true"
            raise StripeUnavailable(f"Stripe answered {status}: {text}", replayed=replayed) from error
        missing, by_bank = error.code == "resource_missing", isinstance(error, stripe.CardError)
        raise StripeRefused(f"Stripe answered {status}: {text}", missing=missing, by_bank=by_bank) from error
