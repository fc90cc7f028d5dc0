"""docs.stripe.com/api/idempotent_requests: the first answer to a key, a 500 included, is kept and repeated.

Nothing is kept when validation failed or when the endpoint never began; a key with other parameters is an
error; keys may be pruned after 24 hours (here: exactly then); at most 255 characters.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.errors import ApiError
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.store import Store

TABLE = "_idempotency"


def fingerprint(method: str, path: str, params: dict[str, Any]) -> str:
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def recall(store: Store, key: str, print_: str, now: int) -> Obj | None:
    """The kept answer as {"status", "body"}, or None the first time."""
    if len(key) > 255:
        raise ApiError(400, "invalid_request_error", "Idempotency keys may have at most 255 characters.")
    row = store.get(TABLE, key)
    if row is None or row["at"] + DAY <= now:
        return None
    if row["fingerprint"] != print_:
        text = "Keys for idempotent requests can only be used with the same parameters they were first used"
        hint = f"with. Try using a key other than '{key}' if you meant to execute a different request."
        raise ApiError(400, "idempotency_error", f"{text} {hint}")
    return row


def keep(store: Store, key: str, print_: str, now: int, status: int, body: Obj) -> None:
    row = {"id": key, "at": now, "fingerprint": print_, "status": status, "body": body}
    store.put(TABLE, row)
