"""Reads about what sustainers pay with, and about invoices that stayed open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from station.accounts.queries import Told, tell
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.ids import public_id
from station.core.money import Money
from station.core.outbox import JobState, Outbox
from station.payments.gateway import SUBSCRIPTION_PREFIX
from station.payments.gateway.collecting.saved import BRANDS
from station.payments.models import (
    Dispute,
    DisputeState,
    InvoiceState,
    Mandate,
    MandateState,
    MethodState,
    OpenInvoice,
    Payment,
    PaymentMethod,
    Subscription,
)
from station.payments.policies import AMEX, BANK_DEBIT, CARD, UNPAID, reason, reason_for_donor

Row = TypeVar("Row")
INVOICE_PREFIX = "bill"
WAITING = (InvoiceState.OPEN, InvoiceState.SETTLING)
SHOWN = 50
ENDED_BY_DISPUTE = "payment disputed"  # as Stripe says it, with spaces


@dataclass(frozen=True)
class MethodView:
    """What a standing order charges. `dead`: a bank account that may not be debited any more."""

    id: UUID
    kind: str
    label: str
    exp_month: int | None
    exp_year: int | None
    mandate: MandateState | None
    gone: bool

    @property
    def by_bank(self) -> bool:
        return self.kind == BANK_DEBIT

    @property
    def priced_as(self) -> str:
        """The name under which its fee stands in STRIPE_FEES; American Express has a price of its own."""
        amex = self.kind == CARD and self.label.startswith(BRANDS[AMEX])
        return AMEX if amex else self.kind

    @property
    def dead(self) -> bool:
        return self.gone or self.mandate is MandateState.INACTIVE

    def expired(self, today: date) -> bool:
        """Whether its last month is over on a station-local day."""
        return self.exp_year is not None and (self.exp_year, self.exp_month or 12) < (today.year, today.month)


@dataclass(frozen=True)
class OpenInvoiceView:
    """A renewal's invoice that was not paid at once. `reason` is for staff, `told` for the donor."""

    id: UUID
    public_id: str
    subscription_id: UUID
    state: InvoiceState
    amount: Money
    attempts: int
    next_attempt_at: datetime | None
    reason: str
    told: str
    asks: bool
    page_url: str
    by_bank: bool
    billed_at: datetime
    updated_at: datetime

    @property
    def waits(self) -> bool:
        return self.state is InvoiceState.OPEN


def invoice_view(row: OpenInvoice) -> OpenInvoiceView:
    """A row as a view."""
    return OpenInvoiceView(
        row.id,
        public_id(INVOICE_PREFIX, row.id),
        row.subscription_id,
        row.state,
        row.amount,
        row.attempts,
        row.next_attempt_at,
        reason(row.decline_code, row.failure),
        reason_for_donor(row.decline_code, row.failure),
        row.asks,
        row.page_url,
        row.kind == BANK_DEBIT,
        row.billed_at,
        row.updated_at,
    )


def open_invoice(invoice_id: UUID) -> OpenInvoiceView | None:
    """One invoice that was not paid at once, or None."""
    row = db.session().get(OpenInvoice, invoice_id)
    return invoice_view(row) if row else None


def stripe_invoice_of(invoice_id: UUID) -> str | None:
    """The id at Stripe of an invoice that was not paid at once."""
    row = db.session().get(OpenInvoice, invoice_id)
    return row.stripe_invoice if row else None


def offered_invoice(subscription_id: UUID) -> OpenInvoiceView | None:
    """The invoice that the donor may pay now: the newest one that is open or settling, never an older one."""
    row = db.session().scalar(
        sa.select(OpenInvoice)
        .where(OpenInvoice.subscription_id == subscription_id, OpenInvoice.state.in_(WAITING))
        .order_by(OpenInvoice.billed_at.desc(), OpenInvoice.id.desc())
        .limit(1)
    )
    return invoice_view(row) if row else None


def method_of(subscription_id: UUID) -> MethodView | None:
    """What a standing order charges, as far as we know; None before its first charge."""
    row = charged_method(subscription_id)
    return method_view(row) if row else None


def charged_method(subscription_id: UUID) -> PaymentMethod | None:
    """The same as a row."""
    return db.session().scalar(_charged_by(subscription_id))


def charged() -> sa.ColumnElement[bool]:
    """Whether a payment method is what a subscription charges: its own, or else its customer's default.

    docs.stripe.com/api/subscriptions/object#subscription_object-default_payment_method
    """
    common = (PaymentMethod.stripe_customer == Subscription.stripe_customer, PaymentMethod.is_default)
    return sa.or_(PaymentMethod.id == Subscription.method_id, sa.and_(Subscription.method_id.is_(None), *common))


def _charged_by(subscription_id: UUID) -> sa.Select[PaymentMethod]:
    return sa.select(PaymentMethod).join(Subscription, charged()).where(Subscription.id == subscription_id)


def method_view(row: PaymentMethod) -> MethodView:
    """A row as a view, with the newest of its mandates."""
    mandate = db.session().scalar(
        sa.select(Mandate.state).where(Mandate.method_id == row.id).order_by(Mandate.id.desc()).limit(1)
    )
    return MethodView(
        row.id, row.kind, row.label, row.exp_month, row.exp_year, mandate, row.state is MethodState.GONE
    )


def method_changes(method_id: UUID) -> list[Told]:
    """What happened to a payment method, newest first: kept, changed by the card networks, gone."""
    return tell(events_of(Subject("payment_method", method_id)))


def orders_charging(method_id: UUID) -> list[UUID]:
    """Our subscriptions that charge a payment method."""
    found = sa.select(Subscription.id).join(PaymentMethod, charged()).where(PaymentMethod.id == method_id)
    return list(db.session().scalars(found.order_by(Subscription.id)))


def disputed(subscription_id: UUID) -> bool:
    """Whether the bank has taken back a charge of a subscription, for now or for good.

    Stripe may end one over a dispute before it tells of the dispute itself (`cancellation_details.reason`).
    """
    order = db.session().get(Subscription, subscription_id)
    if order is not None and order.end_reason == ENDED_BY_DISPUTE:
        return True
    taken = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.LOST)
    mine = sa.select(Dispute.id).join(Payment, Payment.id == Dispute.payment_id)
    found = mine.where(Payment.subscription_id == subscription_id, Dispute.state.in_(taken)).limit(1)
    return db.session().scalar(found) is not None


def keeps(stripe_id: str) -> bool:
    """Whether a payment method or a mandate of Stripe's is kept here."""
    method = sa.select(PaymentMethod.id).where(PaymentMethod.stripe_method == stripe_id)
    mandate = sa.select(Mandate.id).where(Mandate.stripe_mandate == stripe_id)
    return any(db.session().scalar(each) is not None for each in (method, mandate))


def waiting_adoptions(session_id: str) -> list[dict[str, Any]]:
    """What the job is still to adopt from a session in setup mode: the arguments of that job."""
    mine = (Outbox.key == session_id, Outbox.job == "payments.adopt_method", Outbox.state != JobState.DONE)
    return [dict(args) for args in db.session().scalars(sa.select(Outbox.args).where(*mine))]


def was_given(session_id: str) -> bool:
    """Whether a card or bank account was given in a session in setup mode, adopted by now or not."""
    mine = (Outbox.key == session_id, Outbox.job == "payments.adopt_method")
    return db.session().scalar(sa.select(Outbox.id).where(*mine).limit(1)) is not None


# Under lock, inside a transaction ----------------------------------------------------------------------------------


def lock_open_invoice_of(stripe_invoice: str) -> OpenInvoice | None:
    """The row of an invoice at Stripe, locked."""
    return db.session().scalar(_locked(sa.select(OpenInvoice).where(OpenInvoice.stripe_invoice == stripe_invoice)))


def lock_open_invoice(invoice_id: UUID) -> OpenInvoice | None:
    """An invoice that was not paid at once, locked."""
    return db.session().get(OpenInvoice, invoice_id, with_for_update=True, populate_existing=True)


def older_open_invoices(subscription_id: UUID, billed_at: datetime) -> list[UUID]:
    """Invoices of a subscription that stand open and were billed before an instant."""
    older = (OpenInvoice.subscription_id == subscription_id, OpenInvoice.billed_at < billed_at)
    return list(db.session().scalars(sa.select(OpenInvoice.id).where(*older, OpenInvoice.state == InvoiceState.OPEN)))


def lock_method_of(stripe_method: str) -> PaymentMethod | None:
    """The row of a payment method at Stripe, locked."""
    return db.session().scalar(_locked(sa.select(PaymentMethod).where(PaymentMethod.stripe_method == stripe_method)))


def lock_charged(subscription_id: UUID) -> PaymentMethod | None:
    """What a subscription charges, locked; the caller has locked the subscription."""
    found = _charged_by(subscription_id).with_for_update(of=PaymentMethod)
    return db.session().scalar(found.execution_options(populate_existing=True))


def lock_methods_of(stripe_customer: str) -> Sequence[PaymentMethod]:
    """All methods of a customer, locked, in one order."""
    mine = sa.select(PaymentMethod).where(PaymentMethod.stripe_customer == stripe_customer).order_by(PaymentMethod.id)
    return db.session().scalars(_locked(mine)).all()


def lock_mandate_of(stripe_mandate: str) -> Mandate | None:
    """The row of a mandate at Stripe, locked."""
    return db.session().scalar(_locked(sa.select(Mandate).where(Mandate.stripe_mandate == stripe_mandate)))


def lock_mandates_of(method_id: UUID) -> Sequence[Mandate]:
    """The mandates of a payment method, locked."""
    return db.session().scalars(_locked(sa.select(Mandate).where(Mandate.method_id == method_id))).all()


def _locked(query: sa.Select[Row]) -> sa.Select[Row]:
    return query.with_for_update().execution_options(populate_existing=True)


# What must be true -------------------------------------------------------------------------------------------------


def retrying_without_invoice() -> list[str]:
    """Subscriptions that wait for money although no invoice of theirs stands open here."""
    waits = sa.exists().where(OpenInvoice.subscription_id == Subscription.id, OpenInvoice.state.in_(WAITING))
    rows = db.session().scalars(sa.select(Subscription.id).where(Subscription.state.in_(UNPAID), ~waits).limit(SHOWN))
    return [f"{public_id(SUBSCRIPTION_PREFIX, row)} waits for money, and has no open invoice" for row in rows]


def debits_retried() -> list[str]:
    """Bank debits that Stripe means to try again by itself: only the donor, or a person here, may decide that."""
    rows = db.session().scalars(
        sa.select(OpenInvoice)
        .where(
            OpenInvoice.state == InvoiceState.OPEN,
            OpenInvoice.kind == BANK_DEBIT,
            OpenInvoice.next_attempt_at.is_not(None),
        )
        .limit(SHOWN)
    )
    return [f"{row.stripe_invoice} is a bank debit, and Stripe tries it again by itself" for row in rows]
