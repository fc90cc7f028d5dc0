"""Reads about sustainers whose charges fail: who they are, what was written to them, and the queue of the desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.events import Subject
from station.core.ids import public_id
from station.core.money import Money
from station.giving import policies
from station.giving.models import Contact, Frequency, Pledge
from station.licensee.queries import StationView, station_by_id, supported
from station.members import queries as members
from station.members.policies import normalise_email, printed_name
from station.payments import queries as payments
from station.payments.gateway import SUBSCRIPTION_PREFIX
from station.payments.models import Interval, InvoiceState, OpenInvoice, Subscription, SubscriptionState
from station.payments.policies import UNPAID, Step

PAGE = 50
RUNS = (SubscriptionState.ACTIVE, SubscriptionState.PAUSED, *UNPAID)


@dataclass(frozen=True)
class Sustainer:
    """A recurring gift with its donor, as they are called and reached today. `email` may be empty."""

    subscription_id: UUID
    public_id: str
    state: SubscriptionState
    amount: Money
    cover: Money  # of the amount, what was added for processing
    pledge_id: UUID
    member_id: UUID | None
    name: str
    given_name: str
    email: str
    station: StationView
    second: StationView | None
    frequency: Frequency
    charge_day: int | None
    paused_until: datetime | None
    ends_at: datetime | None

    @property
    def supported(self) -> str:
        """What it is for, by name: one station, or both."""
        return supported(self.station, self.second)

    @property
    def gift(self) -> Money:
        """The amount without what was added for processing."""
        return self.amount - self.cover

    @property
    def commitment(self) -> str:
        """$5 a month."""
        return policies.described(self.amount, self.frequency)

    @property
    def next_on(self) -> date | None:
        """The day of the next charge that is to come, or None."""
        order = payments.subscription(self.subscription_id)
        return order.next_on if order else None

    @property
    def adjective(self) -> str:
        """How often, as a word before “gift”: monthly."""
        return Interval(self.frequency.value).adjective

    @property
    def paused(self) -> bool:
        return self.state is SubscriptionState.PAUSED

    @property
    def unpaid(self) -> bool:
        return self.state in UNPAID

    @property
    def over(self) -> bool:
        return self.state in (SubscriptionState.LAPSED, SubscriptionState.ENDED)


@dataclass(frozen=True)
class ContactView:
    """A contact as the desk lists it."""

    step: Step
    at: datetime
    by: str
    note: str


def sustainer(subscription_id: UUID) -> Sustainer | None:
    """A recurring gift and its donor, or None for what giving does not know."""
    order = db.session().get(Subscription, subscription_id)
    pledge = db.session().get(Pledge, order.reference) if order else None
    return sustainer_of(order, pledge) if order and pledge else None


def sustainer_of(order: Subscription, pledge: Pledge) -> Sustainer:
    """A standing order and its pledge as a sustainer."""
    known = members.member(pledge.member_id) if pledge.member_id else None
    return Sustainer(
        order.id,
        public_id(SUBSCRIPTION_PREFIX, order.id),
        order.state,
        Money(order.amount_cents, order.currency),
        Money(order.cover_cents, order.currency),
        pledge.id,
        pledge.member_id,
        known.name if known else printed_name(pledge.given_name, pledge.family_name),
        pledge.given_name,
        (known.email if known else "") or pledge.email,
        station_by_id(order.station_id),
        station_by_id(order.second_station_id) if order.second_station_id else None,
        Frequency(order.interval),
        order.charge_day,
        order.paused_until,
        order.ends_at,
    )


def sustainer_subjects(subscription_id: UUID) -> list[Subject]:
    """What an event about a recurring gift is about."""
    found = sustainer(subscription_id)
    about = [Subject("subscription", subscription_id)]
    if found is not None:
        about.append(Subject("pledge", found.pledge_id))
    if found is not None and found.member_id:
        about.append(Subject("member", found.member_id))
    return about


def running_gifts_of(email: str) -> list[Sustainer]:
    """The recurring gifts that run of whoever is reached under an address today."""
    member_id = members.member_id_of(email)
    theirs = [Pledge.member_id == member_id] if member_id else []
    typed = sa.and_(Pledge.member_id.is_(None), sa.func.lower(Pledge.email) == email.strip().lower())
    rows = db.session().execute(
        sa.select(Subscription, Pledge)
        .join(Pledge, Pledge.id == Subscription.reference)
        .where(Subscription.state.in_(RUNS), sa.or_(typed, *theirs))
        .order_by(Subscription.id)
        .limit(PAGE)
    )
    found = [sustainer_of(row[0], row[1]) for row in rows]
    return [each for each in found if normalise_email(each.email) == normalise_email(email)]


def steps_told(invoice_id: UUID) -> Collection[Step]:
    """The letters that went out about an invoice."""
    return db.session().scalars(sa.select(Contact.step).where(Contact.invoice_id == invoice_id)).all()


def given_up(subscription_id: UUID) -> bool:
    """Whether its donor was told that we do not try again, of an invoice that was not paid since."""
    about = sa.select(Contact.id).join(OpenInvoice, OpenInvoice.id == Contact.invoice_id)
    mine = (Contact.subscription_id == subscription_id, Contact.step == Step.GIVEN_UP)
    return db.session().scalar(about.where(*mine, OpenInvoice.state != InvoiceState.PAID).limit(1)) is not None


def invoices_to_look_at(since: datetime) -> list[UUID]:
    """Invoices that a letter may be due about: those that stand open, and those that moved since an instant."""
    wanted = sa.or_(OpenInvoice.state == InvoiceState.OPEN, OpenInvoice.updated_at > since)
    return list(db.session().scalars(sa.select(OpenInvoice.id).where(wanted).order_by(OpenInvoice.id)))


def invoices_of(subscription_id: UUID) -> list[UUID]:
    """The invoices of a recurring gift that stand open."""
    mine = (OpenInvoice.subscription_id == subscription_id, OpenInvoice.state == InvoiceState.OPEN)
    return list(db.session().scalars(sa.select(OpenInvoice.id).where(*mine)))


def offered(subscription_id: UUID) -> UUID | None:
    """The invoice that the donor may pay now, or None."""
    found = payments.offered_invoice(subscription_id)
    return found.id if found else None


def contacts_of(subscription_id: UUID, limit: int = 50) -> list[ContactView]:
    """Contacts with a sustainer, newest first."""
    mine = sa.select(Contact).where(Contact.subscription_id == subscription_id)
    rows = db.session().scalars(mine.order_by(Contact.at.desc(), Contact.id.desc()).limit(limit))
    return [contact_of(row) for row in rows]


def contact_of(row: Contact) -> ContactView:
    """A row as a view."""
    return ContactView(row.step, row.at, row.by, row.note)


def letters_twice() -> list[str]:
    """Letters that went out twice about one invoice: each step happens once."""
    rows = db.session().execute(
        sa.select(Contact.invoice_id, Contact.step, sa.func.count().label("many"))
        .where(Contact.invoice_id.is_not(None), Contact.step.not_in((Step.CALL, Step.LINK)))
        .group_by(Contact.invoice_id, Contact.step)
        .having(sa.func.count() > 1)
        .limit(PAGE)
    )
    return [f"“{row.step}” went out {row.many} times about {public_id('bill', row.invoice_id)}" for row in rows]
