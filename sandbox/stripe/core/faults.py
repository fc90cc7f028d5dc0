"""Faults on demand, for the API, for webhooks and for what runs in the browser.

docs.stripe.com/error-low-level (timeouts, 409, 429, 5xx and what a client may assume after each) and
docs.stripe.com/webhooks (at least once, in no order, sometimes late) describe what a client must survive.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any

API_FAULTS = {
    "error_before": "answers 500 and does nothing",
    "error_after": "does the work, then answers 500",
    "rate_limit": "answers 429 and does nothing",
    "hang": "does the work, then waits `seconds` before answering",
    "cut": "does the work, then closes the connection without an answer",
}
WEBHOOK_FAULTS = {
    "webhook_duplicate": "the same event is delivered twice",
    "webhook_drop": "the event is never delivered on its own",
    "webhook_delay": "the first delivery waits `seconds`",
    "webhook_reorder": "the event is held until a later one has been delivered",
}
BROWSER_FAULTS = {
    "script_slow": "Stripe.js arrives after `seconds`",
    "script_down": "Stripe.js answers 503",
    "element_down": "the frame of an element answers 503",
}
KNOWN = {**API_FAULTS, **WEBHOOK_FAULTS, **BROWSER_FAULTS}


@dataclass
class Fault:
    """The next `count` matching requests or deliveries meet it; `path` and `type` narrow by prefix."""

    kind: str
    count: int = 1
    seconds: float = 0.0
    method: str = ""
    path: str = ""
    type: str = ""


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, kind: str, **more: Any) -> Fault:
        if kind not in KNOWN:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KNOWN)}")
        fault = Fault(kind, **more)
        if not 1 <= fault.count <= 10_000 or not 0 <= fault.seconds <= 86_400 * 30:
            raise ValueError("count is 1 to 10000, seconds 0 to 30 days")
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def for_request(self, method: str, path: str) -> Fault | None:
        def wanted(fault: Fault) -> bool:
            fits = not fault.method or fault.method.lower() == method.lower()
            return fault.kind in API_FAULTS and fits and path.startswith(fault.path)

        return self._take(wanted)

    def for_delivery(self, event_type: str) -> Fault | None:
        return self._take(lambda fault: fault.kind in WEBHOOK_FAULTS and event_type.startswith(fault.type))

    def for_browser(self, part: str) -> Fault | None:
        """`part` is script or element."""
        return self._take(lambda fault: fault.kind in BROWSER_FAULTS and fault.kind.startswith(part))

    def _take(self, wanted: Any) -> Fault | None:
        with self._lock:
            for fault in self._waiting:
                if wanted(fault):
                    fault.count -= 1
                    if fault.count == 0:
                        self._waiting.remove(fault)
                    return fault
        return None
