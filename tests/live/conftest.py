"""The same questions to the sandbox and, where somebody lends a test key, to Stripe itself.

STATION_TEST_STRIPE_KEY=sk_test_… is a secret test key of any account in the USA. Nothing here takes a live one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import stripe
from flask import Flask

from sandbox.stripe.testing import API_KEY, running_sandbox
from station.core import runtime
from station.payments.gateway.client import API_VERSION
from tests.conftest import STRIPE_KEY, changed

SECRET = "whsec_of_this_run"


@dataclass(frozen=True)
class Account:
    """Whom the questions go to; `client` asks past Station."""

    name: str
    client: stripe.StripeClient


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "account" in metafunc.fixturenames:
        metafunc.parametrize("account", ["sandbox", "stripe"], indirect=True)


def lent_key() -> str:
    """The key that somebody lent; the test is skipped without one, and fails with one that could move money."""
    key = os.environ.get(STRIPE_KEY, "")
    if not key:
        pytest.skip(f"Stripe itself was not reached (no {STRIPE_KEY})")
    if not key.startswith(("sk_test_", "rk_test_")):
        pytest.fail(f"{STRIPE_KEY} is no test key; nothing was asked of Stripe")
    return key


@pytest.fixture
def account(request: pytest.FixtureRequest, app: Flask) -> Iterator[Account]:
    """Station's gateway and a client, both pointed at the sandbox or at Stripe."""
    if request.param == "sandbox":
        with running_sandbox(deliver="manual") as sandbox:
            yield from _pointed("sandbox", API_KEY, sandbox.url)
            assert sandbox.violations == []
    else:
        yield from _pointed("stripe", lent_key(), "")


def _pointed(name: str, key: str, base: str) -> Iterator[Account]:
    known = runtime.settings()
    client = stripe.StripeClient(
        key, stripe_version=API_VERSION, base_addresses={"api": base} if base else {}, max_network_retries=2
    )
    with changed(known, stripe_api_key=key, stripe_api_base=base, stripe_webhook_secret=SECRET):
        yield Account(name, client)
