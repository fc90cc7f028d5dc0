"""A donor at the form, and the money that follows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.testing import Handle
from station.core.db import db
from station.core.ids import public_id
from station.giving.models import Gift, Pledge
from tests.giving.keeping import Giver

FACTS = {
    "frequency": "month",
    "amount": "5",
    "other_amount": "",
    "station": "news",
    "given_name": "Maria",
    "family_name": "Peña",
    "email": "maria@example.org",
    "source": "",
}


def attempt_of(page: str) -> str:
    """The attempt token that a page carries."""
    found = re.search(r'name="attempt"[^>]*value="([^"]+)"', page)
    assert found, "the page has no attempt token"
    return found[1]


class Donor:
    """Someone with a browser in front of the form."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, link: str = "/give") -> dict[str, str]:
        """Open the form; the facts that sending it would send."""
        page = self.client.get(link)
        assert page.status_code == 200
        return {**FACTS, "attempt": attempt_of(page.text)}

    def send(self, facts: dict[str, str], **headers: str) -> Any:
        return self.client.post("/give", data=facts, headers={"Sec-Fetch-Site": "same-origin", **headers})

    def pledge(self, **changes: str) -> Any:
        """Open the form, fill it in, send it."""
        return self.send({**self.open(), **changes})


@pytest.fixture
def donor(client: FlaskClient) -> Donor:
    return Donor(client)


def pledges() -> list[Pledge]:
    return list(db.session().scalars(sa.select(Pledge).order_by(Pledge.created_at)))


def gifts() -> list[Gift]:
    return list(db.session().scalars(sa.select(Gift).order_by(Gift.created_at)))


def thanks_page(pledge_id: UUID) -> str:
    return f"/thanks/{public_id('pledge', pledge_id)}"


@pytest.fixture
def pay(stripe_sandbox: Handle, outbox: Callable[[], int]) -> Callable[..., str | None]:
    """Pay a checkout page as a donor would, and let the news of it arrive: pay(url) or pay(url, card=…)."""

    def paid(url: str, **more: str) -> str | None:
        session = re.search(r"cs_\w+", url)
        assert session, url
        declined = stripe_sandbox.pay(session[0], **more)
        stripe_sandbox.deliver_now(delayed=True)
        outbox()
        return declined

    return paid


@pytest.fixture
def giver(stripe_sandbox: Handle, outbox: Callable[[], int], later: Callable[..., None], mailbox: Mailbox) -> Giver:
    """A monthly donor with a mailbox."""
    return Giver(stripe_sandbox, outbox, later, mailbox)
