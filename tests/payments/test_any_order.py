"""Any order, any duplication, any moment: the end is the same.

Stripe's world moves step by step; events are delivered at any time after the step that made them, in any order and
as often as Stripe likes. The late answer to our own call to open the page is one more thing that may come any time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core import clock
from station.core.db import transaction
from station.payments import queries
from station.payments.facts import (
    PaymentExpired,
    PaymentFailed,
    PaymentProcessing,
    PaymentSettled,
    RenewalFailed,
    RenewalNeedsAction,
    RenewalRecovered,
    SubscriptionEnded,
    SustainerLapsed,
    SustainerPaused,
    SustainerResumed,
)
from station.payments.models import EventState, PaymentState, StripeEvent, SubscriptionState
from station.payments.services import books, moving
from station.payments.services import standing as orders
from station.payments.services.checkout import opening as checkout
from station.payments.services.inbox import apply_event
from tests.payments.fake_stripe import FakeStripe, Told
from tests.payments.parts import (
    PAGE,
    books_hold,
    ledger_of,
    opened,
    renewals_of,
    row_of,
    standing,
    standing_state,
    state_of,
    work_items,
)

pytestmark = pytest.mark.crooked  # giving is not told here: settled payments have no gifts

Step = Callable[[FakeStripe], list[Told]]
QUICK = settings(max_examples=25, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
BOOKED = {("settled", "stripe"): 1500, ("settled", "gifts"): -1500, ("fee", "fees"): 74, ("fee", "stripe"): -74}
numbers = count(1)

ONCE: dict[str, tuple[list[Step], PaymentState, list[type[Any]]]] = {
    "card": ([lambda s: s.pays(), lambda s: s.fee_comes()], PaymentState.SETTLED, [PaymentSettled]),
    "card, fee at once": ([lambda s: s.pays(fee=True)], PaymentState.SETTLED, [PaymentSettled]),
    "bank debit": ([lambda s: s.promises(), lambda s: s.arrives()], PaymentState.SETTLED, [PaymentSettled]),
    "bounced debit": ([lambda s: s.promises(), lambda s: s.bounces()], PaymentState.FAILED, [PaymentFailed]),
    "nobody pays": ([lambda s: s.expires()], PaymentState.EXPIRED, [PaymentExpired]),
}
MONTHLY: list[Step] = [
    lambda s: s.subscribes(),
    lambda s: s.renews(1),
    lambda s: s.declines(2),
    lambda s: s.renews(2),
    lambda s: s.declines(3),
    lambda s: s.ends(),
]


class Facts(list[Any]):
    def kinds(self, *leaving: type[Any]) -> list[type[Any]]:
        return [type(fact) for fact in self if type(fact) not in leaving]


@pytest.fixture
def facts(app: object, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """What was announced, kept here instead of being told to the packages above."""
    heard = Facts()
    for module in (books, moving, orders):
        monkeypatch.setattr(module, "announce", heard.append)
    return heard


def stored(kind: str, object_id: str, raw: str, event_id: str = "") -> str:
    """An event in the inbox."""
    event_id, now = event_id or f"evt_{next(numbers)}", clock.now()
    with transaction() as session:
        session.add(
            StripeEvent(
                id=event_id,
                type=kind,
                object_id=object_id,
                api_version="2026-10-28.endive",
                livemode=False,
                raw=raw,
                state=EventState.RECEIVED,
                outcome="",
                made_at=now,
                received_at=now,
            )
        )
    return event_id


def live(data: st.DataObject, stripe: FakeStripe, steps: list[Step], payment_id: UUID) -> None:
    """Let the world happen, with deliveries in between in any order, some of them twice."""
    call = checkout._prepare(payment_id, PAGE)
    assert not isinstance(call, str)
    stripe.session()
    waiting: list[Told | None] = [None]  # None is the late answer to our own call
    steps, repeats = list(steps), 3
    while steps or waiting:
        if steps and (not waiting or data.draw(st.booleans(), label="the world moves")):
            waiting += steps.pop(0)(stripe)
            continue
        chosen = waiting.pop(data.draw(st.integers(0, len(waiting) - 1), label="delivered"))
        if chosen is None:
            _answered(call, stripe)
            continue
        event_id = stored(*chosen)
        for _ in range(data.draw(st.integers(1, 2), label="times")):
            apply_event(event_id)
        if repeats and data.draw(st.booleans(), label="again later"):
            repeats -= 1
            waiting.append(chosen)


def _answered(call: checkout.Call, stripe: FakeStripe) -> None:
    first = stripe.session()
    answer = type(first)(
        id=first.id,
        ours=first.ours,
        url="https://pay.example/1",
        status="open",
        paid=False,
        amount_cents=1500,
        currency="usd",
        livemode=False,
    )
    try:
        assert checkout._opened(call, answer)
    except checkout.CheckoutClosed:  # events were faster: there is nothing left to pay on that page
        assert state_of(call.payment_id) not in queries.OPEN


@pytest.mark.parametrize("name", ONCE)
def test_one_time(name: str, house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, end, announced = ONCE[name]

    @QUICK
    @given(st.data())
    def histories(data: st.DataObject) -> None:
        facts.clear()
        payment_id = opened(house)
        stripe = FakeStripe(payment_id, None)
        stripe.install(monkeypatch)
        live(data, stripe, steps, payment_id)
        assert row_of(payment_id).state is end
        assert facts.kinds(PaymentProcessing) == announced
        settled = end is PaymentState.SETTLED
        missing_fee = settled and row_of(payment_id).balance_transaction is None
        _the_fee_is_asked_for(payment_id, stripe, missing_fee)
        assert ledger_of(payment_id) == (BOOKED if settled else {})
        assert work_items() == []

    histories()
    books_hold()


def _the_fee_is_asked_for(payment_id: UUID, stripe: FakeStripe, missing: bool) -> None:
    """A charge.updated that came before its payment was known is not waited for: the check asks."""
    if missing:
        assert payment_id in queries.payments_without_fee(clock.now(), 100_000)
        apply_event(stored(*stripe.told("charge.updated", f"ch_{stripe.name}_0")))


def test_monthly_with_renewals(house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    @QUICK
    @given(st.data())
    def histories(data: st.DataObject) -> None:
        facts.clear()
        payment_id = opened(house, monthly=True)
        stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
        stripe.install(monkeypatch)
        live(data, stripe, MONTHLY, payment_id)
        renewals = renewals_of(payment_id)
        assert row_of(payment_id).state is PaymentState.SETTLED
        assert sorted(r.invoice or "" for r in renewals) == [stripe.invoice_id(1), stripe.invoice_id(2)]
        assert {r.state for r in renewals} == {PaymentState.SETTLED}
        assert standing_state(payment_id) is SubscriptionState.ENDED
        assert facts.kinds(RenewalFailed).count(PaymentSettled) == 3
        assert facts.kinds().count(SubscriptionEnded) == 1
        assert all(ledger_of(each) == BOOKED for each in (payment_id, *(r.id for r in renewals)))
        assert work_items() == []

    histories()
    books_hold()


def test_retrying_and_recovered(house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    """States that go to and fro end where Stripe is, whatever event is the last one to be applied."""

    @QUICK
    @given(st.data())
    def histories(data: st.DataObject) -> None:
        payment_id = opened(house, monthly=True)
        stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
        stripe.install(monkeypatch)
        declined = data.draw(st.booleans(), label="the last renewal is declined")
        last: Step = (lambda s: s.declines(2)) if declined else (lambda s: s.renews(2))
        steps: list[Step] = [lambda s: s.subscribes(), lambda s: s.declines(1), lambda s: s.renews(1), last]
        live(data, stripe, steps, payment_id)
        wanted = SubscriptionState.RETRYING if declined else SubscriptionState.ACTIVE
        assert standing_state(payment_id) is wanted
        assert len(renewals_of(payment_id)) == (1 if declined else 2)

    histories()
    books_hold()


REST = datetime(2027, 6, 1, 7, 0, tzinfo=UTC)
Life = tuple[list[Step], SubscriptionState, dict[str, Any], list[type[Any]]]
LIVES: dict[str, Life] = {
    "another amount": (
        [lambda s: s.becomes(amount_cents=2500), lambda s: s.renews(1)],
        SubscriptionState.ACTIVE,
        {"amount_cents": 2500},
        [],
    ),
    "there and back": (
        [lambda s: s.becomes(amount_cents=2500), lambda s: s.becomes(amount_cents=1500), lambda s: s.renews(1)],
        SubscriptionState.ACTIVE,
        {"amount_cents": 1500},
        [],
    ),
    "pause": (
        [lambda s: s.renews(1), lambda s: s.becomes(paused=True, resumes_at=REST)],
        SubscriptionState.PAUSED,
        {"paused_until": REST},
        [SustainerPaused],
    ),
    "pause and resume": (
        [
            lambda s: s.becomes(paused=True, resumes_at=REST),
            lambda s: s.becomes(paused=False, resumes_at=None),
            lambda s: s.renews(1),
        ],
        SubscriptionState.ACTIVE,
        {"paused_until": None},
        [],
    ),
    "pause, resume, decline, recover, cancel": (
        [
            lambda s: s.becomes(paused=True, resumes_at=REST),
            lambda s: s.becomes(paused=False, resumes_at=None),
            lambda s: s.declines(1),
            lambda s: s.renews(1),
            lambda s: s.ends(),
        ],
        SubscriptionState.ENDED,
        {"paused_until": None, "ends_at": None},
        [SubscriptionEnded],
    ),
    "cancelled for later, stays": (
        [lambda s: s.becomes(ends_at=REST), lambda s: s.becomes(ends_at=None), lambda s: s.renews(1)],
        SubscriptionState.ACTIVE,
        {"ends_at": None},
        [],
    ),
    "cancelled for later": (
        [lambda s: s.becomes(ends_at=REST), lambda s: s.renews(1), lambda s: s.ends()],
        SubscriptionState.ENDED,
        {"ends_at": None, "end_reason": "cancellation requested"},
        [SubscriptionEnded],
    ),
    "given up": (
        [lambda s: s.declines(1), lambda s: s.ends("payment failed")],
        SubscriptionState.LAPSED,
        {"end_reason": "payment failed"},
        [SustainerLapsed],
    ),
    "waits for its donor": ([lambda s: s.needs_donor(1)], SubscriptionState.NEEDS_ACTION, {}, [RenewalNeedsAction]),
    "retried, waits, recovers": (
        [lambda s: s.declines(1), lambda s: s.needs_donor(1), lambda s: s.renews(1)],
        SubscriptionState.ACTIVE,
        {},
        [],
    ),
    "waits, then given up": (
        [lambda s: s.needs_donor(1), lambda s: s.ends("payment failed")],
        SubscriptionState.LAPSED,
        {},
        [SustainerLapsed],
    ),
}


@pytest.mark.parametrize("life", list(LIVES))
def test_a_sustainers_life(house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch, life: str) -> None:
    """Whatever comes first or twice, the row ends as Stripe's order stands, and its last word was announced once."""
    steps, state, terms, last = LIVES[life]

    @QUICK
    @given(st.data())
    def histories(data: st.DataObject) -> None:
        facts.clear()
        payment_id = opened(house, monthly=True)
        stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id, terms={"amount_cents": 1500})
        stripe.install(monkeypatch)
        live(data, stripe, [lambda s: s.subscribes(), *steps], payment_id)
        row = standing(payment_id)
        assert row.state is state
        assert {name: getattr(row, name) for name in terms} == terms
        assert [facts.kinds().count(kind) for kind in last] == [1] * len(last)
        assert _unbalanced(facts) == []
        assert work_items() == []

    histories()
    books_hold()


def _unbalanced(facts: Facts) -> list[str]:
    """What began and ended must be told in turns: nobody resumes who was not paused."""
    begun = {SustainerResumed: (SustainerPaused,), RenewalRecovered: (RenewalFailed, RenewalNeedsAction)}
    kinds = facts.kinds()
    return [over.__name__ for over, before in begun.items() if kinds.count(over) > sum(map(kinds.count, before))]


def test_the_first_invoice_waits_for_its_session(house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    payment_id = opened(house, monthly=True)
    stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
    stripe.install(monkeypatch)
    session, invoice, order = stripe.subscribes()
    for early in (invoice, order):
        apply_event(stored(*early))
    assert (facts, stripe.fetched, ledger_of(payment_id)) == ([], 0, {})
    apply_event(stored(*session))
    assert (facts.kinds(), renewals_of(payment_id)) == ([PaymentSettled], [])
    assert (ledger_of(payment_id), stripe.fetched) == (BOOKED, 1)


def test_an_older_look_does_not_win(house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker has fetched "past due" and is slow; another one applies "active". The slow one looks again."""
    payment_id = opened(house, monthly=True)
    stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
    stripe.install(monkeypatch)
    for event in stripe.subscribes():
        apply_event(stored(*event))
    slow = stored(*stripe.declines(1)[1])
    looked = iter([1])

    def fetch(object_id: str) -> Any:
        found = stripe.fetch(object_id)
        if next(looked, None):  # while the slow worker holds its answer, Stripe recovers and the other one is done
            for event in stripe.renews(1):
                apply_event(stored(*event))
        return found

    monkeypatch.setattr("station.payments.gateway.fetch_subscription", fetch)
    apply_event(slow)
    assert standing_state(payment_id) is SubscriptionState.ACTIVE
    assert RenewalFailed not in facts.kinds()


def test_an_event_that_needs_no_look_stops_an_older_one(
    house: Any, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow worker holds "past due"; what recovers says what our row says already, and asks nothing."""
    payment_id = opened(house, monthly=True)
    stripe = FakeStripe(payment_id, row_of(payment_id).subscription_id)
    stripe.install(monkeypatch)
    for event in stripe.subscribes():
        apply_event(stored(*event))
    slow = stored(*stripe.declines(1)[1])
    looked = iter([1])

    def fetch(object_id: str) -> Any:
        found = stripe.fetch(object_id)
        if next(looked, None):
            asked = stripe.fetched
            apply_event(stored(*stripe.renews(1)[1]))
            assert stripe.fetched == asked
        return found

    monkeypatch.setattr("station.payments.gateway.fetch_subscription", fetch)
    apply_event(slow)
    assert standing_state(payment_id) is SubscriptionState.ACTIVE
    assert RenewalFailed not in facts.kinds()
