"""Stripe's balance: payouts, what moved, and what is there. Amounts are cents, positive when they come to us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from station.payments.gateway.client import _plain, _v1
from station.payments.gateway.errors import translated
from station.payments.gateway.parts import Plain, id_of, instant

PAGE = 100


@dataclass(frozen=True)
class PayoutSeen:
    """A payout as it is now (docs.stripe.com/api/payouts/object); `status` and `listing` are Stripe's words.

    `arrives_on` is a day of the calendar, which Stripe tells as midnight UTC.
    """

    id: str
    status: str
    listing: str
    amount_cents: int
    currency: str
    automatic: bool
    livemode: bool
    failure: str
    made_at: datetime
    arrives_on: date


@dataclass(frozen=True)
class Movement:
    """A balance transaction (docs.stripe.com/api/balance_transactions/object); `source` is "" without one."""

    id: str
    type: str
    category: str
    source: str
    text: str
    gross_cents: int
    fee_cents: int
    net_cents: int
    currency: str
    made_at: datetime
    available_on: datetime


@dataclass(frozen=True)
class Trace:
    """Where a charge came from: the Checkout Session and the invoice of its PaymentIntent, if there are such."""

    session: str | None
    invoice: str | None


def fetch_payout(payout_id: str) -> PayoutSeen:
    """A payout as it is now."""
    with translated():
        return _payout_of(_plain(_v1().payouts.retrieve(payout_id)))


def payouts_since(since: datetime) -> list[PayoutSeen]:
    """Payouts made since an instant, oldest first."""
    return [_payout_of(row) for row in reversed(_all("payouts", {"created": _from(since)}))]


def movements_of(payout_id: str) -> list[Movement]:
    """What an automatic payout is made of, its own line included (docs.stripe.com/payouts/reconciliation)."""
    return [_movement_of(row) for row in _all("balance_transactions", {"payout": payout_id})]


def movements_since(since: datetime, until: datetime) -> list[Movement]:
    """Balance transactions made in a span of time, both ends included, newest first."""
    span = {**_from(since), "lte": int(until.timestamp())}
    return [_movement_of(row) for row in _all("balance_transactions", {"created": span})]


def account_balance(currency: str) -> int:
    """What stands at Stripe in a currency: available and pending, in cents (docs.stripe.com/api/balance)."""
    with translated():
        found = _plain(_v1().balance.retrieve())
    parts = [*found["available"], *found["pending"]]
    return sum(int(part["amount"]) for part in parts if part["currency"] == currency)


def trace_charge(charge_id: str) -> Trace:
    """Where a charge came from, whatever its own metadata say."""
    with translated():
        intent = id_of(_v1().charges.retrieve(charge_id).payment_intent)
        if intent is None:
            return Trace(None, None)
        sessions = _v1().checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
        paying = {"type": "payment_intent", "payment_intent": intent}
        bills = _v1().invoice_payments.list({"payment": paying, "limit": 1}).data
    return Trace(sessions[0].id if sessions else None, id_of(bills[0].invoice) if bills else None)


def _all(service: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page of a list, newest first."""
    with translated():
        pages = getattr(_v1(), service).list({**params, "limit": PAGE})
        return [_plain(row) for row in pages.auto_paging_iter()]


def _from(since: datetime) -> dict[str, int]:
    return {"gte": int(since.timestamp())}


def _payout_of(payout: Plain) -> PayoutSeen:
    return PayoutSeen(
        id=payout["id"],
        status=payout["status"],
        listing=payout["reconciliation_status"],
        amount_cents=payout["amount"],
        currency=payout["currency"],
        automatic=payout["automatic"],
        livemode=payout["livemode"],
        failure=payout.get("failure_message") or payout.get("failure_code") or "",
        made_at=instant(payout["created"]),
        arrives_on=instant(payout["arrival_date"]).date(),
    )


def _movement_of(moved: Plain) -> Movement:
    return Movement(
        id=moved["id"],
        type=moved["type"],
        category=moved["reporting_category"],
        source=id_of(moved.get("source")) or "",
        text=(moved.get("description") or "")[:300],
        gross_cents=moved["amount"],
        fee_cents=moved["fee"],
        net_cents=moved["net"],
        currency=moved["currency"],
        made_at=instant(moved["created"]),
        available_on=instant(moved["available_on"]),
    )
