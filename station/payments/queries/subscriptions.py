"""Reads of standing orders and of what was asked of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.payments.gateway import SUBSCRIPTION_PREFIX
from station.payments.models import (
    Asked,
    ChangeKind,
    ChangeState,
    EndReason,
    GatewayCall,
    Interval,
    Payment,
    Subscription,
    SubscriptionChange,
    SubscriptionState,
)
from station.payments.policies import SUBSCRIPTION, UNPAID, first_charge_after, next_charge, off_schedule
from station.payments.queries.rows import ASK_SLOW, given

LONGEST = {  # between two charges, and the hour in which Stripe drafts
    Interval.MONTH: timedelta(days=31, hours=6),
    Interval.QUARTER: timedelta(days=92, hours=6),
    Interval.YEAR: timedelta(days=366, hours=6),
}
OPEN_CHANGES = (ChangeState.SENDING, ChangeState.UNKNOWN)
REPEAT_AFTER = timedelta(minutes=10)
ASK_ENDED = timedelta(days=1)
MADE_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class SubscriptionView:
    """A sustainer's standing order. `next_at` is the instant when Stripe bills next, `ends_at` when it stops.

    Of the amount, `cover` was added for processing.
    """

    id: UUID
    public_id: str
    state: SubscriptionState
    amount: Money
    cover: Money
    interval: Interval
    charge_day: int | None
    reference: UUID
    station_id: UUID
    next_at: datetime | None
    paused_until: datetime | None
    ends_at: datetime | None
    end_reason: str
    stripe_id: str
    customer: str
    created_at: datetime

    @property
    def is_over(self) -> bool:
        return SUBSCRIPTION.is_final(self.state)

    @property
    def next_on(self) -> date | None:
        """The station-local day of the next charge that is to come; None when none is, or Stripe does not say when.

        Of an order that is still to be moved to its chosen day, that day; of one that rests, the first day after it.
        """
        resting = self.state is SubscriptionState.PAUSED and self.paused_until is None
        if self.next_at is None or resting or self.is_over:
            return None
        zone = the_licensee().timezone
        planned = clock.local_date(self.next_at, zone)
        if self.charge_day and off_schedule(self.charge_day, planned):
            last = clock.local_date(last_charge(self.id) or self.created_at, zone)
            planned = next_charge(self.charge_day, self.interval, last, planned, clock.today(zone))
        if self.paused_until:
            rests = clock.local_date(self.paused_until, zone)
            planned = first_charge_after(rests, planned, self.interval, self.charge_day)
        return None if self.ends_at and clock.local_date(self.ends_at, zone) <= planned else planned


@dataclass(frozen=True)
class ChangeView:
    """One change that was asked for, and what came of it."""

    id: UUID
    kind: ChangeKind
    state: ChangeState
    asked: Asked
    old: dict[str, Any]
    new: dict[str, Any]
    who: str
    reason: EndReason | None
    words: str
    error: str
    asked_at: datetime
    effective_at: datetime | None
    key: str


def order_view(row: Subscription) -> SubscriptionView:
    """A row as a view."""
    return SubscriptionView(
        row.id,
        public_id(SUBSCRIPTION_PREFIX, row.id),
        row.state,
        row.amount,
        Money(row.cover_cents, row.currency),
        Interval(row.interval),
        row.charge_day,
        row.reference,
        row.station_id,
        row.current_period_end,
        row.paused_until,
        row.ends_at,
        row.end_reason,
        row.stripe_subscription or "",
        row.stripe_customer or "",
        row.created_at,
    )


def subscription(subscription_id: UUID) -> SubscriptionView | None:
    """One subscription, or None."""
    row = subscription_row(subscription_id)
    return order_view(row) if row else None


def subscription_of(reference: UUID) -> SubscriptionView | None:
    """The subscription of a caller's reference, or None."""
    row = db.session().scalar(sa.select(Subscription).where(Subscription.reference == reference))
    return order_view(row) if row else None


def subscriptions_of(references: Collection[UUID]) -> list[SubscriptionView]:
    """The subscriptions of some references of the caller's, oldest first."""
    found = sa.select(Subscription).where(Subscription.reference.in_(references)).order_by(Subscription.id)
    return [order_view(row) for row in db.session().scalars(found)] if references else []


def changes_of(subscription_id: UUID) -> list[ChangeView]:
    """What was asked of a standing order, newest first."""
    found = (
        sa.select(SubscriptionChange, GatewayCall.key)
        .join(GatewayCall, GatewayCall.id == SubscriptionChange.call_id)
        .where(SubscriptionChange.subscription_id == subscription_id)
        .order_by(SubscriptionChange.asked_at.desc(), SubscriptionChange.id.desc())
    )
    return [_change_view(row, key) for row, key in db.session().execute(found)]


def _change_view(row: SubscriptionChange, key: str) -> ChangeView:
    return ChangeView(
        row.id,
        row.kind,
        row.state,
        row.asked,
        dict(row.old),
        dict(row.new),
        row.actor_label,
        EndReason(row.reason) if row.reason else None,
        row.words,
        row.error,
        row.asked_at,
        row.effective_at,
        key,
    )


def subscription_row(subscription_id: UUID) -> Subscription | None:
    return db.session().get(Subscription, subscription_id)


def knows_customer(stripe_customer: str) -> bool:
    """Whether one of our subscriptions is of this customer at Stripe; of an empty id none is."""
    known = sa.select(Subscription.id).where(Subscription.stripe_customer == stripe_customer).limit(1)
    return bool(stripe_customer) and db.session().scalar(known) is not None


def last_charge(subscription_id: UUID) -> datetime | None:
    """When money of a standing order last arrived."""
    mine = Payment.subscription_id == subscription_id
    return db.session().scalar(sa.select(sa.func.max(Payment.settled_at)).where(mine))


def orders_at_stripe(stripe_ids: Collection[str]) -> dict[str, SubscriptionView]:
    """The standing orders that Stripe knows under these ids, by them."""
    found = sa.select(Subscription).where(Subscription.stripe_subscription.in_(stripe_ids))
    return {row.stripe_subscription or "": order_view(row) for row in db.session().scalars(found)}


def lock_subscription(subscription_id: UUID) -> Subscription | None:
    """The subscription, locked until the transaction ends."""
    return db.session().get(Subscription, subscription_id, with_for_update=True, populate_existing=True)


def lock_subscription_of(stripe_id: str) -> Subscription | None:
    """The subscription that Stripe knows under an id, locked. Raises ValueError for an empty id."""
    known = sa.select(Subscription).where(Subscription.stripe_subscription == given(stripe_id))
    return db.session().scalar(known.with_for_update().execution_options(populate_existing=True))


def open_change(subscription_id: UUID) -> SubscriptionChange | None:
    """The change of a standing order that Stripe has not answered yet, or None."""
    mine = (SubscriptionChange.subscription_id == subscription_id, SubscriptionChange.state.in_(OPEN_CHANGES))
    return db.session().scalar(sa.select(SubscriptionChange).where(*mine).order_by(SubscriptionChange.asked_at))


def asked_now(subscription_id: UUID, kind: ChangeKind, **new: Any) -> SubscriptionChange | None:
    """The change that is being made, of a kind and to these values, as it was written down here; None for one that
    nobody wrote down: it was made at Stripe's dashboard."""
    moment = sa.or_(SubscriptionChange.answered_at.is_(None), SubscriptionChange.answered_at > clock.now() - MADE_NOW)
    mine = (SubscriptionChange.subscription_id == subscription_id, SubscriptionChange.kind == kind, moment)
    row = db.session().scalar(
        sa.select(SubscriptionChange).where(*mine).order_by(SubscriptionChange.id.desc()).limit(1)
    )
    return row if row and new.items() <= row.new.items() else None


def who_asked(subscription_id: UUID, kind: ChangeKind, **new: Any) -> Asked:
    """Who wanted the change that is being made; one that was made at Stripe's dashboard, the station."""
    row = asked_now(subscription_id, kind, **new)
    return row.asked if row else Asked.STATION


def waiting_changes(now: datetime, limit: int) -> list[UUID]:
    """Changes that Stripe has not answered and nobody has tried for ten minutes, longest untried first."""
    stale = (SubscriptionChange.state.in_(OPEN_CHANGES), SubscriptionChange.tried_at < now - REPEAT_AFTER)
    found = sa.select(SubscriptionChange.id).where(*stale).order_by(SubscriptionChange.tried_at).limit(limit)
    return list(db.session().scalars(found))


def late_subscriptions(now: datetime, limit: int) -> list[UUID]:
    """Subscriptions to ask about: unpaid ones, and those without money for longer than any of their intervals.

    One that has ended is asked about once a day until the period is over for which it was last paid: the news of that
    payment may have been lost.
    """
    overdue = [
        sa.and_(
            Subscription.interval == interval.value,
            ~sa.exists().where(Payment.subscription_id == Subscription.id, Payment.settled_at > now - span),
        )
        for interval, span in LONGEST.items()
    ]
    late = sa.or_(
        Subscription.state.in_(UNPAID),
        sa.and_(Subscription.state.in_((SubscriptionState.ACTIVE, SubscriptionState.PAUSED)), sa.or_(*overdue)),
        sa.and_(
            Subscription.state.in_((SubscriptionState.ENDED, SubscriptionState.LAPSED)),
            Subscription.current_period_end > now,
            Subscription.updated_at < now - ASK_ENDED,
        ),
    )
    return list(
        db.session().scalars(
            sa.select(Subscription.id)
            .where(late, Subscription.stripe_subscription.is_not(None), Subscription.updated_at < now - ASK_SLOW)
            .order_by(Subscription.updated_at)
            .limit(limit)
        )
    )


def subscription_calls(subscription_id: UUID) -> Sequence[GatewayCall]:
    """The calls made for a standing order, oldest first."""
    wanted = sa.select(GatewayCall).where(GatewayCall.subscription_id == subscription_id).order_by(GatewayCall.id)
    return db.session().scalars(wanted).all()
