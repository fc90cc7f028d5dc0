"""Notices that law and card networks require: each window's edges, once ever, after any downtime, and provable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from sandbox.mailbox.testing import Mailbox
from station.accounts.models import WorkItem, WorkState
from station.core import clock
from station.core.db import db, transaction
from station.core.ids import new_id, public_id
from station.core.places import INVARIANTS
from station.giving.models import Channel, Notice, NoticeDelivery, NoticeKind
from station.giving.queries import notices as queries
from station.giving.services import give_notices
from station.giving.services.notices import running
from station.mail.models import MailState, OutgoingMail
from station.payments.models import (
    CallState,
    ChangeKind,
    ChangeState,
    GatewayCall,
    Interval,
    Mandate,
    MandateState,
    Operation,
    Payment,
    PaymentKind,
    PaymentState,
    Subscription,
    SubscriptionChange,
)
from station.payments.models import SubscriptionState as S
from tests.giving.noticing import at, card, change, gift, go_to, kinds, only, written

K = NoticeKind
START = date(2027, 3, 1)
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def start(app: Any) -> date:
    """A house that has written notices since a day."""
    go_to(START)
    give_notices()
    return START


def told(order_id: Any, day: date) -> None:
    """A gift whose terms were told on a day."""
    go_to(day)
    change(order_id, started_at=clock.now())
    give_notices()
    arrive()
    assert "terms" in kinds(order_id)


def arrive() -> None:
    """The mail server takes whatever waits."""
    with transaction() as session:
        waits = sa.update(OutgoingMail).where(OutgoingMail.state == MailState.QUEUED)
        session.execute(waits.values(state=MailState.SENT, sent_at=OutgoingMail.queued_at))


def overdue() -> list[str]:
    return next(i for i in INVARIANTS if i.name == "notices-in-time").broken()


def work(kind: str) -> list[WorkItem]:
    db.session.rollback()
    found = sa.select(WorkItem).where(WorkItem.kind == kind, WorkItem.state == WorkState.OPEN)
    return list(db.session().scalars(found.order_by(WorkItem.id)))


def asked(order_id: Any, kind: ChangeKind = ChangeKind.PAUSE) -> None:
    """The donor has changed the gift just now."""
    now = clock.now()
    with transaction() as session:
        call = GatewayCall(
            id=new_id(),
            key=str(new_id()),
            subscription_id=order_id,
            operation=Operation.UPDATE_ORDER,
            params={},
            state=CallState.ANSWERED,
            answer_id="",
            error="",
            created_at=now,
        )
        session.add(call)
        session.flush()
        session.add(
            SubscriptionChange(
                subscription_id=order_id,
                call_id=call.id,
                kind=kind,
                state=ChangeState.DONE,
                old={},
                new={},
                actor_kind="member",
                actor_label="Maria",
                asked_at=now,
                tried_at=now,
                answered_at=now,
            )
        )


# The terms ---------------------------------------------------------------------------------------------------------


def test_terms_are_told_once_with_all_that_was_agreed(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    card(order_id)
    assert (give_notices(), give_notices()) == (1, 0)
    (notice,) = written(order_id)
    assert (notice.kind, notice.event_on, notice.due_on) == (K.TERMS, START, START + DAY)
    for said in (
        "$10.00 monthly to",
        "First charge Mar 1, 2027",
        "Apr 1, 2027",
        "Visa ending 4242",
        "until you stop it",
        "HOW TO STOP",
        "702-555",
    ):
        assert said in notice.text, said
    assert "/my-gift/[the donor’s private link]" in notice.text


def test_the_terms_name_the_chosen_day_before_stripe_has_moved_the_charge_there(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1), charge_day=15)
    give_notices()
    assert "Next charge  Apr 15, 2027" in written(order_id)[0].text


def test_nobody_reads_terms_of_a_gift_that_never_began_is_over_or_was_adopted(start: date) -> None:
    gift(next_on=date(2027, 4, 1), started_at=None, state=S.CREATED)
    gift(next_on=date(2027, 4, 1), state=S.ENDED, email="a@example.org")
    gift(next_on=date(2027, 4, 1), adopted_at=clock.now(), email="b@example.org")
    gift(next_on=date(2027, 4, 1), ends_at=at(date(2027, 4, 1)), email="c@example.org")
    assert give_notices() == 0


def test_gifts_older_than_the_notices_are_not_told_their_terms_but_reminded_soon(app: Any) -> None:
    go_to(date(2025, 1, 10))
    order_id = gift(next_on=date(2027, 3, 10), started_at=None)
    go_to(START)
    assert give_notices() == 0
    go_to(START + 6 * DAY)
    assert give_notices() == 0
    go_to(START + 7 * DAY)
    assert give_notices() == 1
    (notice,) = written(order_id)
    assert (notice.kind, notice.opens_on, notice.due_on) == (K.REMINDER, START + 7 * DAY, START + 30 * DAY)


def test_an_adopted_gift_is_reminded_within_a_month_of_its_adoption(start: date) -> None:
    go_to(date(2027, 6, 1))
    order_id = gift(next_on=date(2027, 6, 20), adopted_at=clock.now())
    go_to(date(2027, 6, 7))
    assert give_notices() == 0
    go_to(date(2027, 6, 8))
    assert (give_notices(), kinds(order_id)) == (1, ["reminder"])
    assert only(K.REMINDER)[0].due_on == date(2027, 7, 1)


# The yearly reminder -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [Interval.MONTH, Interval.QUARTER])
def test_a_reminder_comes_within_a_year_of_the_last_time_that_all_was_told(start: date, interval: Interval) -> None:
    order_id = gift(interval, next_on=date(2027, 4, 1))
    told(order_id, START)
    opens = date(2028, 2, 16)  # fourteen days before March 1
    go_to(opens - DAY)
    assert give_notices() == 0
    go_to(opens, 0, 1)
    assert give_notices() == 1
    assert (only(K.REMINDER)[0].opens_on, only(K.REMINDER)[0].due_on) == (opens, date(2028, 3, 1))
    go_to(date(2029, 2, 1))
    assert give_notices() == 0
    go_to(date(2029, 2, 2))  # fourteen days before a year since the last one
    assert give_notices() == 1
    arrive()
    assert overdue() == []


def test_a_year_that_began_on_february_29_ends_on_the_28th(app: Any) -> None:
    go_to(date(2028, 2, 29))
    give_notices()
    order_id = gift(next_on=date(2028, 3, 29))
    told(order_id, date(2028, 2, 29))
    go_to(date(2029, 2, 13))
    assert give_notices() == 0
    go_to(date(2029, 2, 14))
    assert give_notices() == 1
    assert only(K.REMINDER)[0].due_on == date(2029, 2, 28)


def test_a_station_day_and_not_a_day_of_utc_opens_the_window(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    go_to(date(2028, 2, 15), 23, 59)  # the 16th in UTC
    assert give_notices() == 0
    go_to(date(2028, 2, 16), 0, 1)
    assert give_notices() == 1


def test_a_paused_gift_is_reminded_and_one_that_has_stopped_is_not(start: date) -> None:
    paused = gift(next_on=date(2027, 4, 1))
    stopped = gift(next_on=date(2027, 4, 1), email="b@example.org")
    told(paused, START)
    told(stopped, START)
    change(paused, state=S.PAUSED, paused_until=None)
    change(stopped, state=S.ENDED)
    go_to(date(2028, 2, 20))
    assert (give_notices(), kinds(paused), kinds(stopped)) == (1, ["terms", "reminder"], ["terms"])
    assert "Paused until you say so" in " ".join(only(K.REMINDER)[0].text.split())


def test_a_yearly_gift_is_reminded_by_its_charge_and_while_it_rests_by_the_reminder(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1))
    told(order_id, START)
    go_to(date(2028, 2, 20))
    assert (give_notices(), kinds(order_id)) == (1, ["terms", "yearly"])
    change(order_id, state=S.PAUSED, paused_until=None, current_period_end=at(date(2029, 3, 1)))
    go_to(date(2029, 2, 10))
    assert (give_notices(), kinds(order_id)) == (1, ["terms", "yearly", "reminder"])


# A charge that comes seldom ----------------------------------------------------------------------------------------


def test_a_yearly_charge_is_told_from_thirty_days_before_it(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1))
    told(order_id, START)
    go_to(date(2028, 1, 30))
    assert give_notices() == 0
    go_to(date(2028, 1, 31), 0, 1)
    assert (give_notices(), give_notices()) == (1, 0)
    (notice,) = only(K.YEARLY)
    assert (notice.event_on, notice.opens_on, notice.due_on) == (
        date(2028, 3, 1),
        date(2028, 1, 31),
        date(2028, 2, 23),
    )
    assert notice.subject == "Your yearly gift of $10.00 is charged on Mar 1, 2028"


def test_neither_monthly_nor_quarterly_charges_are_announced(start: date) -> None:
    for interval, email in ((Interval.MONTH, "a@example.org"), (Interval.QUARTER, "b@example.org")):
        told(gift(interval, next_on=date(2027, 3, 20), email=email), START)
    go_to(date(2027, 3, 10))
    assert give_notices() == 0


@pytest.mark.parametrize(("hour", "utc_day"), [(23, "next"), (0, "same")])
def test_the_day_of_the_charge_is_the_stations(start: date, hour: int, utc_day: str) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1), hour=hour)
    told(order_id, START)
    go_to(date(2028, 1, 30), 23, 59)
    assert give_notices() == 0
    go_to(date(2028, 1, 31), 0, 1)
    assert give_notices() == 1
    assert only(K.YEARLY)[0].event_on == date(2028, 3, 1), utc_day


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2027, 12, 31), date(2028, 1, 31)])
def test_leap_days_and_last_days_are_days_like_others(start: date, day: date) -> None:
    order_id = gift(Interval.YEAR, next_on=day, charge_day=31)
    told(order_id, START)
    go_to(day - 31 * DAY)
    assert give_notices() == 0
    go_to(day - 30 * DAY)
    assert give_notices() == 1
    assert (only(K.YEARLY)[0].event_on, only(K.YEARLY)[0].due_on) == (day, day - 7 * DAY)


def test_a_charge_that_the_donor_moves_after_its_notice_has_been_told(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1))
    told(order_id, START)
    go_to(date(2028, 2, 20))
    assert give_notices() == 1
    arrive()
    change(order_id, current_period_end=at(date(2028, 3, 15)))
    assert (give_notices(), overdue()) == (0, [])


def test_a_charge_that_the_donor_moves_into_the_window_is_told_at_once_and_in_time(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1))
    told(order_id, START)
    go_to(date(2027, 12, 10))
    change(order_id, current_period_end=at(date(2027, 12, 14)))
    asked(order_id, ChangeKind.DATE)
    assert give_notices() == 1
    assert only(K.YEARLY)[0].due_on == date(2027, 12, 11)
    assert work("giving.notices_late") == []


def test_a_yearly_gift_that_is_adopted_just_before_its_charge_is_told_at_once(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=START + 3 * DAY, adopted_at=clock.now())
    assert (give_notices(), kinds(order_id)) == (1, ["yearly"])
    assert only(K.YEARLY)[0].due_on == START + DAY
    assert overdue() == []


def test_a_charge_that_a_pause_leaves_out_is_not_announced(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1))
    told(order_id, START)
    change(order_id, state=S.PAUSED, paused_until=at(date(2028, 6, 1)))
    go_to(date(2028, 2, 20))
    give_notices()
    assert only(K.YEARLY) == []


def test_a_yearly_gift_that_ends_before_its_charge_is_left_alone(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1))
    told(order_id, START)
    change(order_id, ends_at=at(date(2028, 3, 1)))
    go_to(date(2028, 2, 20))
    assert give_notices() == 0


# The end of a pause ------------------------------------------------------------------------------------------------


def test_a_pause_that_ends_just_before_a_charge_is_announced(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    change(order_id, state=S.PAUSED, paused_until=at(date(2027, 5, 30), 0))
    go_to(date(2027, 5, 17))
    assert give_notices() == 0
    go_to(date(2027, 5, 18))
    assert give_notices() == 1
    (notice,) = only(K.RESUMES)
    assert (notice.event_on, notice.opens_on, notice.due_on) == (
        date(2027, 6, 1),
        date(2027, 5, 18),
        date(2027, 5, 25),
    )
    assert "ends on May 30, 2027" in " ".join(notice.text.split())


def test_one_whose_charge_is_weeks_away_is_told_by_the_letter_that_it_is_over(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    change(order_id, state=S.PAUSED, paused_until=at(date(2027, 5, 5), 0))
    for day in range(20, 31):
        go_to(date(2027, 4, day))
        assert give_notices() == 0


def test_a_skip_that_was_asked_for_days_ago_is_not_announced(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    go_to(date(2027, 3, 28))
    change(order_id, state=S.PAUSED, paused_until=at(date(2027, 4, 2), 0))
    asked(order_id, ChangeKind.SKIP)
    assert give_notices() == 0


def test_the_first_charge_of_a_gift_on_the_last_day_is_on_the_last_day(start: date) -> None:
    order_id = gift(next_on=date(2027, 3, 31), charge_day=31)
    told(order_id, START)
    change(order_id, state=S.PAUSED, paused_until=at(date(2027, 4, 28), 0))
    go_to(date(2027, 4, 20))
    assert give_notices() == 1
    assert only(K.RESUMES)[0].event_on == date(2027, 4, 30)


# A card that ends --------------------------------------------------------------------------------------------------


def test_a_card_that_ends_is_told_sixty_to_thirty_days_before(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    card(order_id, exp_month=8, exp_year=2027)
    go_to(date(2027, 7, 1))
    assert give_notices() == 0
    go_to(date(2027, 7, 2))
    assert (give_notices(), give_notices()) == (1, 0)
    (notice,) = only(K.EXPIRING)
    assert (notice.event_on, notice.due_on) == (date(2027, 8, 31), date(2027, 8, 1))
    go_to(date(2027, 8, 31))
    assert give_notices() == 0


def test_a_card_given_in_its_last_month_is_told_at_once_and_in_time(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    go_to(date(2027, 3, 20))
    card(order_id, exp_month=3, exp_year=2027)
    assert give_notices() == 1
    assert work("giving.notices_late") == []


def test_of_two_gifts_of_one_customer_the_one_whose_card_ends_is_told(start: date) -> None:
    first, second = (gift(next_on=date(2027, 4, 1), stripe_customer="cus_both") for _ in range(2))
    for order_id in (first, second):
        told(order_id, START)
    card(first, label="Visa ending 4242", exp_month=8, exp_year=2027)
    card(second, label="Mastercard ending 4444", own=True, exp_month=9, exp_year=2027)
    go_to(date(2027, 7, 5))
    assert give_notices() == 1
    (notice,) = only(K.EXPIRING)
    assert (notice.subscription_id, "Visa ending 4242" in notice.text) == (first, True)
    go_to(date(2027, 8, 5))
    assert give_notices() == 1
    (notice,) = only(K.EXPIRING, second)
    assert ("Mastercard ending 4444" in notice.text, "Visa ending 4242" in notice.text) == (True, False)


# Bank accounts -----------------------------------------------------------------------------------------------------


def mandate(method_id: Any) -> None:
    with transaction() as session:
        now = clock.now()
        values = {"stripe_mandate": f"mandate_{new_id().hex}", "method_id": method_id, "state": MandateState.ACTIVE}
        session.add(Mandate(id=new_id(), created_at=now, updated_at=now, **values))


def test_the_terms_of_a_bank_debit_hold_the_copy_of_its_authorization_in_one_letter(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    mandate(card(order_id, "us_bank_account", "Test Bank ending 6789"))
    assert (give_notices(), give_notices()) == (1, 0)
    assert kinds(order_id) == ["terms", "mandate"]
    assert "YOUR AUTHORIZATION" in only(K.MANDATE)[0].text
    assert db.session().scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 1


def test_another_account_later_has_a_copy_of_its_own(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    first = card(order_id)
    told(order_id, START)
    go_to(date(2027, 3, 10))
    with transaction() as session:
        session.execute(sa.text("UPDATE payment_method SET is_default = :no"), {"no": False})
    mandate(card(order_id, "us_bank_account", "Test Bank ending 6789"))
    assert (give_notices(), give_notices()) == (1, 0)
    assert (kinds(order_id), bool(first)) == (["terms", "mandate"], True)
    assert only(K.MANDATE)[0].subject == "Your copy: the authorization to debit Test Bank ending 6789"


# Downtime, kills, and what did not arrive ---------------------------------------------------------------------------


def test_downtime_over_the_whole_window_is_caught_up_once_and_handed_to_a_person(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    go_to(date(2028, 3, 20))  # nothing ran since
    assert overdue() == [
        f"Yearly reminder of {public_id('sustainer', order_id)} was due by Mar 1, 2028 and is not written"
    ]
    assert (give_notices(), give_notices()) == (1, 0)
    (item,) = work("giving.notices_late")
    assert item.title == "1 notice went out after its last day: yearly reminder"
    assert len(only(K.REMINDER)) == 1


def test_a_yearly_charge_that_came_without_its_notice_is_a_persons_to_settle(start: date) -> None:
    order_id = gift(Interval.YEAR, next_on=date(2028, 3, 1))
    told(order_id, START)
    go_to(date(2028, 3, 5))
    change(order_id, current_period_end=at(date(2029, 3, 1)))
    charged(order_id, date(2028, 3, 1))
    assert (give_notices(), give_notices()) == (1, 0)
    (item,) = work("giving.notice_not_given")
    assert "came before it could be sent" in item.detail
    assert len(overdue()) == 1
    assert only(K.YEARLY)[0].period == "missed:2028-03-01"
    go_to(date(2029, 2, 1))
    assert give_notices() == 1  # next year's is written as ever


def charged(order_id: Any, day: date) -> None:
    with transaction() as session:
        order = session.get_one(Subscription, order_id)
        session.add(
            Payment(
                id=new_id(),
                kind=PaymentKind.RENEWAL,
                state=PaymentState.PROCESSING,
                reference=order.reference,
                station_id=order.station_id,
                subscription_id=order_id,
                amount_cents=1000,
                currency="usd",
                livemode=False,
                created_at=at(day),
                updated_at=at(day),
            )
        )


def test_a_run_that_is_killed_between_two_notices_goes_on_where_it_was(
    start: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        gift(next_on=date(2027, 4, 1), email=f"donor{number}@example.org")
    seen: list[str] = []

    def killed(name: str) -> None:
        seen.append(name)
        if len(seen) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "point", killed)
    with pytest.raises(KeyboardInterrupt):
        give_notices()
    monkeypatch.undo()
    assert (len(written()), give_notices(), len(written())) == (3, 3, 6)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 6


def test_one_that_cannot_be_written_keeps_none_of_the_others(start: date, monkeypatch: pytest.MonkeyPatch) -> None:
    first = gift(next_on=date(2027, 4, 1), email="a@example.org")
    gift(next_on=date(2027, 4, 1), email="b@example.org")
    real = running.queries.sustainer

    def broken(order_id: Any) -> Any:
        if order_id == first:
            raise ValueError("a row that nobody can read")
        return real(order_id)

    monkeypatch.setattr(running.queries, "sustainer", broken)
    with pytest.raises(running.NotAllWritten):
        give_notices()
    monkeypatch.undo()
    assert len(written()) == 1
    assert give_notices() == 1


def test_a_mail_that_came_back_counts_as_not_given(start: date, outbox: Callable[[], int], mailbox: Mailbox) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    mailbox.refuse("maria@example.org", 550)
    give_notices()
    outbox()
    assert db.session().scalars(sa.select(OutgoingMail.state)).all() == [MailState.BOUNCED]
    give_notices()
    give_notices()
    (item,) = work("giving.notice_not_given")
    assert item.title == "A notice did not reach Maria Peña: terms at the start"
    assert overdue() == []
    go_to(START + 2 * DAY)
    assert len(overdue()) == 1
    assert queries.notices_of(order_id)[0].late


def test_what_was_written_in_time_and_sent_late_is_late_everywhere(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    give_notices()
    assert only(K.TERMS)[0].due_on == START + DAY
    go_to(START + 3 * DAY)  # the emergency stop is over
    send_now()
    give_notices()
    (seen,) = queries.notices_of(order_id)
    assert (seen.given_on, seen.late) == (START + 3 * DAY, True)
    assert [each.id for each in queries.notices(queries.View.LATE).rows] == [seen.id]
    assert queries.notice_counts()[K.TERMS].late == 1
    assert queries.late_today() == {K.TERMS: 1}
    (item,) = work("giving.notices_late")
    assert item.title == "1 notice went out after its last day: terms at the start"
    go_to(START + 4 * DAY)
    assert queries.late_today() == {}


@pytest.mark.parametrize(("hour", "minute", "late"), [(23, 59, False), (24, 1, True)])
def test_the_last_day_ends_at_the_stations_midnight(start: date, hour: int, minute: int, late: bool) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    give_notices()
    go_to(START + DAY + hour // 24 * DAY, hour % 24, minute)  # both are the next day in UTC
    send_now()
    (seen,) = queries.notices_of(order_id)
    assert (seen.late, queries.notice_counts()[K.TERMS].late) == (late, int(late))


def send_now() -> None:
    with transaction() as session:
        waits = sa.update(OutgoingMail).where(OutgoingMail.state == MailState.QUEUED)
        session.execute(waits.values(state=MailState.SENT, sent_at=clock.now()))


def test_a_mail_that_arrived_is_proof(start: date, outbox: Callable[[], int], mailbox: Mailbox) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    give_notices()
    outbox()
    go_to(START + 5 * DAY)
    (notice,) = queries.notices_of(order_id)
    assert (notice.standing, notice.given_on, notice.late) == (queries.Standing.GIVEN, START, False)
    assert notice.deliveries[0].message_id == mailbox.messages[0]["Message-ID"]
    link = mailbox.messages[0].get_body(("plain",)).get_content()
    assert "/my-gift/" in link
    assert "private link" not in link
    assert overdue() == []


def test_without_an_address_it_is_a_persons_to_give(start: date) -> None:
    gift(next_on=date(2027, 4, 1), email="")
    assert give_notices() == 1
    (item,) = work("giving.notice_not_given")
    assert "no address" in item.detail


@pytest.mark.crooked
def test_a_notice_is_never_edited(start: date) -> None:
    gift(next_on=date(2027, 4, 1))
    give_notices()
    for statement in ("UPDATE notice SET text = ''", "DELETE FROM notice", "DELETE FROM notice_delivery"):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), transaction() as session:
            session.execute(sa.text(statement))


def test_thousands_of_gifts_cost_no_more_statements_than_their_pages(start: date) -> None:
    order_id = gift(next_on=date(2027, 4, 1))
    told(order_id, START)
    many_more(order_id, 2000)
    ran: list[str] = []

    def count(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        ran.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert give_notices() == 0
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)
    assert len(ran) < 80, len(ran)
    go_to(date(2028, 2, 20))
    assert len([each for kind in queries.KINDS for each in queries.every_due(kind, queries.horizon())]) == 2001


def many_more(order_id: Any, many: int) -> None:
    """Copies of a gift and of its terms."""
    with transaction() as session:
        order = session.get_one(Subscription, order_id)
        (terms,) = only_rows(session, order_id)
        rows, notices, given = [], [], []
        for _ in range(many):
            copy = new_id()
            rows.append(
                {
                    **{c.name: getattr(order, c.name) for c in Subscription.__table__.columns},
                    "id": copy,
                    "reference": new_id(),
                    "stripe_subscription": f"sub_{copy.hex}",
                    "stripe_customer": f"cus_{copy.hex}",
                }
            )
            notices.append({**terms, "id": new_id(), "subscription_id": copy})
            by = {"how": Channel.PHONE, "given_on": START, "by": "test", "note": "", "at": clock.now()}
            given.append({"id": new_id(), "notice_id": notices[-1]["id"], **by})
        session.execute(sa.insert(Subscription), rows)
        session.execute(sa.insert(Notice), notices)
        session.execute(sa.insert(NoticeDelivery), given)


def only_rows(session: Any, order_id: Any) -> list[dict[str, Any]]:
    found = session.scalars(sa.select(Notice).where(Notice.subscription_id == order_id))
    return [{c.name: getattr(row, c.name) for c in Notice.__table__.columns} for row in found]
