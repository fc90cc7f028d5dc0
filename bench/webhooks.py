"""How many events of Stripe the house takes in: verified, stored with their jobs, committed, answered.

Measured on the processes that run live (gunicorn as `station web` starts it, PostgreSQL with every commit on disk),
with the poster on the same cores. The baseline is a bare Flask route on the same server that only verifies.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from statistics import median
from typing import Any

import stripe

from bench.plant import Plant, missing, parts, plant
from bench.registry import Result, measure
from sandbox.mailbox.testing import free_port
from sandbox.stripe.testing import running_sandbox
from station.payments.policies import HOOK
from station.web.commands import processes

ROUNDS, EVENTS, POSTERS = 7, 800, 8
LEAST_RATE, LEAST_RATIO = 300, 0.15
BARE = "bare"


@measure("webhooks")
def webhooks() -> list[Result]:
    """Events a second, CPU an event, and both beside the bare route."""
    if lacking := missing():
        sys.stdout.write(f"webhooks: not measured, because this machine lacks {lacking}.\n")
        return []
    sample, numbers = _sample(), count(1)
    with plant() as house:
        house.environ["STRIPE_WEBHOOK_SECRET"] = house.settings.stripe_webhook_secret
        ports = {"web": house.settings.port, BARE: free_port()}
        web = processes.web(house.settings)
        house.start(web, ports["web"])
        swap = {"wsgi:app": "bench.bare:app", f"{house.settings.host}:{ports['web']}": f"127.0.0.1:{ports[BARE]}"}
        bare = replace(web, name=BARE, arguments=[swap.get(word, word) for word in web.arguments])
        house.start(bare, ports[BARE])
        rounds: dict[str, list[Round]] = {"web": [], BARE: []}
        for number in range(-1, ROUNDS):  # the first one only warms up
            for name in ("web", BARE) if number % 2 else (BARE, "web"):
                taken = _round(house, name, ports[name], [_signed(sample, next(numbers)) for _ in range(EVENTS)])
                if number >= 0:
                    rounds[name].append(taken)
    return _told(rounds)


def _told(rounds: dict[str, list[Round]]) -> list[Result]:
    ours, bare = rounds["web"], rounds[BARE]
    rates, plain = [each.rate for each in ours], median(each.rate for each in bare)
    costs, cheap = [each.web for each in ours], median(each.web for each in bare)
    ratios = [mine.rate / theirs.rate for mine, theirs in zip(ours, bare, strict=True)]
    shares = [theirs.web / mine.web for mine, theirs in zip(ours, bare, strict=True)]
    stores = [each.database for each in ours]
    return [
        Result(
            "webhook, events accepted",
            round(median(rates), 1),
            "a second",
            round(plain, 1),
            round(median(ratios), 3),
            f"{min(rates):.0f} to {max(rates):.0f}; ratio {min(ratios):.2f} to {max(ratios):.2f}",
            f">= {LEAST_RATE}, ratio >= {LEAST_RATIO}",
            median(rates) >= LEAST_RATE and median(ratios) >= LEAST_RATIO,
        ),
        Result(
            "webhook, CPU of the web processes",
            round(median(costs), 2),
            "ms an event",
            round(cheap, 2),
            round(median(shares), 3),
            f"{min(costs):.2f} to {max(costs):.2f} ms",
        ),
        Result(
            "webhook, CPU of PostgreSQL",
            round(median(stores), 2),
            "ms an event",
            spread=f"{min(stores):.2f} to {max(stores):.2f} ms",
        ),
    ]


@dataclass(frozen=True)
class Round:
    """Events a second, and CPU milliseconds an event of the web processes and of PostgreSQL."""

    rate: float
    web: float
    database: float


def _round(house: Plant, name: str, port: int, requests: Sequence[bytes]) -> Round:
    """Post these over a few connections that stay open."""
    before, began = house.cpu(), time.monotonic()
    with ThreadPoolExecutor(POSTERS) as pool:
        list(pool.map(lambda at: _post(port, requests[at::POSTERS]), range(POSTERS)))
    lasted = time.monotonic() - began
    spent = parts(before, house.cpu(), len(requests))
    return Round(len(requests) / lasted, spent[name], spent["postgres"])


def _post(port: int, requests: Sequence[bytes]) -> None:
    """Raises RuntimeError for any answer but a 200."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
        connection.makefile("rb") as answers,
    ):
        for request in requests:
            connection.sendall(request)
            status, length = answers.readline(), 0
            while (line := answers.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line[15:])
            body = answers.read(length)
            if not status.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{status!r} {body[:300]!r}")


def _sample() -> dict[str, Any]:
    """A checkout.session.completed as Stripe would send it, of the usual size."""
    with running_sandbox(deliver="manual") as sandbox:
        sessions = stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.url}).v1.checkout.sessions
        price: Any = {"currency": "usd", "unit_amount": 1500, "product_data": {"name": "Gift to News"}}
        made = sessions.create(
            {
                "mode": "payment",
                "ui_mode": "hosted_page",
                "success_url": "https://example.org/thanks",
                "line_items": [{"quantity": 1, "price_data": price}],
            }
        )
        sandbox.pay(made.id)
        return next(event for event in sandbox.events if event["type"] == "checkout.session.completed")


def _signed(sample: dict[str, Any], number: int) -> bytes:
    """A whole request with an event of its own, signed just now with the demo secret."""
    body = json.dumps({**sample, "id": f"evt_bench{number:012d}"}, indent=2)
    secret = processes.Settings.from_env({}).stripe_webhook_secret
    signature = stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()))
    raw = body.encode()
    return (
        f"POST {HOOK} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nStripe-Signature: {signature}\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n"
    ).encode() + raw
