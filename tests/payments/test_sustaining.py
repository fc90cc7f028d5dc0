"""A standing order changes in place: written down, asked of Stripe, and read again from the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from sandbox.stripe.flows.billing import subscribing
from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.actor import Actor, ActorKind
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.money import Money
from station.payments import queries
from station.payments.gateway import StripeUnavailable
from station.payments.models import (
    Asked,
    CallState,
    ChangeState,
    EndReason,
    GatewayCall,
    Interval,
    Subscription,
    SubscriptionChange,
)
from station.payments.models import SubscriptionState as S
from station.payments.policies import LEAST_BETWEEN, day_in, plus_months
from station.payments.services import check_open_payments, start_checkout, sustaining
from station.payments.services.sustaining import ChangeRefused, changing
from tests.payments.parts import (
    PAGE,
    books_hold,
    ledger_of,
    opened,
    renewals_of,
    row_of,
    session_of,
    standing,
    stripe_id,
    to_a_plain_day,
    work_items,
)

Outbox = Callable[[], int]
Later = Callable[..., None]
DONOR = Actor(ActorKind.MEMBER, "Ada Quill")
ZONE = "America/Los_Angeles"


class Gift:
    """A standing order that runs, and the days that pass around it."""

    def __init__(self, payment_id: UUID, sandbox: Handle, outbox: Outbox, later: Later) -> None:
        self.payment_id, self.sandbox, self.outbox, self._later = payment_id, sandbox, outbox, later
        self.id: UUID = standing(payment_id).id

    def days(self, many: float) -> None:
        """So many days pass, at Stripe and here, and what came of them is told."""
        self._later(days=many)
        self.sandbox.advance(many * 86_400)
        self.told()

    def told(self) -> None:
        for _ in range(3):  # a move of the next charge is a job that brings events of its own
            self.sandbox.deliver_now(delayed=True)
            self.outbox()

    @property
    def row(self) -> Subscription:
        return standing(self.payment_id)

    @property
    def at_stripe(self) -> Any:
        return self.sandbox.get(stripe_id(self.payment_id))

    @property
    def change(self) -> SubscriptionChange:
        """The newest change, as the database holds it."""
        db.session.rollback()
        newest = sa.select(SubscriptionChange).order_by(SubscriptionChange.asked_at.desc()).limit(1)
        return db.session().scalars(newest.execution_options(populate_existing=True)).one()

    @property
    def next_day(self) -> date:
        found = self.row.current_period_end
        assert found is not None
        return clock.local_date(found, ZONE)

    def charges(self) -> list[int]:
        return [renewal.amount_cents for renewal in renewals_of(self.payment_id)]

    def names(self) -> list[str]:
        db.session.rollback()
        return [event.name for event in events_of(Subject("subscription", self.id))]


@pytest.fixture
def begin(house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Later) -> Callable[..., Gift]:
    to_a_plain_day(stripe_sandbox)

    def run(interval: Interval = Interval.MONTH, charge_day: int | None = None, **more: int) -> Gift:
        payment_id = opened(house, interval=interval, charge_day=charge_day, **more)
        start_checkout(payment_id, PAGE)
        assert stripe_sandbox.pay(session_of(payment_id)) is None
        stripe_sandbox.deliver_now()
        outbox()
        gift = Gift(payment_id, stripe_sandbox, outbox, later)
        gift.told()
        assert gift.row.state is S.ACTIVE
        return gift

    return run


pytestmark = pytest.mark.crooked  # giving is not told of these payments: they have no gifts


# Amount ------------------------------------------------------------------------------------------------------------


def test_another_amount_is_charged_from_the_next_time_on_and_nothing_now(begin: Callable[..., Gift]) -> None:
    gift = begin()
    before = len(gift.sandbox.sandbox.store.all("charge"))
    found = sustaining.change_amount(gift.id, Money(2500), DONOR)
    assert (found.amount, gift.row.amount_cents) == (Money(2500), 2500)
    assert gift.at_stripe["items"]["data"][0]["price"]["unit_amount"] == 2500
    assert len(gift.sandbox.sandbox.store.all("charge")) == before
    change = gift.change
    parts = ({"cents": 1500, "cover_cents": 0}, {"cents": 2500, "cover_cents": 0})
    assert (change.state, change.old, change.new) == (ChangeState.DONE, *parts)
    assert (change.actor_label, change.effective_at) == ("Ada Quill", gift.row.current_period_end)
    call = db.session().get_one(GatewayCall, change.call_id)
    assert (call.state, call.key) == (CallState.ANSWERED, f"change:{change.id}:1")
    gift.days(32)
    assert gift.charges() == [2500]
    assert gift.sandbox.get(row_of(gift.payment_id).invoice or "")["lines"]["data"][0]["amount"] == 1500
    books_hold()


def test_the_same_amount_is_refused_before_stripe_is_asked(begin: Callable[..., Gift]) -> None:
    gift = begin()
    with pytest.raises(ChangeRefused, match="already"):
        sustaining.change_amount(gift.id, Money(1500), DONOR)
    assert [r for r in gift.sandbox.requests if r["method"] == "POST" and "subscriptions" in r["path"]] == []


@pytest.mark.parametrize("amount", [Money(0), Money(-100), Money(1500, "cad")])
def test_an_amount_that_cannot_be_charged_is_refused(begin: Callable[..., Gift], amount: Money) -> None:
    gift = begin()
    with pytest.raises(ChangeRefused):
        sustaining.change_amount(gift.id, amount, DONOR)
    assert gift.row.amount_cents == 1500


def test_a_change_at_stripes_dashboard_is_taken_over(begin: Callable[..., Gift]) -> None:
    gift = begin()
    order = gift.at_stripe
    with gift.sandbox.sandbox.action():
        order["items"]["data"][0]["price"]["unit_amount"] = 4000
        gift.sandbox.sandbox.store.save(order)
        gift.sandbox.sandbox.emit("customer.subscription.updated", order, {})
    gift.told()
    assert gift.row.amount_cents == 4000
    assert gift.names().count("payments.subscription.changed") == 1


@pytest.mark.parametrize("cents", [500, 1000, 30_000])
def test_another_amount_is_all_gift_even_one_below_the_old_cover(begin: Callable[..., Gift], cents: int) -> None:
    gift = begin(cents=25_593, cover_cents=593)
    sustaining.change_amount(gift.id, Money(cents), DONOR)
    assert (gift.change.state, gift.row.amount_cents, gift.row.cover_cents) == (ChangeState.DONE, cents, 0)
    gift.days(32)
    (renewal,) = renewals_of(gift.payment_id)
    assert (renewal.amount_cents, renewal.cover_cents, row_of(gift.payment_id).cover_cents) == (cents, 0, 593)
    books_hold()


def test_what_covers_fees_is_said_with_the_amount_and_charged_so(begin: Callable[..., Gift]) -> None:
    gift = begin(cents=542, cover_cents=42)
    sustaining.change_amount(gift.id, Money(1053), DONOR, cover_cents=53)
    assert (gift.row.amount_cents, gift.row.cover_cents) == (1053, 53)
    assert gift.at_stripe["items"]["data"][0]["price"]["unit_amount"] == 1053
    gift.days(32)
    (renewal,) = renewals_of(gift.payment_id)
    assert (renewal.amount_cents, renewal.cover_cents) == (1053, 53)
    assert ledger_of(renewal.id)["settled", "cover"] == -53
    books_hold()


def killed_after_the_call(monkeypatch: pytest.MonkeyPatch, gift: Gift, amount: Money, cover_cents: int) -> None:
    """Stripe has heard of the change, and whoever asked for it dies before writing down what it answered."""

    def killed(*_: Any) -> None:
        raise RuntimeError("killed after the call")

    with monkeypatch.context() as patched:
        patched.setattr(changing, "_settle", killed)
        with pytest.raises(RuntimeError, match="killed"):
            sustaining.change_amount(gift.id, amount, DONOR, cover_cents=cover_cents)


def test_what_covers_fees_is_known_to_whoever_hears_of_the_new_amount_first(
    begin: Callable[..., Gift], monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = begin(cents=542, cover_cents=42)
    killed_after_the_call(monkeypatch, gift, Money(1053), 53)
    gift.told()  # the event comes while the change is still open
    assert (gift.row.amount_cents, gift.row.cover_cents) == (1053, 53)
    changing.repeat_change(gift.change.id)
    assert (gift.change.state, gift.row.cover_cents) == (ChangeState.DONE, 53)


@pytest.mark.parametrize(("before", "after"), [(42, 0), (0, 42)])
def test_the_same_amount_can_be_made_up_in_another_way(begin: Callable[..., Gift], before: int, after: int) -> None:
    gift = begin(cents=542, cover_cents=before)
    gift.days(27)  # the sum stays, so the station need not say it ahead
    sustaining.change_amount(gift.id, Money(542), DONOR, Asked.STATION, cover_cents=after)
    assert (gift.change.state, gift.row.amount_cents, gift.row.cover_cents) == (ChangeState.DONE, 542, after)
    assert gift.at_stripe["items"]["data"][0]["price"]["unit_amount"] == 542
    with pytest.raises(ChangeRefused, match="already"):
        sustaining.change_amount(gift.id, Money(542), DONOR, cover_cents=after)
    gift.days(5)
    (renewal,) = renewals_of(gift.payment_id)
    assert (renewal.amount_cents, renewal.cover_cents) == (542, after)
    assert row_of(gift.payment_id).cover_cents == before, "what was paid stays as it was"
    names = gift.names()
    assert (names.count("payments.subscription.split"), names.count("payments.subscription.changed")) == (1, 0)
    books_hold()


def test_killed_before_its_end_the_other_way_is_taken_once(
    begin: Callable[..., Gift], monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = begin(cents=542, cover_cents=42)
    killed_after_the_call(monkeypatch, gift, Money(542), 0)
    gift.told()
    changing.repeat_change(gift.change.id)
    changing.repeat_change(gift.change.id)
    assert (gift.change.state, gift.row.cover_cents) == (ChangeState.DONE, 0)
    assert gift.names().count("payments.subscription.split") == 1


@pytest.mark.parametrize("cover_cents", [-1, 1053, 2000])
def test_a_cover_that_leaves_no_gift_is_refused(begin: Callable[..., Gift], cover_cents: int) -> None:
    gift = begin()
    with pytest.raises(ChangeRefused):
        sustaining.change_amount(gift.id, Money(1053), DONOR, cover_cents=cover_cents)


def test_an_amount_of_stripes_dashboard_is_all_gift(begin: Callable[..., Gift]) -> None:
    gift = begin(cents=542, cover_cents=42)
    order = gift.at_stripe
    with gift.sandbox.sandbox.action():
        order["items"]["data"][0]["price"]["unit_amount"] = 1053
        gift.sandbox.sandbox.store.save(order)
        gift.sandbox.sandbox.emit("customer.subscription.updated", order, {})
    gift.told()
    assert (gift.row.amount_cents, gift.row.cover_cents) == (1053, 0)


def charged_every(gift: Gift, months: int) -> None:
    """Somebody changes how often it is charged, in Stripe's dashboard."""
    order = gift.at_stripe
    with gift.sandbox.sandbox.action():
        order["items"]["data"][0]["price"]["recurring"].update(interval="month", interval_count=months)
        gift.sandbox.sandbox.store.save(order)
        gift.sandbox.sandbox.emit("customer.subscription.updated", order, {})


def test_an_interval_changed_at_stripes_dashboard_is_taken_over_and_said(begin: Callable[..., Gift]) -> None:
    gift = begin()
    charged_every(gift, 3)
    gift.told()
    gift.told()
    assert (gift.row.interval, gift.names().count("payments.subscription.rescheduled")) == ("quarter", 1)
    assert work_items().count("payments.interval") == 1
    sustaining.change_amount(gift.id, Money(2500), DONOR)
    price = gift.at_stripe["items"]["data"][0]["price"]
    assert (price["unit_amount"], price["recurring"]["interval_count"]) == (2500, 3)


def test_an_interval_that_nobody_offers_stays_stripes_and_so_does_its_amount(begin: Callable[..., Gift]) -> None:
    gift = begin()
    charged_every(gift, 2)
    gift.told()
    assert (gift.row.interval, work_items().count("payments.interval")) == ("month", 1)
    with pytest.raises(ChangeRefused, match="did not make"):
        sustaining.change_amount(gift.id, Money(2500), DONOR)
    assert gift.at_stripe["items"]["data"][0]["price"]["unit_amount"] == 1500


# No answer ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "count"), [("error_before", 2), ("cut", 2), ("rate_limit", 1)])
def test_without_an_answer_the_change_is_unknown_and_the_check_repeats_the_same_call(
    begin: Callable[..., Gift], later: Later, kind: str, count: int
) -> None:
    gift = begin()
    gift.sandbox.fault(kind, path="/v1/subscriptions/", method="POST", count=count)
    with pytest.raises(StripeUnavailable):
        sustaining.change_amount(gift.id, Money(2500), DONOR)
    assert (gift.change.state, gift.row.amount_cents) == (ChangeState.UNKNOWN, 1500)
    later(minutes=11)
    check_open_payments()
    assert (gift.change.state, gift.row.amount_cents) == (ChangeState.DONE, 2500)
    keys = {r["idempotency_key"] for r in gift.sandbox.requests if r["path"].startswith("/v1/subscriptions/sub")}
    assert keys - {None} == {f"change:{gift.change.id}:1"}
    gift.told()
    assert gift.names().count("payments.subscription.changed") == 1


@pytest.mark.parametrize("step", ["written", "made"])
def test_killed_between_row_and_answer_the_change_is_made_once(
    begin: Callable[..., Gift], later: Later, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    gift = begin()

    def die(name: str) -> None:
        if name == f"payments.change:{step}":
            raise KeyboardInterrupt

    monkeypatch.setattr(changing, "point", die)
    with pytest.raises(KeyboardInterrupt):
        sustaining.change_amount(gift.id, Money(2500), DONOR)
    db.session.rollback()
    assert gift.change.state is ChangeState.SENDING
    monkeypatch.undo()
    later(minutes=11)
    check_open_payments()
    gift.told()
    assert (gift.change.state, gift.row.amount_cents) == (ChangeState.DONE, 2500)
    assert gift.names().count("payments.subscription.changed") == 1


def test_the_next_wish_first_makes_the_unknown_one_certain(begin: Callable[..., Gift]) -> None:
    gift = begin()
    gift.sandbox.fault("cut", path="/v1/subscriptions/", method="POST", count=2)
    with pytest.raises(StripeUnavailable):
        sustaining.change_amount(gift.id, Money(2500), DONOR)
    sustaining.change_amount(gift.id, Money(3000), DONOR)
    assert [each.state for each in queries.changes_of(gift.id)] == [ChangeState.DONE, ChangeState.DONE]
    assert gift.row.amount_cents == 3000


def test_a_key_that_stripe_has_forgotten_is_not_used_again(begin: Callable[..., Gift], later: Later) -> None:
    gift = begin()
    gift.sandbox.fault("error_before", path="/v1/subscriptions/", method="POST", count=2)
    with pytest.raises(StripeUnavailable):
        sustaining.change_amount(gift.id, Money(2500), DONOR)
    asked = len([r for r in gift.sandbox.requests if r["method"] == "POST"])
    later(hours=25)
    check_open_payments()
    assert (gift.change.state, gift.row.amount_cents) == (ChangeState.REFUSED, 1500)
    assert len([r for r in gift.sandbox.requests if r["method"] == "POST"]) == asked


def test_an_error_that_stripe_keeps_is_looked_behind(begin: Callable[..., Gift]) -> None:
    """A stored 500 is all that its key ever answers: what Stripe has now tells whether the change was made."""
    gift = begin()
    gift.sandbox.fault("error_after", path="/v1/subscriptions/", method="POST")
    sustaining.change_amount(gift.id, Money(2500), DONOR)
    assert (gift.change.state, gift.row.amount_cents) == (ChangeState.DONE, 2500)


def test_what_stripe_refuses_is_written_down(begin: Callable[..., Gift], monkeypatch: pytest.MonkeyPatch) -> None:
    gift = begin()
    order, before = gift.at_stripe, changing.point

    def cancelled(name: str) -> None:
        if name == "payments.change:written":
            with gift.sandbox.sandbox.action():
                subscribing.cancel(gift.sandbox.sandbox, order, "cancellation_requested")
        before(name)

    monkeypatch.setattr(changing, "point", cancelled)
    with pytest.raises(ChangeRefused, match="Stripe did not"):
        sustaining.change_amount(gift.id, Money(2500), DONOR)
    assert (gift.change.state, gift.row.amount_cents) == (ChangeState.REFUSED, 1500)
    assert (gift.row.state, "canceled subscription" in gift.change.error) == (S.ENDED, True)


# Day ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [1, 15, 28, 31])
def test_another_day_moves_the_next_charge_and_those_after(begin: Callable[..., Gift], day: int) -> None:
    gift = begin()
    today = clock.today(ZONE)
    sustaining.change_date(gift.id, day, DONOR)
    first = gift.next_day
    assert first == day_in(first.year, first.month, day)
    assert first - today >= LEAST_BETWEEN
    assert gift.row.charge_day == day
    seen = []
    for _ in range(200):
        gift.days(1)
        if len(gift.charges()) > len(seen):
            seen.append(clock.local_date(renewals_of(gift.payment_id)[-1].settled_at or clock.now(), ZONE))
        if len(seen) == 4:
            break
    assert len(seen) == 4
    assert all((after - before) >= LEAST_BETWEEN for before, after in zip([today, *seen], seen, strict=False))
    books_hold()


def test_a_day_that_was_chosen_at_the_start_is_kept_from_the_start_on(begin: Callable[..., Gift]) -> None:
    """Charged in full today, and then on that day, 23 days away at least; the first of the last days of the month."""
    gift = begin(charge_day=31)
    first = gift.next_day
    assert first == day_in(first.year, first.month, 31)
    assert first - clock.today(ZONE) >= LEAST_BETWEEN
    assert gift.change.actor_label == "the keeper of charge days"
    assert gift.at_stripe["status"] == "trialing"
    assert row_of(gift.payment_id).amount_cents == 1500


def test_the_last_of_the_month_stays_the_last_after_a_short_one(begin: Callable[..., Gift]) -> None:
    gift, last, days = begin(charge_day=31), 0, []
    for _ in range(420):
        gift.days(1)
        charged = gift.charges()
        if len(charged) > last:
            last = len(charged)
            days.append(clock.local_date(renewals_of(gift.payment_id)[-1].settled_at or clock.now(), ZONE))
    assert len(days) in (12, 13)
    assert [day_in(day.year, day.month, 31) for day in days] == days
    assert len({(day.year, day.month) for day in days}) == len(days)


@pytest.mark.parametrize(("interval", "months"), [(Interval.QUARTER, 3), (Interval.YEAR, 12)])
def test_quarterly_and_yearly(begin: Callable[..., Gift], interval: Interval, months: int) -> None:
    gift = begin(interval)
    price = gift.at_stripe["items"]["data"][0]["price"]["recurring"]
    assert (price["interval"], price["interval_count"]) == (("month", 3) if months == 3 else ("year", 1))
    today = clock.today(ZONE)
    assert gift.next_day == plus_months(today, months)
    gift.days((gift.next_day - today).days + 0.2)
    assert gift.charges() == [1500]
    sustaining.change_date(gift.id, 15, DONOR)
    assert gift.next_day == plus_months(today, 2 * months, 15)
    sustaining.change_amount(gift.id, Money(9000), DONOR)
    assert gift.at_stripe["items"]["data"][0]["price"]["recurring"]["interval_count"] == price["interval_count"]


# Skip and pause ----------------------------------------------------------------------------------------------------


def test_skip_leaves_one_charge_out(begin: Callable[..., Gift]) -> None:
    gift = begin()
    left_out = gift.next_day
    found = sustaining.skip(gift.id, DONOR)
    assert (found.state, gift.row.state) == (S.PAUSED, S.PAUSED)
    gift.days((left_out - clock.today(ZONE)).days + 2)
    assert (gift.charges(), gift.row.state) == ([], S.ACTIVE)
    assert gift.next_day == plus_months(left_out, 1)
    gift.days((gift.next_day - clock.today(ZONE)).days + 1)
    assert gift.charges() == [1500]
    books_hold()


def test_a_pause_of_months_is_never_caught_up(begin: Callable[..., Gift]) -> None:
    gift = begin()
    until = plus_months(gift.next_day, 3) + timedelta(days=2)
    found = sustaining.pause(gift.id, until, DONOR)
    assert (found.state, found.paused_until) == (S.PAUSED, clock.day_bounds(until, ZONE)[0])
    for _ in range(8):
        gift.days(20)
        if clock.today(ZONE) >= until:
            break
    gift.days(1)
    assert (gift.row.state, gift.charges()) == (S.ACTIVE, [])
    assert {each["status"] for each in gift.sandbox.sandbox.store.all("invoice")} == {"paid", "void"}
    gift.days(32)
    assert gift.charges() == [1500]
    books_hold()


def test_a_pause_can_be_longer_and_be_ended(begin: Callable[..., Gift]) -> None:
    gift = begin()
    sustaining.pause(gift.id, plus_months(gift.next_day, 2), DONOR)
    later_day = plus_months(gift.next_day, 4)
    assert sustaining.pause(gift.id, later_day, DONOR).paused_until == clock.day_bounds(later_day, ZONE)[0]
    found = sustaining.resume(gift.id, DONOR)
    assert (found.state, found.paused_until, gift.at_stripe["pause_collection"]) == (S.ACTIVE, None, None)
    gift.days(32)
    assert gift.charges() == [1500]


def test_a_pause_that_leaves_nothing_out_or_lasts_too_long_is_refused(begin: Callable[..., Gift]) -> None:
    gift = begin()
    for until in (gift.next_day, clock.today(ZONE), clock.today(ZONE) + timedelta(days=500)):
        with pytest.raises(ChangeRefused):
            sustaining.pause(gift.id, until, DONOR)
    assert (gift.row.state, queries.changes_of(gift.id)) == (S.ACTIVE, [])


# The end -----------------------------------------------------------------------------------------------------------


def test_cancelled_at_once_nothing_is_charged_any_more(begin: Callable[..., Gift]) -> None:
    gift = begin()
    found = sustaining.cancel(gift.id, EndReason.MONEY, DONOR, words="  Lost my job  ")
    assert (found.state, found.end_reason, found.ends_at) == (S.ENDED, "money", None)
    assert (gift.change.reason, gift.change.words) == ("money", "Lost my job")
    details = gift.at_stripe["cancellation_details"]
    assert (details["feedback"], details["comment"]) == ("too_expensive", None)
    gift.days(40)
    assert (gift.charges(), gift.row.end_reason) == ([], "money")


def test_cancelled_for_later_it_runs_until_then_and_can_stay(begin: Callable[..., Gift]) -> None:
    gift = begin()
    found = sustaining.cancel(gift.id, EndReason.OTHER, DONOR, at_period_end=True)
    assert (found.state, found.ends_at) == (S.ACTIVE, gift.row.current_period_end)
    with pytest.raises(ChangeRefused, match="stopped from a day on"):
        sustaining.change_amount(gift.id, Money(2500), DONOR)
    assert sustaining.stay(gift.id, DONOR).ends_at is None
    with pytest.raises(ChangeRefused, match="nothing to take back"):
        sustaining.stay(gift.id, DONOR)
    sustaining.cancel(gift.id, EndReason.OTHER, DONOR, at_period_end=True)
    gift.days(32)
    assert (gift.row.state, gift.charges()) == (S.ENDED, [])


def test_cancelled_twice_at_once_is_one_end(begin: Callable[..., Gift]) -> None:
    """The answer to the first call is lost; the second press finds the gift ended."""
    gift = begin()
    gift.sandbox.fault("cut", path="/v1/subscriptions/", method="DELETE", count=2)
    with pytest.raises(StripeUnavailable):
        sustaining.cancel(gift.id, EndReason.MONEY, DONOR)
    with pytest.raises(ChangeRefused, match="does not run"):
        sustaining.cancel(gift.id, EndReason.TWICE, DONOR)
    assert [(each.state, each.reason) for each in queries.changes_of(gift.id)] == [
        (ChangeState.DONE, EndReason.MONEY)
    ]
    assert (gift.row.state, gift.row.end_reason) == (S.ENDED, "money")


# What a state does not allow ---------------------------------------------------------------------------------------


def test_after_the_end_nothing_can_be_asked(begin: Callable[..., Gift]) -> None:
    gift = begin()
    sustaining.cancel(gift.id, EndReason.MONEY, DONOR)
    asked = len(gift.sandbox.requests)
    for wish in (
        lambda: sustaining.change_amount(gift.id, Money(2500), DONOR),
        lambda: sustaining.change_date(gift.id, 5, DONOR),
        lambda: sustaining.skip(gift.id, DONOR),
        lambda: sustaining.pause(gift.id, clock.today(ZONE) + timedelta(days=90), DONOR),
        lambda: sustaining.resume(gift.id, DONOR),
        lambda: sustaining.stay(gift.id, DONOR),
    ):
        with pytest.raises(ChangeRefused, match="does not run"):
            wish()
    assert all(each["method"] == "GET" for each in gift.sandbox.requests[asked:])


def test_an_unpaid_gift_can_be_made_smaller_or_stopped_but_not_moved(begin: Callable[..., Gift]) -> None:
    gift = begin()
    gift.sandbox.decline_next(stripe_id(gift.payment_id))
    gift.sandbox.renew(stripe_id(gift.payment_id))
    gift.told()
    assert gift.row.state is S.RETRYING
    for wish in (sustaining.skip, lambda i, a: sustaining.change_date(i, 5, a), sustaining.resume):
        with pytest.raises(ChangeRefused):
            wish(gift.id, DONOR)
    sustaining.change_amount(gift.id, Money(500), DONOR)
    assert sustaining.cancel(gift.id, EndReason.MONEY, DONOR).state is S.ENDED


def test_a_gift_that_never_began_cannot_be_changed(house: Any, stripe_sandbox: Handle) -> None:
    payment_id = opened(house, monthly=True)
    with pytest.raises(ChangeRefused, match="does not know"):
        sustaining.skip(standing(payment_id).id, DONOR)
