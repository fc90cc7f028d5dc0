"""Pure rules of accounts: signing in with what one knows and has, and with a passkey (`policies.passkeys`)."""

from station.accounts.policies import passkeys
from station.accounts.policies.signing_in import (
    ABSOLUTE_LIMIT,
    FIRST_STEP_LIMIT,
    IDLE_LIMIT,
    LINK_LASTS,
    SEEN_EVERY,
    STEP_SECONDS,
    code_digest,
    digest,
    may,
    new_token,
    password_problem,
    recovery_codes,
    safe_next,
    totp_address,
    totp_secret,
    totp_step,
)

__all__ = [
    "ABSOLUTE_LIMIT",
    "FIRST_STEP_LIMIT",
    "IDLE_LIMIT",
    "LINK_LASTS",
    "SEEN_EVERY",
    "STEP_SECONDS",
    "code_digest",
    "digest",
    "may",
    "new_token",
    "passkeys",
    "password_problem",
    "recovery_codes",
    "safe_next",
    "totp_address",
    "totp_secret",
    "totp_step",
]
