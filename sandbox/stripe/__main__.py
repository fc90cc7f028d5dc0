"""`python -m sandbox.stripe`: the stand-in for Stripe that `make run` starts."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from sandbox.stripe.app import create_sandbox
from sandbox.stripe.server import Server


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.stripe", description="A local stand-in for Stripe.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8420)
    parser.add_argument("--state", default=None, help="file that keeps the state over restarts")
    parser.add_argument("--webhook-url", default=None, help="where events are posted (http, loopback)")
    parser.add_argument("--webhook-secret", default="whsec_sandbox")
    parser.add_argument("--webhook-events", default="*", help="types to post, by commas (default: every one)")
    parser.add_argument("--api-key", default=None, help="the one key to accept (default: any sk_test_… key)")
    parser.add_argument("--public-url", default=None, help="the sandbox's own address as browsers see it")
    parser.add_argument("--seed", type=int, default=1, help="seed of the disorder in webhook deliveries")
    return parser.parse_args()


def main() -> int:
    given = _arguments()
    public_url = given.public_url or f"http://{given.host}:{given.port}"
    app = create_sandbox(
        given.state,
        given.webhook_url,
        given.webhook_secret,
        given.api_key,
        public_url,
        seed=given.seed,
        webhook_events=tuple(given.webhook_events.split(",")),
    )
    server = Server(app, given.host, given.port)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    server.start()
    sys.stdout.write(f"Stripe sandbox on {public_url} (no real money)\n")
    sys.stdout.flush()
    done.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
