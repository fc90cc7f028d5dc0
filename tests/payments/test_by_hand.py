"""What people say of lines, and months that they close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from station.core import clock
from station.core.actor import Actor, ActorKind
from station.core.db import db, transaction
from station.core.events import Event
from station.core.ids import new_id
from station.core.money import Money
from station.payments.models import (
    Account,
    LedgerTransaction,
    Payment,
    PaymentKind,
    PaymentState,
    Payout,
    SweepKind,
    Tender,
    Tie,
)
from station.payments.policies import HOLDS, month_bounds, month_of
from station.payments.queries.payouts import balance
from station.payments.queries.payouts import periods as period_pages
from station.payments.services import ledger
from station.payments.services.deposits import comparing, reconciling, sweeps
from station.payments.services.deposits.by_hand import CannotTie, tie_by_hand
from station.payments.services.deposits.periods import (
    NOT_COMPARED,
    CannotClose,
    close_period,
    reopen_period,
    why_not_close,
)
from station.payments.services.tendering.undoing import CannotUndo, void_payment
from tests.payments.deposit_parts import Run, deposits_hold, holds, line_by, looked, open_items, paid
from tests.payments.parts import to_a_plain_day
from tests.payments.test_sweeps import theirs

BETTINA = Actor(ActorKind.STAFF, "Bettina Osei")
pytestmark = pytest.mark.crooked  # payments of other tenders are made here without their gifts


@pytest.fixture
def unknown(house: Any, stripe_sandbox: Any, outbox: Run) -> UUID:
    """A line that nobody knows, in a payout with one that is known. It comes after our first call, or it is old."""
    to_a_plain_day(stripe_sandbox)  # a payout of a month's last days arrives in the next one
    paid(stripe_sandbox, outbox, house.classical, 1000)
    theirs(stripe_sandbox, 3300)
    stripe_sandbox.payout()
    reconciling.reconcile_payouts()
    return line_by(Tie.UNMATCHED).id


def entered(house: Any, cents: int, tender: Tender = Tender.OTHER) -> UUID:
    """A settled payment of another tender, as it is entered at the desk."""
    now = clock.now()
    with transaction() as session:
        payment = Payment(
            id=new_id(),
            kind=PaymentKind.ONCE,
            state=PaymentState.SETTLED,
            reference=new_id(),
            station_id=house.classical.id,
            amount_cents=cents,
            currency="usd",
            fee_cents=0,
            tender=tender,
            livemode=False,
            created_at=now,
            settled_at=now,
            updated_at=now,
        )
        session.add(payment)
        session.flush()
        ledger.post("settled", payment, now, {HOLDS[tender]: cents, Account.GIFTS: -cents})
        return payment.id


def the_payout() -> Payout:
    db.session.rollback()
    return db.session().scalars(sa.select(Payout).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize(
    ("kind", "account"),
    [
        (Tie.FEE, Account.FEES),
        (Tie.DISPUTE_FEE, Account.DISPUTE_FEES),
        (Tie.ELSEWHERE, Account.ELSEWHERE),
        (Tie.OWN, Account.BANK),
    ],
)
def test_a_line_is_what_somebody_says_it_is(kind: Tie, account: Account, unknown: UUID, house: Any) -> None:
    before = sum(holds(account).values())
    tie_by_hand(unknown, kind, None, "  Asked the other program. ", BETTINA)
    line = line_by(kind)
    assert (line.by_hand, line.reason, line.why) == ("Bettina Osei", "Asked the other program.", "")
    assert holds(Account.UNMATCHED) == {}
    assert sum(holds(account).values()) - before == -line.net_cents
    assert (the_payout().reconciled_at is not None, open_items()) == (True, [])
    told = db.session().scalars(sa.select(Event).where(Event.name == "payments.line.said")).one()
    assert (told.actor_label, told.data["why"]) == ("Bettina Osei", "Asked the other program.")
    assert reconciling.reconcile_payouts()[0].unmatched == 0  # a machine does not take it back
    assert line_by(kind).by_hand == "Bettina Osei"


def test_a_line_is_the_charge_of_a_gift_that_was_entered(unknown: UUID, house: Any) -> None:
    """The money stands at the bank with its payout, not by itself a second time."""
    at_bank = holds(Account.BANK)
    payment_id = entered(house, 3300)
    tie_by_hand(unknown, Tie.PAYMENT, payment_id, "The donor paid at the dashboard.", BETTINA)
    line = balance.line_row(unknown)
    assert line is not None
    assert line.tied_id == payment_id
    assert (holds(Account.UNMATCHED), holds(Account.STRIPE)) == ({}, {})
    assert sum(holds(Account.BANK).values()) == sum(at_bank.values())
    assert holds(Account.BANK)[house.classical.id] == the_payout().amount_cents
    with pytest.raises(CannotUndo, match="tied to it"):
        void_payment(payment_id, "keyed by mistake", BETTINA)
    assert the_payout().reconciled_at is not None
    deposits_hold()


def test_what_a_line_is_not(unknown: UUID, house: Any, stripe_sandbox: Any, outbox: Run) -> None:
    other, wrong = entered(house, 3300), entered(house, 3200)
    known, check = paid(stripe_sandbox, outbox, house.news, 3300), entered(house, 3300, Tender.CHECK)
    for kind, payment_id, reason, words in (
        (Tie.FEE, None, "   ", "Give a reason"),
        (Tie.PAYMENT, None, "because", "no such payment"),
        (Tie.PAYMENT, new_id(), "because", "no such payment"),
        (Tie.PAYMENT, known, "because", "went through Stripe"),
        (Tie.PAYMENT, check, "because", "come to the bank by itself"),
        (Tie.PAYMENT, wrong, "because", "the line is of \\$33.00"),
        (Tie.REFUND, None, "because", "Choose what"),
        (Tie.OPENING, None, "because", "Choose what"),
    ):
        with pytest.raises(CannotTie, match=words):
            tie_by_hand(unknown, kind, payment_id, reason, BETTINA)
    assert line_by(Tie.UNMATCHED).by_hand == ""
    with pytest.raises(CannotTie, match="tied by what Stripe"):
        tie_by_hand(line_by(Tie.PAYOUT).id, Tie.FEE, None, "because", BETTINA)
    with pytest.raises(CannotTie, match="tied by what Stripe"):
        tie_by_hand(new_id(), Tie.FEE, None, "because", BETTINA)
    tie_by_hand(unknown, Tie.PAYMENT, other, "because", BETTINA)
    theirs(stripe_sandbox, 3300)
    reconciling.reading.keep_lines(
        reconciling.gateway.movements_since(clock.now() - timedelta(days=1), clock.now()), None, BETTINA
    )
    with pytest.raises(CannotTie, match="tied to txn_"):
        tie_by_hand(line_by(Tie.UNMATCHED).id, Tie.PAYMENT, other, "because", BETTINA)


def test_what_was_said_can_be_taken_back(unknown: UUID, house: Any) -> None:
    tie_by_hand(unknown, Tie.ELSEWHERE, None, "The bookshop's.", BETTINA)
    tie_by_hand(unknown, Tie.FEE, None, "No: Radar's.", BETTINA)
    assert (holds(Account.ELSEWHERE), sum(holds(Account.FEES).values()) < 0) == ({}, True)
    tie_by_hand(unknown, Tie.UNMATCHED, None, "I do not know.", BETTINA)
    assert (line_by(Tie.UNMATCHED).by_hand, the_payout().reconciled_at) == ("", None)
    assert open_items() == ["payments.unmatched"]
    deposits_hold()


# Months ------------------------------------------------------------------------------------------------------------


def test_a_month_closes_when_nothing_stands_against_it(unknown: UUID, house: Any, later: Callable[..., None]) -> None:
    month = month_of(clock.now(), house.licensee.timezone)
    assert why_not_close(month) == ["The month is not over."]
    later(days=32)
    looked()
    reasons = why_not_close(month)
    assert reasons[0] == "1 line(s) of Stripe's balance are tied to nothing."
    assert any(reason.endswith("is not reconciled.") for reason in reasons)
    with pytest.raises(CannotClose, match="tied to nothing"):
        close_period(month, BETTINA)
    tie_by_hand(unknown, Tie.ELSEWHERE, None, "The bookshop's.", BETTINA)
    with transaction() as session:  # payments are opened here without what giving knows of them
        session.execute(sa.text("UPDATE work_item SET state = 'done'"))
    left = [reason for reason in why_not_close(month) if "does not hold" not in reason]
    assert left == []


def test_a_month_waits_until_stripe_was_asked_after_its_end(
    house: Any, stripe_sandbox: Any, later: Callable[..., None]
) -> None:
    """What moved in its last hour, and nobody told us of, stands against closing it."""
    month = month_of(clock.now() + timedelta(hours=2), house.licensee.timezone)
    ends_at = month_bounds(month, house.licensee.timezone)[1]
    almost = (ends_at - clock.now() - timedelta(hours=1)).total_seconds()
    later(seconds=almost)
    stripe_sandbox.advance(almost)
    sweeps.sweep_lines()
    comparing.compare_with_stripe()
    theirs(stripe_sandbox, 3300)
    later(hours=2)
    assert why_not_close(month) == [NOT_COMPARED]
    sweeps.sweep_lines()
    assert why_not_close(month)[0] == NOT_COMPARED
    comparing.compare_with_stripe()
    assert why_not_close(month)[0] == "1 line(s) of Stripe's balance are tied to nothing."


@pytest.mark.parametrize("kind", [SweepKind.LINES, SweepKind.COMPARISON])
def test_one_look_alone_closes_no_month(kind: SweepKind, house: Any, later: Callable[..., None]) -> None:
    month = month_of(clock.now(), house.licensee.timezone)
    looked()
    later(days=32)
    looked(kind)
    with pytest.raises(CannotClose, match="not been compared since the month ended"):
        close_period(month, BETTINA)


@pytest.fixture
def closed(house: Any, later: Callable[..., None]) -> str:
    """The month that was the present one, closed after its end."""
    month = month_of(clock.now(), house.licensee.timezone)
    later(days=32)
    looked()
    close_period(month, BETTINA)
    return month


def test_closing_says_who_and_when(closed: str) -> None:
    shown = next(each for each in period_pages.months() if each.month == closed) if _in_books(closed) else None
    names = list(db.session().scalars(sa.select(Event.name).where(Event.name.startswith("payments.period"))))
    assert names == ["payments.period.closed"]
    assert shown is None or shown.closed
    with pytest.raises(CannotClose, match="closed already"):
        close_period(closed, BETTINA)


def _in_books(month: str) -> bool:
    return any(each.month == month for each in period_pages.months())


def test_late_money_is_booked_in_the_present_month(closed: str, house: Any) -> None:
    starts, ends = month_bounds(closed, house.licensee.timezone)
    inside = ends - timedelta(hours=1)
    lines = [ledger.Line(Account.STRIPE, house.news.id, 500), ledger.Line(Account.GIFTS, house.news.id, -500)]
    with transaction():
        ledger.post_lines("test", "test:1", inside, "usd", lines)
    db.session.rollback()
    at = db.session().scalars(sa.select(LedgerTransaction.at)).one()
    assert at >= ends > inside >= starts


def test_an_open_month_keeps_its_own_instants(house: Any, later: Callable[..., None]) -> None:
    inside = clock.now()
    later(days=32)
    lines = [ledger.Line(Account.STRIPE, house.news.id, 500), ledger.Line(Account.GIFTS, house.news.id, -500)]
    with transaction():
        ledger.post_lines("test", "test:1", inside, "usd", lines)
    assert db.session().scalars(sa.select(LedgerTransaction.at)).one() == inside


def test_opening_a_month_again_wants_a_reason(closed: str, house: Any) -> None:
    with pytest.raises(CannotClose, match="Give a reason"):
        reopen_period(closed, "  ", BETTINA)
    reopen_period(closed, "A check came late.", BETTINA)
    with pytest.raises(CannotClose, match="not closed"):
        reopen_period(closed, "Again.", BETTINA)
    close_period(closed, BETTINA)
    db.session.rollback()
    row = db.session().get(period_pages.Period, closed)
    assert row is not None
    assert (row.closed_by, row.reason) == ("Bettina Osei", "A check came late.")


@pytest.mark.parametrize("month", ["2026-13", "november", "", "2026-1", "2099-01"])
def test_no_such_month(month: str, house: Any) -> None:
    with pytest.raises(CannotClose):
        close_period(month, BETTINA)
    with pytest.raises(CannotClose):
        reopen_period(month, "because", BETTINA)


def test_a_broken_invariant_keeps_a_month_open(house: Any, later: Callable[..., None]) -> None:
    month = month_of(clock.now(), house.licensee.timezone)
    with transaction() as session:
        session.add(
            Payout(
                stripe_id="po_1",
                amount_cents=Money(500).cents,
                currency="usd",
                automatic=False,
                livemode=False,
                state="paid",
                listing="not_applicable",
                failure="",
                problem="",
                made_at=clock.now(),
                arrives_on=clock.now().date(),
                postings=0,
                updated_at=clock.now(),
            )
        )
    later(days=32)
    looked()
    assert why_not_close(month) == ["This does not hold: The ledger's bank has each paid payout."]
