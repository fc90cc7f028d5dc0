"""A running Stripe sandbox, the real SDK pointed at it, and an endpoint that receives its webhooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stripe

from sandbox.stripe.testing import Handle, running_sandbox
from tests.contracts.sandbox_parts import Gifts, Receiver, client_of


@pytest.fixture
def stripe_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def stripe_sandbox() -> Iterator[Handle]:
    """Webhooks wait for `deliver_now()`. At the end nothing the sandbox sent may break the contract."""
    with running_sandbox(deliver="manual") as handle:
        yield handle
        assert [v for v in handle.violations if v.side != "request"] == []


@pytest.fixture
def stripe_client(stripe_sandbox: Handle) -> stripe.StripeClient:
    return client_of(stripe_sandbox)


@pytest.fixture
def gifts(stripe_client: stripe.StripeClient) -> Gifts:
    return Gifts(stripe_client)
