"""What a restricted key may not do: docs.stripe.com/keys/restricted-api-keys.

A permission is named after what a path is about, with `read` or `write`: `refund_write`, `checkout_session_read`.
"""

from __future__ import annotations

import re

from sandbox.stripe.core.errors import ApiError

NAME = re.compile(r"[a-z_]+_(read|write)")
GROUPS = ("checkout", "radar", "billing_portal", "identity")


class Permissions:
    """The permissions that every key lacks from now on; none at first."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def refuse(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise ValueError("a permission is named like refund_write or charge_read")
        self._refused.add(name)

    def clear(self) -> None:
        self._refused.clear()

    def check(self, method: str, path: str, account: str) -> None:
        """Raises the API's 403 when the request needs a permission that was refused."""
        name = permission(method, path)
        if name in self._refused:
            text = (
                f"The provided key does not have the required permissions for this endpoint on account '{account}'."
            )
            hint = f"Having the 'rak_{name}' permission would allow this request to continue."
            raise ApiError(403, "invalid_request_error", f"{text} {hint}")


def permission(method: str, path: str) -> str:
    """`POST /v1/refunds/re_1` → `refund_write`."""
    parts = path.removeprefix("/v1/").split("/")
    words = parts[:2] if parts[0] in GROUPS else parts[:1]
    verb = "read" if method == "GET" else "write"
    return f"{'_'.join(words).removesuffix('s')}_{verb}"
