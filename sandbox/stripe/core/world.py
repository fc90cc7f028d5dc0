"""One sandbox: its state, clock, faults and settings, and the unit of work in which things happen."""

from __future__ import annotations

import copy
import random
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sandbox.stripe.contract import check_event, sdk
from sandbox.stripe.core.clock import Clock
from sandbox.stripe.core.faults import Faults
from sandbox.stripe.core.permissions import Permissions
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.store import Store

DEFAULT_ENDPOINT = "we_sandboxDefaultEndpoint001"
DEFAULT_SECRET = "whsec_sandbox"


@dataclass
class Settings:
    public_url: str = "http://127.0.0.1:8420"
    api_key: str | None = None
    webhook_url: str | None = None
    webhook_secret: str = DEFAULT_SECRET
    webhook_events: tuple[str, ...] = ("*",)
    deliver: str = "auto"
    seed: int = 1
    account: str = "acct_1Sandbox00000000"


@dataclass(frozen=True)
class Origin:
    """The request an event comes from: docs.stripe.com/api/events/object#event_object-request."""

    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Violation:
    """Something that does not fit the contract: a caller's request, or the sandbox's own answer or event."""

    side: str
    where: str
    problems: tuple[str, ...]


class Carrier(Protocol):
    def enqueue(self, events: list[Obj]) -> None: ...

    def wake(self) -> None: ...


@dataclass
class _Pending:
    origin: Origin
    events: list[tuple[str, Obj, Obj | None, int]] = field(default_factory=list)


class Sandbox:
    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        self.settings = settings
        self.store = Store(path)
        meta = self.store.get("_meta", "clock")
        self.clock = Clock(float(meta["offset"]) if meta else 0.0)
        self.faults = Faults()
        self.permissions = Permissions()
        self.random = random.Random(settings.seed)  # noqa: S311  (repeatable disorder, no secret)
        self.requests: deque[dict[str, Any]] = deque(maxlen=5000)
        self.violations: list[Violation] = []
        self.ignored: set[str] = set()
        self.carrier: Carrier | None = None
        self.stopping = threading.Event()
        self.next_due = 0
        self._pending: _Pending | None = None
        self.set_webhook(settings.webhook_url, settings.webhook_secret)

    def now(self) -> int:
        return self.clock.now()

    def set_webhook(self, url: str | None, secret: str) -> None:
        """The endpoint given at start; others can be made through the API."""
        with self.store.transaction():
            if url is None:
                self.store.drop("webhook_endpoint", DEFAULT_ENDPOINT)
                return
            fresh = make(
                "webhook_endpoint",
                self.now(),
                url=url,
                status="enabled",
                enabled_events=list(self.settings.webhook_events),
                api_version=sdk.API_VERSION,
                id=DEFAULT_ENDPOINT,
            )
            self.store.save(fresh)
            self.store.put("_secret", {"id": DEFAULT_ENDPOINT, "secret": secret})

    def keep_clock(self) -> None:
        self.store.put("_meta", {"id": "clock", "offset": self.clock.offset})

    @contextmanager
    def action(self, origin: Origin = Origin()) -> Iterator[None]:
        """One thing that happens: its writes are kept together and its events leave together."""
        with self.store.transaction():
            if self._pending is not None:
                yield
                return
            self._pending = _Pending(origin)
            try:
                yield
                self._publish(self._pending)
            finally:
                self._pending = None
        if self.carrier is not None:
            self.carrier.wake()

    def emit(self, kind: str, value: Obj, previous: Obj | None = None) -> None:
        """Announce a change with a snapshot of the object as it is now: docs.stripe.com/api/events."""
        assert self._pending is not None, "emit() belongs inside an action()"
        self._pending.events.append((kind, copy.deepcopy(value), previous, self.now()))

    def _publish(self, pending: _Pending) -> None:
        request = {"id": pending.origin.request_id, "idempotency_key": pending.origin.idempotency_key}
        events = []
        for kind, value, previous, at in pending.events:
            data: Obj = {"object": value} if previous is None else {"object": value, "previous_attributes": previous}
            event = make("event", at, type=kind, api_version=sdk.API_VERSION, data=data, request=request)
            self.violated("event", kind, [str(problem) for problem in check_event(event)])
            events.append(self.store.save(event))
        if self.carrier is not None and events:
            self.carrier.enqueue(events)

    def violated(self, side: str, where: str, problems: list[str]) -> None:
        if problems:
            self.violations.append(Violation(side, where, tuple(problems)))

    # Things that fall due ---------------------------------------------------------------------------------

    def due_at(self, kind: str, identifier: str, at: int | None) -> None:
        """Have `kind` happen to an object at an instant; None takes it off the list."""
        key = f"{kind}:{identifier}"
        if at is None:
            self.store.drop("_due", key)
        else:
            self.store.put("_due", {"id": key, "kind": kind, "object": identifier, "at": at})
            self.next_due = min(self.next_due, at)

    def get(self, table: str, identifier: str) -> Obj:
        found = self.store.get(table, identifier)
        if found is None:
            raise LookupError(f"{table} {identifier}")
        return found
