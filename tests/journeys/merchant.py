"""A merchant of the tests' own: a page with Stripe's elements on a port of its own, under a strict policy."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe

from sandbox.stripe.testing import Handle

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A merchant</title></head><body>
<h1>Give</h1><main><div id="express"></div><div id="payment"></div>
<p><button id="pay" type="button" disabled>Donate</button></p>
<p id="amount" role="status"></p><p id="result"></p></main>
<script src="{sandbox}/endive/stripe.js"></script><script src="/merchant.js"></script></body></html>"""
SCRIPT = """
const log = [];
const options = JSON.parse(sessionStorage.getItem('options') ?? '{}');
const result = (value) => { document.getElementById('result').textContent = JSON.stringify(value); };
const amount = (session) => { document.getElementById('amount').textContent = session.total.total.amount; };
const secret = fetch('/secret').then((answer) => answer.text());
async function start() {
  const stripe = Stripe('pk_test_merchant');
  const checkout = stripe.initCheckoutElementsSdk({clientSecret: secret, elementsOptions: options.elements});
  const payment = checkout.createPaymentElement(options.payment);
  const express = checkout.createExpressCheckoutElement();
  for (const type of ['ready', 'change', 'focus', 'blur', 'loaderror']) {
    payment.on(type, (event) => log.push([type, event]));
    express.on(type, (event) => log.push([type, event]));
  }
  checkout.on('change', (session) => { log.push(['session', session]); amount(session); });
  payment.mount('#payment');
  express.mount(document.getElementById('express'));
  const loaded = await checkout.loadActions();
  if (loaded.type === 'error') { result(loaded); return; }
  const {actions} = loaded;
  amount(actions.getSession());
  const pay = async (more) => result(await actions.confirm({redirect: 'if_required', ...options.confirm, ...more}));
  express.on('confirm', async (event) => {
    log.push(['wallet', {type: event.expressPaymentType, who: event.billingDetails}]);
    await pay({expressCheckoutConfirmEvent: event});
  });
  express.on('cancel', () => log.push(['cancel']));
  document.getElementById('pay').addEventListener('click', () => pay());
  Object.assign(window, {actions, checkout, payment, log});
  document.getElementById('pay').disabled = false;
}
if (window.Stripe) start(); else result('no script');
"""


class Merchant:
    """`url` is its page; `session` the one it offers, changed by POST /update to `new_amount` cents.

    It brings the client secret after `pause` seconds.
    """

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.client = stripe.StripeClient(handle.api_key, base_addresses={"api": handle.url})
        self.session: Any = None
        self.new_amount = 0
        self.pause = 0.0
        merchant = self

        class Site(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply(merchant.answer(self.path.partition("?")[0]))

            def do_POST(self) -> None:
                merchant.change(merchant.new_amount)
                self.reply(("text/plain", "done"))

            def reply(self, answer: tuple[str, str]) -> None:
                body = answer[1].encode()
                self.send_response(200)
                self.send_header("Content-Type", answer[0])
                self.send_header("Content-Length", str(len(body)))
                sandbox = merchant.handle.url
                policy = f"default-src 'self'; script-src 'self' {sandbox}; connect-src 'self' {sandbox};"
                self.send_header("Content-Security-Policy", f"{policy} frame-src {sandbox}; base-uri 'none'")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str) -> tuple[str, str]:
        time.sleep(self.pause if path == "/secret" else 0)
        pages = {
            "/": ("text/html", PAGE.format(sandbox=self.handle.url)),
            "/merchant.js": ("text/javascript", SCRIPT),
            "/secret": ("text/plain", self.session.client_secret),
        }
        return pages.get(path, ("text/html", "<!doctype html><title>Thanks</title><h1>Thank you</h1>"))

    def lines(self, cents: int, monthly: bool = False) -> list[Any]:
        price: dict[str, Any] = {"currency": "usd", "unit_amount": cents, "product_data": {"name": "A gift"}}
        if monthly:
            price["recurring"] = {"interval": "month"}
        return [{"quantity": 1, "price_data": price}]

    def offer(self, cents: int = 2500, monthly: bool = False, **more: Any) -> Any:
        """Open a session for the page."""
        given: dict[str, Any] = {
            "mode": "subscription" if monthly else "payment",
            "ui_mode": "elements",
            "line_items": self.lines(cents, monthly),
            "return_url": f"{self.url}/thanks?session={{CHECKOUT_SESSION_ID}}",
            **more,
        }
        given = {name: value for name, value in given.items() if value is not None}
        self.session = self.client.v1.checkout.sessions.create(given)  # type: ignore[arg-type]  # a plain dict
        return self.session

    def change(self, cents: int) -> None:
        self.client.v1.checkout.sessions.update(self.session.id, {"line_items": self.lines(cents)})

    def state(self) -> tuple[str, str]:
        now = self.handle.get(self.session.id)
        return now["status"], now["payment_status"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
