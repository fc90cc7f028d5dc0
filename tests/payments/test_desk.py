"""The desk's pages of payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from station.accounts.models import Role
from station.core.ids import public_id
from station.payments.services import start_checkout
from tests.payments.parts import PAGE, opened, renewals_of, session_of, stripe_id

Desk = Callable[..., FlaskClient]


def test_one_payments_story(house: Any, stripe_sandbox: Any, outbox: Callable[[], int], desk: Desk) -> None:
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    stripe_sandbox.pay(session_of(payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    stripe_sandbox.renew(stripe_id(payment_id))
    stripe_sandbox.deliver_now()
    outbox()
    page = desk(Role.DEVELOPMENT).get(f"/desk/payments/{public_id('pay', payment_id)}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for words in (
        "Payment of $15.00",
        "Visa ending 4242",
        "$0.74",
        "-$15.00",
        "checkout.session.completed",
        f"checkout:{payment_id}:1",
        "Settled $15.00",
        public_id("pay", renewals_of(payment_id)[0].id),
    ):
        assert words in text, words
    assert "whsec" not in text


@pytest.mark.parametrize("role", [Role.DEVELOPMENT, Role.AUDITOR, Role.ADMIN])
def test_the_list_by_state(role: Role, house: Any, desk: Desk) -> None:
    asked = public_id("pay", opened(house))
    person = desk(role)
    for query, there in (
        ("", True),
        ("?state=created", True),
        ("?state=settled", False),
        ("?state=no", True),
        ("?page=0", True),
        ("?page=x", True),
        ("?page=2", False),
    ):
        page = person.get(f"/desk/payments{query}")
        assert page.status_code == 200
        assert (asked in page.get_data(as_text=True)) is there, query


@pytest.mark.parametrize("role", [Role.NEWS, Role.VOLUNTEER, Role.UNDERWRITING])
def test_others_do_not_see_payments(role: Role, house: Any, desk: Desk) -> None:
    assert desk(role).get(f"/desk/payments/{public_id('pay', opened(house))}").status_code == 403


@pytest.mark.parametrize("name", ["pay_x", "gift_01h00000000000000000000000", "pay_01h00000000000000000000000", "1"])
def test_an_unknown_payment_is_not_found(name: str, desk: Desk) -> None:
    assert desk(Role.DEVELOPMENT).get(f"/desk/payments/{name}").status_code == 404


def test_the_list_has_pages(house: Any, desk: Desk) -> None:
    for _ in range(51):
        opened(house)
    person = desk(Role.DEVELOPMENT)
    first = person.get("/desk/payments").get_data(as_text=True)
    assert ("Next page" in first, "Previous page" in first) == (True, False)
    second = person.get("/desk/payments?page=2").get_data(as_text=True)
    assert ("Next page" in second, "Previous page" in second) == (False, True)
