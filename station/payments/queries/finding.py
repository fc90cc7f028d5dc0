"""Finding payments: what the desk's list shows and its export holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import row_id
from station.core.money import Money, MoneyError
from station.licensee.queries import the_licensee
from station.payments.gateway import PAYMENT_PREFIX, SUBSCRIPTION_PREFIX
from station.payments.models import (
    Dispute,
    GatewayCall,
    Payment,
    PaymentKind,
    PaymentState,
    StripeEvent,
    Subscription,
    Tender,
)
from station.payments.places import FINDERS, PaymentDonor, donors_of
from station.payments.queries.rows import PaymentView, view_of

PAGE, BATCH = 50, 500
LEAST_WORDS = 2  # letters; one alone finds everybody


@dataclass(frozen=True)
class PaymentFilter:
    """Which payments a list shows. Days are station-local, `until` not included; amounts are cents, both included."""

    words: str = ""
    state: PaymentState | None = None
    kind: PaymentKind | None = None
    tender: Tender | None = None
    method: str = ""
    station_id: UUID | None = None
    first: date | None = None
    until: date | None = None
    least: int | None = None
    most: int | None = None
    refunded: bool = False
    disputed: bool = False


@dataclass(frozen=True)
class PaymentRow:
    """A payment in a list, and who gave it, where that is known."""

    payment: PaymentView
    donor: PaymentDonor | None


@dataclass(frozen=True)
class PaymentPage:
    """One page of payments, newest first, and the number and sum of all that the filter lets through."""

    rows: list[PaymentRow]
    many: int
    total: Money
    page: int

    @property
    def more(self) -> bool:
        return self.page * PAGE < self.many


def payments_page(wanted: PaymentFilter, page: int) -> PaymentPage:
    """A page (from 1) of payments, newest first; not of visitors who never said that they pay."""
    where = _conditions(wanted)
    totals = sa.select(sa.func.count(), sa.func.sum(Payment.amount_cents)).where(*where)
    many, cents = db.session().execute(totals).one()
    found = sa.select(Payment).where(*where).order_by(Payment.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return PaymentPage(_rows(found), many, Money(int(cents or 0), the_licensee().currency), page)


def every_payment(wanted: PaymentFilter) -> Iterator[PaymentRow]:
    """All payments that a filter lets through, newest first, read in batches."""
    where, last = _conditions(wanted), None
    while True:
        behind: list[sa.ColumnElement[bool]] = [] if last is None else [Payment.id < last]
        batch = _rows(sa.select(Payment).where(*where, *behind).order_by(Payment.id.desc()).limit(BATCH))
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].payment.id
        db.session().expire_all()


def methods() -> list[str]:
    """Stripe's words for the methods that payments came by (card, us_bank_account …)."""
    return list(
        db.session().scalars(
            sa.select(Payment.method).where(Payment.method != "").distinct().order_by(Payment.method)
        )
    )


def under_way(limit: int) -> tuple[int, list[PaymentView]]:
    """How many payments are on their way by a slow method, and the oldest of them."""
    slow = Payment.state == PaymentState.PROCESSING
    many = db.session().scalar(sa.select(sa.func.count()).select_from(Payment).where(slow)) or 0
    rows = db.session().scalars(sa.select(Payment).where(slow).order_by(Payment.id).limit(limit))
    return many, [view_of(row) for row in rows]


def _rows(found: sa.Select[Payment]) -> list[PaymentRow]:
    views = [view_of(row) for row in db.session().scalars(found)]
    donors = donors_of([view.id for view in views])
    return [PaymentRow(view, donors.get(view.id)) for view in views]


def _conditions(wanted: PaymentFilter) -> list[sa.ColumnElement[bool]]:
    zone = the_licensee().timezone
    said = [
        sa.or_(Payment.expected, Payment.settled_at.is_not(None), Payment.state == PaymentState.PROCESSING),
        *(
            column == value
            for column, value in (
                (Payment.state, wanted.state),
                (Payment.kind, wanted.kind),
                (Payment.tender, wanted.tender),
                (Payment.method, wanted.method),
                (Payment.station_id, wanted.station_id),
            )
            if value
        ),
    ]
    if wanted.first:
        said.append(Payment.created_at >= clock.day_bounds(wanted.first, zone)[0])
    if wanted.until:
        said.append(Payment.created_at < clock.day_bounds(wanted.until, zone)[0])
    if wanted.least is not None:
        said.append(Payment.amount_cents >= wanted.least)
    if wanted.most is not None:
        said.append(Payment.amount_cents <= wanted.most)
    if wanted.refunded:
        said.append(Payment.refunded_cents > 0)
    if wanted.disputed:
        said.append(sa.exists().where(Dispute.payment_id == Payment.id))
    return [*said, _found(wanted.words)] if wanted.words else said


def _found(words: str) -> sa.ColumnElement[bool]:
    """Payments that some words mean: an id of ours or Stripe's, a card's label, an amount; or what higher parts find.

    Ids must be whole: nothing is ever found by a part of one, or by an empty one.
    """
    known = [Payment.checkout_session, Payment.payment_intent, Payment.charge, Payment.invoice]
    ways = [column == words for column in (*known, Payment.balance_transaction)]
    orders = sa.or_(Subscription.stripe_subscription == words, Subscription.stripe_customer == words)
    if own := row_id(PAYMENT_PREFIX, words):
        ways.append(Payment.id == own)
    if standing := row_id(SUBSCRIPTION_PREFIX, words):
        ways.append(Payment.subscription_id == standing)
    ways += [
        Payment.subscription_id.in_(sa.select(Subscription.id).where(orders)),
        Payment.id.in_(sa.select(StripeEvent.payment_id).where(StripeEvent.id == words)),
        Payment.id.in_(sa.select(GatewayCall.payment_id).where(GatewayCall.key == words)),
    ]
    if len(words) >= LEAST_WORDS:
        ways += [Payment.method_label.icontains(words, autoescape=True)]
        ways += [Payment.id.in_(finder.find(words)) for finder in FINDERS]
    with suppress(MoneyError):
        ways.append(Payment.amount_cents == Money.parse(words).cents)
    return sa.or_(*ways)
