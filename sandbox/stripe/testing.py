"""A running sandbox for tests.

with running_sandbox(deliver="manual") as stripe_sandbox:
    client = stripe.StripeClient(stripe_sandbox.api_key, base_addresses={"api": stripe_sandbox.url})
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.stripe.app import create_sandbox
from sandbox.stripe.core.faults import Fault
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import DEFAULT_SECRET, Violation
from sandbox.stripe.flows import timers
from sandbox.stripe.pages import doing
from sandbox.stripe.scenes import Scenes
from sandbox.stripe.server import Server
from sandbox.stripe.webhooks.courier import Courier

API_KEY = "sk_test_sandbox"
WEBHOOK_SECRET = DEFAULT_SECRET


class Handle(Scenes):
    """What a test holds of a running sandbox; `Scenes` are what banks, donors and Stripe do on their own."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.sandbox)
        self._server = server
        self.courier: Courier = server.courier
        self.url = f"http://127.0.0.1:{server.port}"
        self.api_key = self.sandbox.settings.api_key or API_KEY
        self.webhook_secret = self.sandbox.settings.webhook_secret

    @property
    def requests(self) -> list[dict[str, Any]]:
        """API requests so far: method, path, params (as sent), idempotency_key, version, at."""
        return list(self.sandbox.requests)

    @property
    def violations(self) -> list[Violation]:
        """Requests, answers and events that did not fit the SDK's types."""
        return list(self.sandbox.violations)

    @property
    def ignored(self) -> list[str]:
        """Parameters that were accepted without effect."""
        return sorted(self.sandbox.ignored)

    @property
    def events(self) -> list[Obj]:
        return self.sandbox.store.all("event")

    @property
    def deliveries(self) -> list[Obj]:
        return self.courier.rows()

    def now(self) -> int:
        return self.sandbox.now()

    def get(self, identifier: str) -> Obj:
        """Any API object by its id, as it is now."""
        found = self.sandbox.store.find(identifier)
        if found is None:
            raise LookupError(identifier)
        return found

    def set_webhook(self, url: str | None, secret: str | None = None) -> None:
        self.webhook_secret = secret or self.webhook_secret
        self.sandbox.set_webhook(url, self.webhook_secret)

    def pay(
        self,
        session_id: str,
        card: str = "4242424242424242",
        email: str = "donor@example.org",
        name: str = "Test Donor",
    ) -> str | None:
        """Pay a session as a donor would; the message when the card was declined, None when it is paid."""
        return doing.pay(self.sandbox, session_id, card, email, name)

    def pay_in_page(self, session_id: str, card: str = "4242424242424242", **more: Any) -> str | None:
        """Confirm a session for elements; `email`, `name`, `authenticate=False` to fail 3-D Secure, `wallet`."""
        if self.get(session_id)["ui_mode"] != "elements":
            raise ValueError("the session has a page of its own")
        return doing.pay(self.sandbox, session_id, card, **more)

    def pay_by_bank(self, session_id: str, account: str = "000123456789", **more: Any) -> str | None:
        """Pay from a test bank account (flows/banks.py); None while the debit is pending."""
        return doing.pay_by_bank(self.sandbox, session_id, account, **more)

    def settle_debits(self, sent_back: str | None = None) -> int:
        """The bank answers all pending debits now; `sent_back="insufficient_funds"` returns them."""
        return doing.settle_debits(self.sandbox, sent_back)

    def set_wallets(self, *names: str) -> None:
        """Which wallets the donors' browsers have from now on: apple_pay, google_pay, link."""
        doing.set_wallets(self.sandbox, list(names))

    def renew(self, subscription_id: str) -> str | None:
        """Bill the next period now, without moving the clock; the invoice's id."""
        return doing.renew(self.sandbox, subscription_id)

    def decline_next(self, subscription_id: str, times: int = 1) -> None:
        doing.decline_next(self.sandbox, subscription_id, times)

    def fault(self, kind: str, **more: Any) -> Fault:
        """`kind` as in core/faults.py (API, webhook_*, script_*, element_down); `count`, `seconds`, `path`, …"""
        return self.sandbox.faults.add(kind, **more)

    def advance(self, seconds: float) -> int:
        """Move the sandbox's clock forward; how many things fell due."""
        return timers.advance(self.sandbox, seconds)

    def forget(self) -> None:
        """An account in which nothing has happened yet: no objects, requests or faults, and real time."""
        with self.sandbox.store.lock:
            self.sandbox.store.forget()
            self.sandbox.clock.offset, self.sandbox.next_due = 0.0, 0
            self.sandbox.requests.clear()
            self.sandbox.faults.clear()

    def deliver_now(self, *, delayed: bool = False) -> int:
        """Try every waiting delivery once, without pauses; how many succeeded."""
        return self.courier.deliver_now(delayed=delayed)

    def deliver_in_order(self, *event_ids: str) -> int:
        """Deliver exactly these events, one after the other; one may be named twice. All else that waits is lost.

        How many deliveries succeeded; for `deliver="manual"`.
        """
        return self.courier.play(list(event_ids))

    def wait_delivered(self, timeout: float = 5.0) -> bool:
        return self.courier.wait_delivered(timeout)

    def resend(self, event_id: str) -> None:
        self.courier.resend(event_id)


@contextmanager
def running_sandbox(
    *,
    deliver: str = "auto",
    state_path: str | Path | None = None,
    webhook_url: str | None = None,
    webhook_secret: str = WEBHOOK_SECRET,
    api_key: str | None = API_KEY,
    seed: int = 1,
    port: int = 0,
    pauses: tuple[float, ...] | None = None,
    webhook_events: tuple[str, ...] = ("*",),
) -> Iterator[Handle]:
    """Start a sandbox on a free port. With `deliver="manual"` webhooks leave only by `deliver_now()`."""
    app = create_sandbox(
        state_path, webhook_url, webhook_secret, api_key, deliver=deliver, seed=seed, webhook_events=webhook_events
    )
    server = Server(app, "127.0.0.1", port)
    server.sandbox.settings.public_url = f"http://127.0.0.1:{server.port}"
    if pauses is not None:
        server.courier.pauses = pauses
    server.start()
    try:
        yield Handle(server)
    finally:
        server.stop()
