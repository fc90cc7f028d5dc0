"""Words of the tests about notices: gifts that run since a day, and what was written about them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import new_id
from station.giving.models import Frequency, Notice, NoticeKind, Pledge
from station.licensee.queries import default_station
from station.members.services import match_or_create
from station.payments.models import Interval, PaymentMethod, Subscription, SubscriptionState

ZONE = ZoneInfo("America/Los_Angeles")


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """An instant on a station-local day."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def go_to(day: date, hour: int = 10, minute: int = 0) -> None:
    """Move the house's clock to a station-local moment, forward or back."""
    clock.move(at(day, hour, minute) - clock.now())


def gift(
    interval: Interval = Interval.MONTH,
    *,
    next_on: date,
    email: str = "maria@example.org",
    hour: int = 10,
    **more: Any,
) -> UUID:
    """A recurring gift as a row: what a run of the notices reads. Its charge is due at an hour of a local day."""
    now = clock.now()
    with transaction() as session:
        member_id = match_or_create("Maria", "Peña", email, COMMAND) if email else None
        pledge = Pledge(
            id=new_id(),
            attempt=str(new_id()),
            station_id=default_station().id,
            frequency=Frequency(interval.value),
            amount_cents=1000,
            currency="usd",
            given_name="Maria",
            family_name="Peña",
            email=email,
            member_id=member_id,
            created_at=now,
        )
        session.add(pledge)
        session.flush()
        values: dict[str, Any] = {
            "state": SubscriptionState.ACTIVE,
            "station_id": pledge.station_id,
            "amount_cents": 1000,
            "currency": "usd",
            "interval": interval.value,
            "livemode": False,
            "current_period_end": at(next_on, hour),
            "started_at": now,
            "created_at": now,
            "updated_at": now,
            **more,
        }
        order_id = new_id()
        values = {"stripe_subscription": f"sub_{order_id.hex}", "stripe_customer": f"cus_{order_id.hex}", **values}
        session.add(Subscription(id=order_id, reference=pledge.id, **values))
        session.flush()
        return order_id


def card(
    order_id: UUID, kind: str = "card", label: str = "Visa ending 4242", *, own: bool = False, **more: Any
) -> UUID:
    """What a gift charges: its customer's default, or its own method."""
    now = clock.now()
    with transaction() as session:
        order = session.get_one(Subscription, order_id)
        row = PaymentMethod(
            id=new_id(),
            stripe_method=f"pm_{new_id().hex}",
            stripe_customer=order.stripe_customer,
            kind=kind,
            label=label,
            is_default=not own,
            livemode=False,
            created_at=now,
            updated_at=now,
            **more,
        )
        session.add(row)
        session.flush()
        if own:
            order.method_id = row.id
        return row.id


def change(order_id: UUID, **values: Any) -> None:
    """The gift is different from now on, as Stripe's news would make it."""
    with transaction() as session:
        row = session.get_one(Subscription, order_id)
        for name, value in values.items():
            setattr(row, name, value)


def written(order_id: UUID | None = None) -> list[Notice]:
    """The notices, oldest first."""
    db.session.rollback()
    found = sa.select(Notice).order_by(Notice.written_at, Notice.id)
    return list(db.session().scalars(found.where(Notice.subscription_id == order_id) if order_id else found))


def kinds(order_id: UUID | None = None) -> list[str]:
    return [row.kind.value for row in written(order_id)]


def only(kind: NoticeKind, order_id: UUID | None = None) -> list[Notice]:
    return [row for row in written(order_id) if row.kind is kind]
