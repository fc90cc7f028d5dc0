"""One payment's whole story: what was asked, what Stripe said, what it did to the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.accounts.queries import Told, tell
from station.core.db import db
from station.core.events import EventRow, Subject, events_of
from station.core.money import Money
from station.licensee.queries import StationView, station_by_id
from station.payments import gateway
from station.payments.gateway import ShownEvent
from station.payments.models import (
    CallState,
    EventState,
    GatewayCall,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    PaymentState,
    StripeEvent,
)
from station.payments.places import PaymentDonor, donors_of
from station.payments.policies import PAYMENT, PAYMENT_EVENTS, PaymentEdge
from station.payments.queries.rows import PaymentView, calls_of, payment_row, view_of
from station.payments.queries.subscriptions import SubscriptionView, subscription

PAGE = 50
STATE_AFTER = {PAYMENT_EVENTS[PaymentEdge(edge.name)]: edge.target for edge in PAYMENT.edges}


@dataclass(frozen=True)
class Step:
    """A state that a payment came into, and when."""

    state: PaymentState
    since: datetime


@dataclass(frozen=True)
class LedgerLine:
    """A line of the ledger as printed: debits positive, `balance` the sum of all lines up to this one."""

    at: datetime
    kind: str
    account: str
    amount: Money
    balance: Money
    station: str = ""  # its call sign


@dataclass(frozen=True)
class StripeNote:
    """An event of Stripe about a payment; `late` is what passed between Stripe's making it and our storing it."""

    id: str
    type: str
    state: EventState
    outcome: str
    made_at: datetime
    received_at: datetime
    applied_at: datetime | None
    version: str
    shown: ShownEvent

    @property
    def late(self) -> timedelta:
        return max(self.received_at - self.made_at, timedelta())


@dataclass(frozen=True)
class Asked:
    """A call to Stripe: its key, what went under it, and what came back."""

    key: str
    operation: str
    state: CallState
    params: str
    answer_id: str
    error: str
    created_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class PaymentStory:
    """Everything about one payment: its facts, what we asked, what Stripe said, the ledger, and our own log."""

    payment: PaymentView
    donor: PaymentDonor | None
    station: StationView | None
    subscription: SubscriptionView | None
    siblings: list[PaymentView]
    stripe_ids: list[tuple[str, str]]
    steps: list[Step]
    calls: list[Asked]
    notes: list[StripeNote]
    ledger: list[LedgerLine]
    entries: list[Told]


def story(payment_id: UUID) -> PaymentStory | None:
    """One payment with everything that belongs to it, or None."""
    row = payment_row(payment_id)
    if row is None:
        return None
    mine = (
        ("Checkout session", row.checkout_session),
        ("Payment intent", row.payment_intent),
        ("Charge", row.charge),
        ("Invoice", row.invoice),
        ("Balance transaction", row.balance_transaction),
    )
    log = events_of(Subject("payment", row.id))
    return PaymentStory(
        payment=view_of(row),
        donor=donors_of([row.id]).get(row.id),
        station=station_by_id(row.station_id),
        subscription=subscription(row.subscription_id) if row.subscription_id else None,
        siblings=_siblings(row),
        stripe_ids=[(name, value) for name, value in mine if value],
        steps=_steps(row, log),
        calls=[_asked(call) for call in calls_of(row.id)],
        notes=_notes(row),
        ledger=_ledger(row.id),
        entries=tell(log),
    )


def _siblings(row: Payment) -> list[PaymentView]:
    """The other payments of the same subscription, newest first."""
    if row.subscription_id is None:
        return []
    others = (Payment.subscription_id == row.subscription_id, Payment.id != row.id)
    return [
        view_of(each)
        for each in db.session().scalars(sa.select(Payment).where(*others).order_by(Payment.id.desc()).limit(PAGE))
    ]


def _notes(row: Payment) -> list[StripeNote]:
    objects = [each for each in (row.checkout_session, row.invoice, row.charge) if each]
    found = db.session().scalars(
        sa.select(StripeEvent)
        .where(sa.or_(StripeEvent.payment_id == row.id, StripeEvent.object_id.in_(objects)))
        .order_by(StripeEvent.received_at.desc())
        .limit(PAGE)
    )
    return [
        StripeNote(
            e.id,
            e.type,
            e.state,
            e.outcome,
            e.made_at,
            e.received_at,
            e.applied_at,
            e.api_version,
            gateway.shown(e.raw),
        )
        for e in found
    ]


def _asked(call: GatewayCall) -> Asked:
    return Asked(
        call.key,
        call.operation,
        call.state,
        gateway.masked(call.params),
        call.answer_id,
        call.error,
        call.created_at,
        call.answered_at,
    )


def _steps(row: Payment, log: Sequence[EventRow]) -> list[Step]:
    """The states in their order, from our own log; the first one is the row's making."""
    moved = [Step(STATE_AFTER[each.name], each.at) for each in reversed(log) if each.name in STATE_AFTER]
    return [Step(PaymentState.CREATED, row.created_at), *moved]


def _ledger(payment_id: UUID) -> list[LedgerLine]:
    rows = db.session().execute(
        sa.select(
            LedgerTransaction.at,
            LedgerTransaction.kind,
            LedgerEntry.account,
            LedgerEntry.amount_cents,
            LedgerEntry.currency,
            LedgerEntry.station_id,
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.payment_id == payment_id)
        .order_by(LedgerTransaction.id, LedgerEntry.id)
    )
    lines, balance = [], 0
    for r in rows:
        balance += r.amount_cents
        amount, so_far = Money(r.amount_cents, r.currency), Money(balance, r.currency)
        call_sign = station_by_id(r.station_id).call_sign
        lines.append(LedgerLine(r.at, r.kind, r.account.value, amount, so_far, call_sign))
    return lines
