"""Words of the payment tests: open, look, and what must hold afterwards."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem
from station.core import clock
from station.core.actor import VISITOR
from station.core.db import db
from station.core.ids import new_id
from station.core.money import Money
from station.core.places import INVARIANTS
from station.licensee.queries import the_licensee
from station.payments import queries
from station.payments.models import (
    CallState,
    Interval,
    Payment,
    PaymentKind,
    PaymentState,
    StripeEvent,
    Subscription,
    SubscriptionState,
)
from station.payments.policies import plus_months
from station.payments.services import HostedPage, open_payment

PAGE = HostedPage("Gift to News", "donor@example.org", "http://localhost/thanks", "http://localhost/give")


def to_a_plain_day(stripe: Handle) -> None:
    """Both clocks to noon on the tenth of the next month: a day that every month has, and the same one in UTC."""
    zone = the_licensee().timezone
    noon = datetime.combine(plus_months(clock.today(zone), 1, day=10), time(12), ZoneInfo(zone))
    ahead = noon - clock.now()
    clock.move(ahead)
    stripe.advance(ahead.total_seconds())


def opened(
    house: Any,
    monthly: bool = False,
    cents: int = 1500,
    interval: Interval | None = None,
    charge_day: int | None = None,
    cover_cents: int = 0,
) -> UUID:
    """A payment's row, as giving would write it."""
    return open_payment(
        reference=new_id(),
        station_id=house.news.id,
        amount=Money(cents),
        interval=Interval.MONTH if monthly else interval,
        charge_day=charge_day,
        cover_cents=cover_cents,
        actor=VISITOR,
    )


def row_of(payment_id: UUID) -> Payment:
    """The payment's row as it is in the database now."""
    db.session.rollback()
    return db.session().get_one(Payment, payment_id, populate_existing=True)


def session_of(payment_id: UUID) -> str:
    found = row_of(payment_id).checkout_session
    assert found is not None
    return found


def state_of(payment_id: UUID) -> PaymentState:
    return row_of(payment_id).state


def standing(payment_id: UUID) -> Subscription:
    """The subscription of a payment."""
    row = row_of(payment_id)
    assert row.subscription_id is not None
    return db.session().get_one(Subscription, row.subscription_id, populate_existing=True)


def stripe_id(payment_id: UUID) -> str:
    found = standing(payment_id).stripe_subscription
    assert found is not None
    return found


def standing_state(payment_id: UUID) -> SubscriptionState:
    return standing(payment_id).state


def renewals_of(payment_id: UUID) -> list[Payment]:
    row = row_of(payment_id)
    return list(
        db.session().scalars(
            sa.select(Payment)
            .where(Payment.subscription_id == row.subscription_id, Payment.kind == PaymentKind.RENEWAL)
            .order_by(Payment.id)
        )
    )


def ledger_of(payment_id: UUID) -> dict[tuple[str, str], int]:
    """Ledger lines by what and account, in cents; fails when one of them stands there twice."""
    db.session.rollback()
    story = queries.story(payment_id)
    assert story is not None
    found = {(line.kind, line.account): line.amount.cents for line in story.ledger}
    assert len(found) == len(story.ledger)
    return found


def calls_of(payment_id: UUID) -> list[tuple[str, CallState]]:
    db.session.rollback()
    return [(call.key.rpartition(":")[2], call.state) for call in queries.calls_of(payment_id)]


def outcomes() -> dict[str, str]:
    """State of each stored event by its type (the worst one where a type came more than once)."""
    db.session.rollback()
    rows = db.session().execute(sa.select(StripeEvent.type, StripeEvent.state).order_by(StripeEvent.state.desc()))
    return {row.type: row.state.value for row in rows}


def work_items() -> list[str]:
    """Kinds of the work items that this package has opened."""
    db.session.rollback()
    ours = WorkItem.kind.startswith("payments.")
    return list(db.session().scalars(sa.select(WorkItem.kind).where(ours).order_by(WorkItem.kind)))


def count(table: type[Any]) -> int:
    db.session.rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(table)) or 0


def books_hold() -> None:
    """The invariants of this package."""
    db.session.rollback()
    names = ("ledger-balance", "ledger-of-payments", "ledger-of-returns", "returns-of-payments", "stripe-events")
    ours = [each for each in INVARIANTS if each.name in names]
    assert len(ours) == len(names)
    assert [line for each in ours for line in each.broken()] == []
