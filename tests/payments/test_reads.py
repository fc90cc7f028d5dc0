"""How often Stripe is asked: at most twice a pledge or renewal, whatever order its events come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.db import db
from station.payments import gateway, queries
from station.payments.models import EventState, PaymentState, StripeEvent
from station.payments.services import apply_event, check_open_payments, start_checkout
from tests.payments.parts import (
    PAGE,
    books_hold,
    ledger_of,
    opened,
    outcomes,
    renewals_of,
    row_of,
    session_of,
    standing_state,
    state_of,
    stripe_id,
    work_items,
)
from tests.payments.test_any_order import stored
from tests.payments.test_journeys import SETTLED

Outbox = Callable[[], int]
Later = Callable[..., None]


def reads(sandbox: Handle) -> int:
    """Questions so far. Opening a page is the one other call there is."""
    return sum(request["method"] == "GET" for request in sandbox.requests)


def waiting() -> list[str]:
    db.session.rollback()
    return [event.id for event in queries.waiting_events(clock.now(), 100)]


def orders(events: Sequence[str]) -> Iterator[list[str]]:
    """Every order, and every order with each event handed over twice."""
    for order in permutations(events):
        yield list(order)
        yield [event for event in order for _ in range(2)]


def paid(house: Any, sandbox: Handle, monthly: bool) -> UUID:
    """A payment that is made at Stripe; its events are received and wait."""
    payment_id = opened(house, monthly)
    start_checkout(payment_id, PAGE)
    sandbox.pay(session_of(payment_id))
    sandbox.deliver_now()
    return payment_id


def numbers(many: int, monthly: bool) -> Iterator[int]:
    """How many orders of so many events there are to try."""
    return iter(range(len(list(orders([str(n) for n in range(many)])))))


@pytest.mark.parametrize(("monthly", "events", "most"), [(False, 2, 1), (True, 3, 2)])
def test_a_pledge(house: Any, stripe_sandbox: Handle, monthly: bool, events: int, most: int) -> None:
    for number in numbers(events, monthly):
        payment_id, before = paid(house, stripe_sandbox, monthly), reads(stripe_sandbox)
        came = waiting()
        assert len(came) == events
        for event_id in list(orders(came))[number]:
            apply_event(event_id)
        assert (reads(stripe_sandbox) - before, ledger_of(payment_id)) == (most, SETTLED)
        assert waiting() == []
    books_hold()


def test_a_renewal(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = paid(house, stripe_sandbox, monthly=True)
    for event_id in waiting():
        apply_event(event_id)
    for number in numbers(3, monthly=True):
        stripe_sandbox.renew(stripe_id(payment_id))
        stripe_sandbox.deliver_now()
        before, came = reads(stripe_sandbox), waiting()
        assert len(came) == 3
        for event_id in list(orders(came))[number]:
            apply_event(event_id)
        renewal = renewals_of(payment_id)[-1]
        assert (reads(stripe_sandbox) - before, ledger_of(renewal.id)) == (2, SETTLED)
        assert (waiting(), len(renewals_of(payment_id))) == ([], number + 1)
    books_hold()


def test_a_declined_renewal_that_recovers(house: Any, stripe_sandbox: Handle) -> None:
    """A refusal may be asked about twice, as its invoice and its subscription both tell of it; then a renewal."""
    payment_id = paid(house, stripe_sandbox, monthly=True)
    for event_id in waiting():
        apply_event(event_id)
    before = reads(stripe_sandbox)
    stripe_sandbox.decline_next(stripe_id(payment_id))
    stripe_sandbox.renew(stripe_id(payment_id))
    for _ in range(2):
        stripe_sandbox.deliver_now()
        for event_id in waiting():
            apply_event(event_id)
        stripe_sandbox.advance(4 * 86_400)
    assert [r.state for r in renewals_of(payment_id)] == [PaymentState.SETTLED]
    assert standing_state(payment_id).value == "active"
    assert reads(stripe_sandbox) - before <= 6
    books_hold()


def test_a_fee_that_comes_late_costs_one_more(house: Any, stripe_sandbox: Handle) -> None:
    payment_id, before = paid(house, stripe_sandbox, monthly=False), reads(stripe_sandbox)
    charge = next(c for c in stripe_sandbox.sandbox.store.all("charge") if c["paid"])
    stripe_sandbox.sandbox.store.save({**charge, "balance_transaction": None})
    late, session = sorted(waiting(), key=lambda event_id: db.session().get_one(StripeEvent, event_id).type)
    apply_event(session)
    assert (row_of(payment_id).balance_transaction, reads(stripe_sandbox) - before) == (None, 1)
    stripe_sandbox.sandbox.store.save(charge)
    apply_event(late)
    assert (ledger_of(payment_id), reads(stripe_sandbox) - before) == (SETTLED, 2)
    assert outcomes()["charge.updated"] == "applied"


def test_a_first_invoice_whose_session_is_lost_is_found_by_the_check(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    stripe_sandbox.fault("webhook_drop", type="checkout.session.completed")
    payment_id = paid(house, stripe_sandbox, monthly=True)
    outbox()
    assert (state_of(payment_id), outcomes()["invoice.paid"]) == (PaymentState.AWAITING_DONOR, "stale")
    later(minutes=11)
    check_open_payments()
    assert (ledger_of(payment_id), standing_state(payment_id).value, work_items()) == (SETTLED, "active", [])
    books_hold()


def test_one_look_closes_what_came_before_it_and_nothing_that_came_later(
    house: Any, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(house, stripe_sandbox, monthly=True)
    for event_id in waiting():
        apply_event(event_id)
    before = reads(stripe_sandbox)
    stripe_sandbox.renew(stripe_id(payment_id))
    stripe_sandbox.deliver_now()
    early = waiting()
    bill = next(e for e in early if db.session().get_one(StripeEvent, e).type == "invoice.paid")
    fetch = gateway.fetch_invoice

    def slow(invoice_id: str) -> gateway.Invoice:
        found = fetch(invoice_id)
        stored("customer.subscription.updated", stripe_id(payment_id), "{}", "evt_late")
        return found

    monkeypatch.setattr(gateway, "fetch_invoice", slow)
    apply_event(bill)
    assert (waiting(), reads(stripe_sandbox) - before) == (["evt_late"], 2)
    states = {e: db.session().get_one(StripeEvent, e).state for e in early}
    assert sorted(states.values()) == [EventState.APPLIED, EventState.STALE, EventState.STALE]
    assert states[bill] is EventState.APPLIED
