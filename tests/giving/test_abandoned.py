"""Checkouts that were opened for visitors who then went away: they cost Stripe nothing and leave nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.db import db
from station.core.events import Event
from station.giving.services import forget_drafts
from station.payments import queries
from station.payments.models import GatewayCall, Payment, PaymentState, StripeEvent, Subscription
from station.payments.queries import PaymentFilter
from station.payments.services import check_open_payments
from tests.giving.conftest import Donor, gifts, pledges
from tests.giving.test_in_page import Page, books_are_in_order

Outbox = Callable[[], int]
Later = Callable[..., None]


@pytest.fixture
def visitors(donor: Donor, stripe_sandbox: Handle) -> list[Page]:
    pages = [Page(donor, stripe_sandbox) for _ in range(3)]
    for number, page in enumerate(pages):
        assert page.open(frequency="month" if number else "once").status_code == 200
    return pages


def states() -> set[PaymentState]:
    db.session.rollback()
    return set(db.session().scalars(sa.select(Payment.state)))


def check_for(hours: float, later: Later, stripe: Handle) -> int:
    """Run the check every ten minutes; how often Stripe was asked."""
    before = len(stripe.requests)
    for _ in range(int(hours * 6)):
        later(minutes=10)
        stripe.advance(600)
        check_open_payments()
    return len(stripe.requests) - before


def test_stripe_is_asked_once_about_each_and_only_when_its_event_was_lost(
    visitors: list[Page], stripe_sandbox: Handle, later: Later
) -> None:
    assert check_for(24.5, later, stripe_sandbox) == 0
    assert states() == {PaymentState.AWAITING_DONOR}
    assert check_for(2, later, stripe_sandbox) == 3
    assert states() == {PaymentState.EXPIRED}


def test_they_expire_by_stripes_event(
    visitors: list[Page], stripe_sandbox: Handle, later: Later, outbox: Outbox
) -> None:
    later(hours=25)
    stripe_sandbox.advance(25 * 3600)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert states() == {PaymentState.EXPIRED}
    assert "giving.pledge.expired" not in set(db.session().scalars(sa.select(Event.name)))
    assert check_for(3, later, stripe_sandbox) == 0
    books_are_in_order()


def test_a_donor_who_pressed_the_button_is_asked_about_soon(
    visitors: list[Page], stripe_sandbox: Handle, later: Later
) -> None:
    visitors[0].confirm(visitors[0].send().json["client_secret"])  # and every event is lost
    assert 0 < check_for(0.5, later, stripe_sandbox) <= 3
    assert len(gifts()) == 1


def test_money_paid_past_our_page_is_found_though_its_event_was_lost(
    visitors: list[Page], stripe_sandbox: Handle, later: Later
) -> None:
    secret = visitors[0].open().json["client_secret"]
    stripe_sandbox.pay(secret.partition("_secret_")[0], email="someone@example.org", name="Some One")
    check_for(26, later, stripe_sandbox)
    assert [p.email for p in pledges() if p.email] == ["someone@example.org"]
    assert len(gifts()) == 1


def test_the_desk_lists_payments_of_those_who_said_that_they_pay(visitors: list[Page]) -> None:
    assert queries.payments_page(PaymentFilter(), 1).rows == []
    visitors[0].send()
    assert len(queries.payments_page(PaymentFilter(), 1).rows) == 1
    assert len(queries.payments_page(PaymentFilter(state=PaymentState.AWAITING_DONOR), 1).rows) == 1


def test_after_thirty_days_nothing_is_left_of_them(
    visitors: list[Page], stripe_sandbox: Handle, later: Later, outbox: Outbox
) -> None:
    visitors[0].send()
    later(hours=25)
    stripe_sandbox.advance(25 * 3600)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert forget_drafts() == 0
    later(days=30)
    assert forget_drafts() == 2
    assert [p.email for p in pledges()] == ["maria@example.org"]
    left = pledges()[0].payment_id
    assert db.session().scalars(sa.select(Payment.id)).all() == [left]
    assert set(db.session().scalars(sa.select(GatewayCall.payment_id))) == {left}
    assert set(db.session().scalars(sa.select(StripeEvent.payment_id))) <= {left, None}
    assert db.session().scalars(sa.select(Subscription.id)).all() == []
    assert forget_drafts() == 0
    books_are_in_order()


def test_a_draft_that_may_still_be_paid_or_was_is_never_forgotten(
    visitors: list[Page], stripe_sandbox: Handle, later: Later, outbox: Outbox
) -> None:
    secret = visitors[0].open().json["client_secret"]
    stripe_sandbox.pay(secret.partition("_secret_")[0], email="someone@example.org", name="Some One")
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    later(days=31)
    assert forget_drafts() == 0  # one is paid, and of the others nobody knows yet
    assert len(pledges()) == 3
    assert {p.created_at < clock.now() - timedelta(days=30) for p in pledges()} == {True}
