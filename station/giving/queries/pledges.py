"""Reads of pledges, together with what payments knows about their money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.giving import policies
from station.giving.models import Frequency, Gift, Pledge
from station.licensee.queries import StationView, station_by_id, supported, the_licensee
from station.mail.policies.choices.topics import Topic, newsletter
from station.members.policies import normalise_email, printed_name, same_name
from station.payments import queries as payments
from station.payments.models import Payment, PaymentState
from station.payments.queries import PaymentView
from station.receipts.queries import ReceiptView, receipt_of


@dataclass(frozen=True)
class PledgeView:
    """A pledge as typed, and where its payment stands by our own books."""

    id: UUID
    public_id: str
    attempt: str
    station: StationView
    frequency: Frequency
    charge_day: int | None
    amount: Money
    given_name: str
    family_name: str
    email: str
    source: str
    sender: str
    payment_id: UUID
    member_id: UUID | None
    created_at: datetime
    state: PaymentState
    cover: Money
    second: StationView | None

    @property
    def supported(self) -> str:
        """What it is for, by name: one station, or both."""
        return supported(self.station, self.second)

    @property
    def commitment(self) -> str:
        """$5 a month."""
        return policies.described(self.amount, self.frequency)

    @property
    def donor_name(self) -> str:
        return printed_name(self.given_name, self.family_name)

    @property
    def in_page(self) -> bool:
        """Whether it is paid in elements in our page, not on Stripe's."""
        return policies.IN_PAGE in self.attempt

    @property
    def open(self) -> bool:
        """Whether it can still be paid."""
        return self.state in (PaymentState.CREATED, PaymentState.AWAITING_DONOR)


@dataclass(frozen=True)
class Thanks:
    """What the thank-you page may say: only what our own books hold."""

    pledge: PledgeView
    payment: PaymentView
    receipt: ReceiptView | None
    next_charge: date | None  # station-local
    asks_day: bool  # whether Stripe has yet to say when that is; otherwise none is planned
    expected_by: date | None  # station-local; of a payment that is on its way
    offers: list[Money]  # monthly amounts that a one-time donor may take up, for a gift that has arrived
    newsletters: list[Topic]  # of its stations, offered to whoever has paid; the page tells nobody who gets them


def pledge(pledge_id: UUID) -> PledgeView | None:
    """A pledge by its row id; None for one that was adopted, which no page of ours ever asked for."""
    row = db.session().get(Pledge, pledge_id)
    return _view(row) if row and row.payment_id else None


def pledge_of_attempt(attempt: str) -> PledgeView | None:
    """The pledge that one shown form became."""
    row = db.session().scalar(sa.select(Pledge).where(Pledge.attempt == attempt))
    return _view(row) if row else None


def sent_from_form(attempt: str) -> list[PledgeView]:
    """The pledges that one shown form was sent for, here or to Stripe's page, and that may be open still or paid."""
    in_page = Pledge.attempt.startswith(f"{attempt}{policies.IN_PAGE}", autoescape=True)
    mine = sa.or_(Pledge.attempt == attempt, in_page)
    rows = db.session().scalars(sa.select(Pledge).where(mine, Pledge.email != "").order_by(Pledge.id))
    lost = (PaymentState.FAILED, PaymentState.EXPIRED)
    return [view for view in map(_view, rows) if view.state not in lost]


def recent_twins(
    *, station_id: UUID, frequency: Frequency, amount: Money, name: str, email: str, since: datetime
) -> list[PledgeView]:
    """The pledges of the very same facts made since an instant, newest first."""
    rows = db.session().scalars(
        sa.select(Pledge)
        .where(
            Pledge.created_at >= since,
            Pledge.payment_id.is_not(None),
            Pledge.station_id == station_id,
            Pledge.frequency == frequency,
            Pledge.amount_cents == amount.cents,
            Pledge.currency == amount.currency,
        )
        .order_by(Pledge.created_at.desc(), Pledge.id.desc())
    )
    return [
        _view(row)
        for row in rows
        if normalise_email(row.email) == normalise_email(email)
        and same_name(printed_name(row.given_name, row.family_name), name)
    ]


def repeating_open(email: str, amount: Money) -> list[PledgeView]:
    """The pledges to give again and again of an email and amount whose checkout stands open, here or at Stripe."""
    rows = db.session().scalars(
        sa.select(Pledge)
        .join(Payment, Payment.id == Pledge.payment_id)
        .where(
            Payment.state == PaymentState.AWAITING_DONOR,
            Pledge.frequency != Frequency.ONCE,
            Pledge.email != "",
            Pledge.amount_cents == amount.cents,
            Pledge.currency == amount.currency,
        )
        .order_by(Pledge.id)
    )
    return [_view(row) for row in rows if normalise_email(row.email) == normalise_email(email)]


def thanks(pledge_id: UUID) -> Thanks | None:
    """All that the thank-you page shows of a pledge, or None for an unknown one."""
    found = pledge(pledge_id)
    payment = payments.payment(found.payment_id) if found else None
    if found is None or payment is None:
        return None
    gift_id = db.session().scalar(sa.select(Gift.id).where(Gift.payment_id == found.payment_id))
    subscription = payments.subscription_of(found.id) if found.frequency.interval else None
    return Thanks(
        found,
        payment,
        receipt_of(gift_id) if gift_id else None,
        subscription.next_on if subscription else None,
        subscription is None or (subscription.next_at is None and not subscription.is_over),
        _expected_by(payment) if payment.state is PaymentState.PROCESSING else None,
        _offers(found, payment),
        _newsletters(found) if payment.state is PaymentState.SETTLED else [],
    )


def _newsletters(found: PledgeView) -> list[Topic]:
    return [newsletter(each.slug, each.name) for each in (found.station, found.second) if each]


def _offers(found: PledgeView, payment: PaymentView) -> list[Money]:
    if found.frequency.interval or payment.state is not PaymentState.SETTLED:
        return []
    return policies.monthly_offers(payment.amount, the_licensee().minimum_pledge)


def _expected_by(payment: PaymentView) -> date:
    begun = clock.local_date(payment.created_at, the_licensee().timezone)
    return policies.bank_days_after(begun, policies.DEBIT_TAKES)


def _view(row: Pledge) -> PledgeView:
    payment = payments.payment(row.asked_by)
    assert payment is not None  # noqa: S101  # foreign key
    order = payments.subscription_of(row.id) if row.frequency.interval else None
    return PledgeView(
        row.id,
        public_id("pledge", row.id),
        row.attempt,
        station_by_id(row.station_id),
        row.frequency,
        row.charge_day,
        row.amount,
        row.given_name,
        row.family_name,
        row.email,
        row.source,
        row.sender,
        row.asked_by,
        row.member_id,
        row.created_at,
        payment.state,
        order.cover if order else payment.cover,
        payment.second,
    )
