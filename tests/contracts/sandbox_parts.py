"""What the sandbox's tests share: the SDK pointed at a sandbox, sessions to pay, a webhook endpoint."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe

from sandbox.stripe.testing import WEBHOOK_SECRET, Handle


class Receiver:
    """Answers with the statuses in `answers`, then 200; keeps what came with a valid signature."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.bodies: list[tuple[bytes, str]] = []
        self.answers: list[int] = []
        receiver = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signature = self.headers["Stripe-Signature"]
                event = stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)
                status = receiver.answers.pop(0) if receiver.answers else 200
                if status == 200:
                    receiver.bodies.append((body, signature))
                    receiver.events.append(event)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks/stripe"

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def client_of(handle: Handle, **options: Any) -> stripe.StripeClient:
    options.setdefault("max_network_retries", 0)
    return stripe.StripeClient(handle.api_key, base_addresses={"api": handle.url}, **options)


class Gifts:
    """Makes Checkout Sessions the way the product does."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self.client = client

    @staticmethod
    def params(cents: int = 2500, monthly: bool = False, **more: Any) -> dict[str, Any]:
        price: dict[str, Any] = {"currency": "usd", "unit_amount": cents, "product_data": {"name": "A gift"}}
        if monthly:
            price["recurring"] = {"interval": "month"}
        return {
            "mode": "subscription" if monthly else "payment",
            "ui_mode": "hosted_page",
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": "http://127.0.0.1:8400/thanks?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:8400/give",
            **more,
        }

    def once(self, cents: int = 2500, **more: Any) -> Any:
        return self.client.v1.checkout.sessions.create(self.params(cents, **more))

    def monthly(self, cents: int = 1500, **more: Any) -> Any:
        return self.client.v1.checkout.sessions.create(self.params(cents, True, **more))

    def look(self, session: Any, *expand: str) -> Any:
        return self.client.v1.checkout.sessions.retrieve(session.id, {"expand": list(expand)})

    def in_page(self, cents: int = 2500, monthly: bool = False, **more: Any) -> Any:
        """A session for elements in the merchant's page."""
        given = self.params(cents, monthly, ui_mode="elements", **more)
        given.pop("success_url")
        given.pop("cancel_url")
        given.setdefault("return_url", "http://127.0.0.1:8400/thanks?session={CHECKOUT_SESSION_ID}")
        return self.client.v1.checkout.sessions.create(given)

    def saving(self, ui_mode: str = "elements", **more: Any) -> Any:
        """A session that saves a payment method for later."""
        address = "return_url" if ui_mode == "elements" else "success_url"
        given = {"mode": "setup", "ui_mode": ui_mode, "currency": "usd", address: "http://127.0.0.1:8400/saved"}
        return self.client.v1.checkout.sessions.create({**given, **more})
