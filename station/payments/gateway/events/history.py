"""Events as Stripe keeps them for thirty days (docs.stripe.com/api/events/list)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from station.payments.gateway.client import _plain, _v1
from station.payments.gateway.errors import translated
from station.payments.gateway.webhook import SignedEvent, read

PAGE = 100
TYPES = 20  # as many may be named in one question


def events_between(
    since: datetime, until: datetime, types: Sequence[str], *, undelivered: bool = False
) -> list[SignedEvent]:
    """Events of these types made in a span of time, oldest first; with `undelivered` only those that no endpoint of
    ours has taken (docs.stripe.com/webhooks/process-undelivered-events).

    They come over our own connection to Stripe, which proves what a signature does for a webhook.
    """
    span = {"created": {"gte": int(since.timestamp()), "lte": int(until.timestamp())}, "limit": PAGE}
    found: list[SignedEvent] = []
    for start in range(0, len(types), TYPES):
        params: dict[str, Any] = {**span, "types": list(types[start : start + TYPES])}
        if undelivered:
            params["delivery_success"] = False
        with translated():
            rows = [_plain(event) for event in _v1().events.list(params).auto_paging_iter()]
        found += [read(json.dumps(row, default=str).encode()) for row in rows]
    return sorted(found, key=lambda event: event.made_at)
