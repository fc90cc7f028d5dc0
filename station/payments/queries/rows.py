"""Every read about payments: views for other packages, rows under lock for our services, lists for the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.licensee.queries import StationView, station_by_id
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import (
    EventState,
    GatewayCall,
    Operation,
    Payment,
    PaymentKind,
    PaymentState,
    StripeEvent,
    Tender,
)
from station.payments.policies import ALONE

UNAPPLIED = (EventState.RECEIVED, EventState.FAILED)
OPEN = (PaymentState.CREATED, PaymentState.AWAITING_DONOR)
ASK_FRESH = timedelta(minutes=10)
FRESH = timedelta(hours=2)
OVER = timedelta(hours=25)  # a checkout lasts for 24 hours at most, and its event comes soon after
ASK_SLOW = timedelta(hours=6)


@dataclass(frozen=True)
class PaymentView:
    """A payment as other packages and pages see it. `failure` is Stripe's sentence for the donor."""

    id: UUID
    public_id: str
    state: PaymentState
    kind: PaymentKind
    amount: Money
    kept: Money
    fee: Money | None
    method_label: str
    settled_at: datetime | None
    failure: str
    checkout_url: str
    checkout_secret: str
    reference: UUID
    station_id: UUID
    subscription_id: UUID | None
    created_at: datetime
    livemode: bool
    cover: Money
    goods: Money
    second: StationView | None
    tender: Tender
    voided_at: datetime | None
    method: str
    refunded: Money


def view_of(row: Payment) -> PaymentView:
    """A row as a view; the fee is None until Stripe has told it."""
    fee = Money(row.fee_cents, row.currency) if row.balance_transaction else None
    return PaymentView(
        row.id,
        public_id(PAYMENT_PREFIX, row.id),
        row.state,
        row.kind,
        row.amount,
        row.kept,
        fee,
        row.method_label,
        row.settled_at,
        row.failure,
        row.checkout_url,
        row.checkout_secret,
        row.reference,
        row.station_id,
        row.subscription_id,
        row.created_at,
        row.livemode,
        Money(row.cover_cents, row.currency),
        Money(row.goods_cents, row.currency),
        station_by_id(row.second_station_id) if row.second_station_id else None,
        row.tender,
        row.voided_at,
        row.method,
        Money(row.refunded_cents, row.currency),
    )


def payment(payment_id: UUID) -> PaymentView | None:
    """One payment, or None."""
    row = payment_row(payment_id)
    return view_of(row) if row else None


def payments_by_id(payment_ids: Sequence[UUID]) -> list[PaymentView]:
    """Payments by their ids, newest first."""
    wanted = sa.select(Payment).where(Payment.id.in_(payment_ids)).order_by(Payment.id.desc())
    return [view_of(row) for row in db.session().scalars(wanted)]


def payments_of(reference: UUID) -> list[PaymentView]:
    """All payments of a caller's reference, oldest first: the first one, then renewals."""
    rows = db.session().scalars(sa.select(Payment).where(Payment.reference == reference).order_by(Payment.id))
    return [view_of(row) for row in rows]


def payment_row(payment_id: UUID) -> Payment | None:
    return db.session().get(Payment, payment_id)


def payment_of_object(object_id: str) -> Payment | None:
    """The payment that has a checkout session, a charge or an invoice of this id; None for an empty one."""
    columns = (Payment.checkout_session, Payment.charge, Payment.invoice)
    wanted = sa.or_(*(column == object_id for column in columns))
    return db.session().scalar(sa.select(Payment).where(wanted)) if object_id else None


def stripe_event(event_id: str) -> StripeEvent | None:
    """An event of Stripe as stored, or None."""
    return db.session().get(StripeEvent, event_id)


# Under lock, inside a transaction ----------------------------------------------------------------------------------


def lock_payment(payment_id: UUID) -> Payment | None:
    """The payment, locked until the transaction ends."""
    return db.session().get(Payment, payment_id, with_for_update=True, populate_existing=True)


def lock_first_payment(subscription_id: UUID) -> Payment | None:
    """The first payment of a subscription, locked."""
    return _locked(Payment.subscription_id == subscription_id, Payment.kind == PaymentKind.FIRST)


def lock_payment_of_invoice(invoice_id: str) -> Payment | None:
    """The payment that an invoice became, locked. Raises ValueError for an empty id."""
    return _locked(Payment.invoice == given(invoice_id))


def lock_payment_of_intent(intent_id: str) -> Payment | None:
    """The payment of a PaymentIntent, locked. Raises ValueError for an empty id."""
    return _locked(Payment.payment_intent == given(intent_id))


def lock_waiting_events(objects: Collection[str], before: datetime) -> Sequence[StripeEvent]:
    """Events about these objects that came before an instant and wait, locked; not those locked elsewhere."""
    ours = (StripeEvent.object_id.in_(objects), StripeEvent.state.in_(UNAPPLIED), StripeEvent.received_at < before)
    found = sa.select(StripeEvent).where(*ours, StripeEvent.type.not_in(ALONE)).with_for_update(skip_locked=True)
    return db.session().scalars(found.execution_options(populate_existing=True)).all() if objects else ()


def _locked(*where: sa.ColumnElement[bool]) -> Payment | None:
    return db.session().scalar(
        sa.select(Payment).where(*where).with_for_update().execution_options(populate_existing=True)
    )


def given(value: str) -> str:
    if not value:
        raise ValueError("never look up by an empty id")
    return value


def calls_of(payment_id: UUID, operation: Operation | None = None) -> Sequence[GatewayCall]:
    """The calls made for a payment, oldest first; those of one operation where it is named."""
    wanted = sa.select(GatewayCall).where(GatewayCall.payment_id == payment_id).order_by(GatewayCall.id)
    if operation:
        wanted = wanted.where(GatewayCall.operation == operation)
    return db.session().scalars(wanted).all()


# What waits --------------------------------------------------------------------------------------------------------


def waiting_payments(now: datetime, limit: int) -> list[UUID]:
    """Payments that Stripe should be asked about, longest unasked first: old and slow ones rarely.

    One that nobody has said to pay is asked about when its checkout must have ended and no event has told so.
    """
    unasked = Payment.updated_at
    fresh = sa.and_(Payment.created_at > now - FRESH, unasked < now - ASK_FRESH)
    looked_at = sa.or_(Payment.expected, Payment.created_at < now - OVER)
    waits = sa.or_(
        sa.and_(Payment.state.in_(OPEN), looked_at, sa.or_(fresh, unasked < now - FRESH)),
        sa.and_(Payment.state == PaymentState.PROCESSING, unasked < now - ASK_SLOW),
    )
    return list(db.session().scalars(sa.select(Payment.id).where(waits).order_by(unasked).limit(limit)))


def payments_without_fee(before: datetime, limit: int) -> list[UUID]:
    """Settled payments whose fee Stripe has not told yet."""
    return list(
        db.session().scalars(
            sa.select(Payment.id)
            .where(
                Payment.state == PaymentState.SETTLED,
                Payment.balance_transaction.is_(None),
                Payment.charge.is_not(None),
                Payment.updated_at < before,
            )
            .order_by(Payment.updated_at)
            .limit(limit)
        )
    )


def waiting_events(before: datetime, limit: int) -> Sequence[StripeEvent]:
    """Events that came before an instant and are not applied, oldest first."""
    return (
        db.session()
        .scalars(
            sa.select(StripeEvent)
            .where(StripeEvent.state.in_(UNAPPLIED), StripeEvent.received_at < before)
            .order_by(StripeEvent.received_at)
            .limit(limit)
        )
        .all()
    )
