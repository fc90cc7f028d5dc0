"""What the desk shows: payments by state, and one payment's whole story."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.queries import Told, tell
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.money import Money
from station.licensee.queries import StationView, station_by_id
from station.payments.models import GatewayCall, LedgerEntry, LedgerTransaction, Payment, PaymentState, StripeEvent
from station.payments.queries.rows import PaymentView, calls_of, payment_row, view_of
from station.payments.queries.subscriptions import SubscriptionView, subscription

PAGE = 50


@dataclass(frozen=True)
class PaymentPage:
    """One page of payments, newest first, and whether there are more."""

    rows: list[PaymentView]
    page: int
    more: bool


@dataclass(frozen=True)
class LedgerLine:
    """A line of the ledger as printed: debits positive."""

    at: datetime
    kind: str
    account: str
    amount: Money
    station: str = ""  # its call sign


@dataclass(frozen=True)
class StripeNote:
    """An event of Stripe about a payment, with its body set out for reading."""

    id: str
    type: str
    state: str
    outcome: str
    received_at: datetime
    body: str


@dataclass(frozen=True)
class PaymentStory:
    """Everything about one payment: its facts, what we asked, what Stripe said, the ledger, and our own log."""

    payment: PaymentView
    station: StationView | None
    subscription: SubscriptionView | None
    siblings: list[PaymentView]
    stripe_ids: list[tuple[str, str]]
    calls: list[GatewayCall]
    notes: list[StripeNote]
    ledger: list[LedgerLine]
    entries: list[Told]


def payments_page(state: PaymentState | None, page: int) -> PaymentPage:
    """A page (from 1) of payments, of one state or all; not of visitors who never said that they pay."""
    real = sa.or_(Payment.expected, Payment.settled_at.is_not(None), Payment.state == PaymentState.PROCESSING)
    query = sa.select(Payment).where(real).order_by(Payment.id.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
    if state is not None:
        query = query.where(Payment.state == state)
    rows = [view_of(row) for row in db.session().scalars(query)]
    return PaymentPage(rows[:PAGE], page, len(rows) > PAGE)


def under_way(limit: int) -> tuple[int, list[PaymentView]]:
    """How many payments are on their way by a slow method, and the oldest of them."""
    slow = Payment.state == PaymentState.PROCESSING
    many = db.session().scalar(sa.select(sa.func.count()).select_from(Payment).where(slow)) or 0
    rows = db.session().scalars(sa.select(Payment).where(slow).order_by(Payment.id).limit(limit))
    return many, [view_of(row) for row in rows]


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
    return PaymentStory(
        payment=view_of(row),
        station=station_by_id(row.station_id),
        subscription=subscription(row.subscription_id) if row.subscription_id else None,
        siblings=_siblings(row),
        stripe_ids=[(name, value) for name, value in mine if value],
        calls=list(calls_of(row.id)),
        notes=_notes(row),
        ledger=_ledger(row.id),
        entries=tell(events_of(Subject("payment", row.id))),
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
    return [StripeNote(e.id, e.type, e.state.value, e.outcome, e.received_at, _set_out(e.raw)) for e in found]


def _set_out(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw, object_hook=_without_key), indent=2, ensure_ascii=False)
    except ValueError:
        return raw


def _without_key(found: dict[str, Any]) -> dict[str, Any]:
    """An object of Stripe without its client secret, which is the key to pay it (docs.stripe.com/security/guide)."""
    return {**found, "client_secret": "(not shown)"} if found.get("client_secret") else found


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
    return [
        LedgerLine(
            r.at, r.kind, r.account.value, Money(r.amount_cents, r.currency), station_by_id(r.station_id).call_sign
        )
        for r in rows
    ]
