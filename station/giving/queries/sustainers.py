"""Reads of sustainers: the promise of a pledge together with its standing order at payments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.queries import Told, tell
from station.core import clock
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.ids import public_id
from station.core.money import Money
from station.giving.models import Frequency, Pledge
from station.giving.policies import described
from station.giving.queries.notices import NoticeView, notices_of
from station.licensee.queries import StationView, station_by_id, supported, the_licensee
from station.members.models import Member
from station.members.policies import printed_name
from station.payments import queries as payments
from station.payments.models import ChangeKind, Interval, Subscription, SubscriptionState
from station.payments.policies import LIVE, UNPAID, monthly_cents
from station.payments.queries import ChangeView, PaymentView, SubscriptionView, order_view

PAGE = 50
GIVING = (SubscriptionState.ACTIVE, *UNPAID)  # what counts as monthly income; a paused gift brings none


@dataclass(frozen=True)
class SustainerFilter:
    """Which sustainers a list shows; `text` is looked for in names and addresses."""

    state: SubscriptionState | None = None
    station_id: UUID | None = None
    interval: Interval | None = None
    text: str = ""


@dataclass(frozen=True)
class SustainerRow:
    """A sustainer: whose, what, and where it stands. `member_public_id` is empty until money has settled."""

    order: SubscriptionView
    name: str
    email: str
    member_id: UUID | None
    member_public_id: str
    station: StationView
    second: StationView | None

    @property
    def supported(self) -> str:
        """What it is for, by name: one station, or both."""
        return supported(self.station, self.second)

    def supports(self, stations: Collection[UUID | None]) -> bool:
        """Whether it is for one of these stations."""
        return any(each.id in stations for each in (self.station, self.second) if each)

    @property
    def commitment(self) -> str:
        """$5 a month."""
        return described(self.order.amount, Frequency(self.order.interval))


@dataclass(frozen=True)
class SustainerPage:
    """One page of sustainers, how many there are, and what those that give now bring in a month."""

    rows: list[SustainerRow]
    many: int
    giving: int
    monthly: Money
    page: int

    @property
    def more(self) -> bool:
        return self.page * PAGE < self.many


@dataclass(frozen=True)
class ChangeRow:
    """A change in words: from what, to what."""

    change: ChangeView
    before: str | date
    after: str | date


@dataclass(frozen=True)
class SustainerStory:
    """All that the desk shows of one sustainer."""

    row: SustainerRow
    source: str
    payments: list[PaymentView]
    changes: list[ChangeRow]
    others: list[SustainerRow]
    entries: list[Told]
    notices: list[NoticeView]

    @property
    def day(self) -> int:
        """The day of the month on which it is charged: the one that was chosen, or that of its next charge."""
        at = self.row.order.next_at or self.row.order.created_at
        return self.row.order.charge_day or clock.local_date(at, the_licensee().timezone).day


def sustainers(wanted: SustainerFilter, page: int = 1) -> SustainerPage:
    """A page of sustainers, newest first, with the totals of the whole list. Those that never began are left out."""
    some = _conditions(wanted)
    many = db.session().scalar(_joined(sa.func.count()).where(*some)) or 0
    rows = db.session().execute(_listed().where(*some).limit(PAGE).offset((page - 1) * PAGE))
    giving, monthly = _income(wanted)
    return SustainerPage([_row(*found) for found in rows], many, giving, monthly, page)


def monthly_income() -> tuple[int, Money]:
    """How many sustainers give now, and what they bring in a month: a third of a quarter's, a twelfth of a year's."""
    return _income(SustainerFilter())


def sustainers_of_member(member_id: UUID) -> list[SustainerRow]:
    """A member's sustainers that have begun, newest first."""
    begun = Subscription.state != SubscriptionState.CREATED
    return [_row(*found) for found in db.session().execute(_listed().where(Pledge.member_id == member_id, begun))]


def live_sustainers(
    member_id: UUID, stations: Collection[UUID | None], besides: Collection[UUID] = ()
) -> list[SustainerRow]:
    """The sustainers of a member for some stations that run, oldest first; not those named in `besides`."""
    found = [row for row in sustainers_of_member(member_id) if row.order.state in LIVE]
    return [row for row in reversed(found) if row.supports(stations) and row.order.id not in besides]


def sustainer_story(subscription_id: UUID) -> SustainerStory | None:
    """Everything that the desk shows of one sustainer, or None."""
    found = db.session().execute(_listed().where(Subscription.id == subscription_id)).one_or_none()
    if found is None:
        return None
    row = _row(*found)
    others = sustainers_of_member(row.member_id) if row.member_id else []
    pledge = db.session().get_one(Pledge, row.order.reference)
    return SustainerStory(
        row,
        pledge.source,
        list(reversed(payments.payments_of(row.order.reference))),
        [_change(change, row.order) for change in payments.changes_of(subscription_id)],
        [other for other in others if other.order.id != subscription_id],
        tell(events_of(Subject("subscription", subscription_id))),
        notices_of(subscription_id),
    )


def _change(change: ChangeView, order: SubscriptionView) -> ChangeRow:
    name = {
        ChangeKind.AMOUNT: "cents",
        ChangeKind.DATE: "next_at",
        ChangeKind.CANCEL: "ends_at",
        ChangeKind.STAY: "ends_at",
    }.get(change.kind, "until")
    return ChangeRow(change, _value(change.old, name, order), _value(change.new, name, order))


def _value(values: dict[str, Any], name: str, order: SubscriptionView) -> str | date:
    """A change's value for people: an amount, with what of it covers fees, or a station-local date."""
    found, currency = values.get(name), order.amount.currency
    if isinstance(found, int):
        cover = Money(values.get("cover_cents", 0), currency)
        return f"{Money(found, currency)} ({cover} for processing)" if cover.cents else str(Money(found, currency))
    return clock.local_date(datetime.fromisoformat(found), the_licensee().timezone) if found else ""


def _conditions(wanted: SustainerFilter) -> list[sa.ColumnElement[bool]]:
    said: list[sa.ColumnElement[bool]] = [Subscription.state != SubscriptionState.CREATED]
    if wanted.state:
        said.append(Subscription.state == wanted.state)
    if wanted.station_id:
        stations = (Subscription.station_id, Subscription.second_station_id)
        said.append(sa.or_(*(column == wanted.station_id for column in stations)))
    if wanted.interval:
        said.append(Subscription.interval == wanted.interval.value)
    if wanted.text:
        names = (Member.name, Pledge.given_name, Pledge.family_name, Pledge.email)
        said.append(sa.or_(*(name.icontains(wanted.text, autoescape=True) for name in names)))
    return said


def _income(wanted: SustainerFilter) -> tuple[int, Money]:
    """How many of these give now, and what they bring in a month: of one station only its half of a gift to both."""
    cents = sa.func.sum(_share(wanted.station_id))
    rows = db.session().execute(
        _joined(Subscription.interval, sa.func.count().label("many"), cents)
        .where(*_conditions(wanted), Subscription.state.in_(GIVING))
        .group_by(Subscription.interval)
    )
    found = [(many, monthly_cents(int(cents), Interval(interval))) for interval, many, cents in rows]
    return sum(many for many, _ in found), Money(sum(cents for _, cents in found), the_licensee().currency)


def _share(station_id: UUID | None) -> sa.ColumnElement[int]:
    """What a station has of a charge: all of it, or half; the first of two has the odd cent."""
    all_of_it: sa.ColumnElement[int] = sa.type_coerce(Subscription.amount_cents, sa.BigInteger)
    if station_id is None:
        return all_of_it
    half = Subscription.amount_cents // 2
    return sa.case(
        (Subscription.second_station_id.is_(None), all_of_it),
        (Subscription.station_id == station_id, all_of_it - half),
        else_=half,
    )


def _joined(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(Subscription)
        .join(Pledge, Pledge.id == Subscription.reference)
        .outerjoin(Member, Member.id == Pledge.member_id)
    )


def _listed() -> sa.Select[Any]:
    return _joined(Subscription, Pledge, Member.name).order_by(Subscription.created_at.desc(), Subscription.id.desc())


def _row(order: Subscription, pledge: Pledge, name: str | None) -> SustainerRow:
    return SustainerRow(
        order_view(order),
        name or printed_name(pledge.given_name, pledge.family_name),
        pledge.email,
        pledge.member_id,
        public_id("member", pledge.member_id) if pledge.member_id else "",
        station_by_id(order.station_id),
        station_by_id(order.second_station_id) if order.second_station_id else None,
    )
