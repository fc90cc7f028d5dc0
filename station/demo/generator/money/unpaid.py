"""Pledges that came to nothing, or have not been paid yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from station.core.actor import STRIPE, VISITOR
from station.core.events import Subject
from station.core.money import Money
from station.demo.generator.calendar import Calendar
from station.demo.generator.money.pledges import CURRENCY, pledge_row
from station.demo.generator.people import Person
from station.demo.generator.rows import Rows
from station.giving.models import Frequency
from station.licensee.queries import StationView
from station.payments.models import Payment, PaymentKind, PaymentState

NO_FUNDS = "The bank account has insufficient funds."
# state, hours ago, cents. Those without an answer are hours old: the sweep lets them expire after a day.
CASES = (
    (PaymentState.FAILED, 30, 12000),
    (PaymentState.FAILED, 200, 5000),
    (PaymentState.FAILED, 1_900, 2500),
    (PaymentState.EXPIRED, 40, 6000),
    (PaymentState.EXPIRED, 90, 500),
    (PaymentState.EXPIRED, 150, 10000),
    (PaymentState.EXPIRED, 420, 7500),
    (PaymentState.CREATED, 1, 6000),
    (PaymentState.CREATED, 3, 2500),
)


def unpaid(rows: Rows, calendar: Calendar, people: Sequence[Person], stations: Sequence[StationView]) -> None:
    """One pledge for each case, of people who are no members: a member exists once money has settled."""
    for (state, hours, cents), person in zip(CASES, people, strict=True):
        at, station, amount = calendar.now - timedelta(hours=hours), stations[hours % 2], Money(cents, CURRENCY)
        failed = state is PaymentState.FAILED
        pledge_id = rows.new_id(at)
        payment_id = rows.add(
            Payment,
            at,
            kind=PaymentKind.ONCE,
            state=state,
            reference=pledge_id,
            station_id=station.id,
            subscription_id=None,
            amount_cents=cents,
            currency=CURRENCY,
            fee_cents=0,
            livemode=False,
            checkout_session=None,
            checkout_url="",
            payment_intent=None,
            charge=None,
            invoice=None,
            balance_transaction=None,
            method="us_bank_account" if failed else "",
            method_label="Bank account ending 0271" if failed else "",
            failure=NO_FUNDS if failed else "",
            created_at=at,
            settled_at=None,
            updated_at=at,
        )
        pledge_row(rows, pledge_id, payment_id, None, station, Frequency.ONCE, amount, person, "", at)
        _told(rows, state, at, Subject("payment", payment_id), Subject("pledge", pledge_id), str(amount))


def _told(rows: Rows, state: PaymentState, at: datetime, payment: Subject, pledge: Subject, amount: str) -> None:
    """The events of a pledge that brought nothing."""
    rows.tell("payments.payment.opened", at, VISITOR, [payment], {"amount": amount, "interval": ""})
    if state is PaymentState.FAILED:
        then = at + timedelta(hours=20)
        rows.tell("payments.payment.failed", then, STRIPE, [payment], {"amount": amount, "reason": NO_FUNDS})
        rows.tell("giving.pledge.failed", then, STRIPE, [pledge, payment], {"reason": NO_FUNDS})
    if state is PaymentState.EXPIRED:
        then = at + timedelta(hours=24)
        rows.tell("payments.payment.expired", then, STRIPE, [payment], {"amount": amount})
        rows.tell("giving.pledge.expired", then, STRIPE, [pledge, payment], {})
