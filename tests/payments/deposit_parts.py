"""Words of the tests of deposits: pay, look at the bank, and let Stripe's events come in any order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from stripe import StripeClient

from sandbox.stripe.flows.money import paying_out
from station.accounts.models import WorkItem, WorkState
from station.core import clock
from station.core.actor import VISITOR
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.money import Money
from station.core.places import INVARIANTS
from station.payments.gateway.webhook import read
from station.payments.models import Account, BalanceTransaction, LedgerEntry, Payout, StripeSweep, SweepKind, Tie
from station.payments.services import apply_event, open_payment, start_checkout
from station.payments.services.inbox import store_event
from tests.payments.parts import PAGE, row_of, session_of

Run = Callable[[], int]
BOOKS = ("ledger-balance", "ledger-of-payments", "deposits-tied", "deposit-sums", "bank-of-payouts", "stripe-view")


def asked_for(station: Any, cents: int, second: Any = None) -> UUID:
    """A payment, of one station or half of two, whose checkout page is open."""
    payment_id = open_payment(
        reference=new_id(),
        station_id=station.id,
        amount=Money(cents),
        second_station_id=second.id if second else None,
        actor=VISITOR,
    )
    start_checkout(payment_id, PAGE)
    return payment_id


def paid(stripe: Any, outbox: Run, station: Any, cents: int = 1500) -> UUID:
    """A settled payment of a station; its charge stands at Stripe."""
    payment_id = asked_for(station, cents)
    stripe.pay(session_of(payment_id))
    stripe.deliver_now()
    outbox()
    return payment_id


def theirs(stripe: Any, cents: int) -> None:
    """A charge that nobody of ours asked for."""
    client = StripeClient(stripe.api_key, base_addresses={"api": stripe.url})
    client.v1.payment_intents.create(
        {
            "amount": cents,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )


def looked(*kinds: SweepKind) -> None:
    """Stripe was looked at just now, and nothing was found."""
    at = clock.now()
    zero = dict.fromkeys(("stripe", "ledger", "moving", "in_flight", "difference"), 0)
    with transaction() as session:
        for kind in kinds or (SweepKind.LINES, SweepKind.COMPARISON):
            times = {"since": at, "until": at, "began_at": at, "ended_at": at}
            session.add(StripeSweep(kind=kind, **times, looked=0, found=0, mended=0, notes=[], numbers=zero))


def charge_of(payment_id: UUID) -> str:
    found = row_of(payment_id).charge
    assert found is not None
    return found


def payout_row(stripe_id: str) -> Payout:
    db.session.rollback()
    wanted = sa.select(Payout).where(Payout.stripe_id == stripe_id)
    return db.session().scalars(wanted.execution_options(populate_existing=True)).one()


def lines_by_tie() -> dict[Tie, int]:
    """How many lines there are of each kind."""
    db.session.rollback()
    rows = db.session().execute(sa.select(BalanceTransaction.tie, sa.func.count()).group_by(BalanceTransaction.tie))
    return {row[0]: row[1] for row in rows}


def line_by(tie: Tie) -> BalanceTransaction:
    """The one line of a kind."""
    db.session.rollback()
    wanted = sa.select(BalanceTransaction).where(BalanceTransaction.tie == tie)
    return db.session().scalars(wanted.execution_options(populate_existing=True)).one()


def holds(account: Account) -> dict[UUID, int]:
    """What an account of the ledger holds by station, in cents; stations with nothing are left out."""
    db.session.rollback()
    total = sa.func.sum(LedgerEntry.amount_cents)
    rows = db.session().execute(
        sa.select(LedgerEntry.station_id, total)
        .where(LedgerEntry.account == account)
        .group_by(LedgerEntry.station_id)
    )
    return {station_id: int(cents) for station_id, cents in rows if cents}


def listed(stripe: Any, payout_id: str) -> None:
    """Stripe has listed the lines of a payout."""
    with stripe.sandbox.action():
        paying_out.reconcile(stripe.sandbox, stripe.get(payout_id))


def told(stripe: Any, event: dict[str, Any], again: str = "") -> None:
    """One event reaches the inbox and is applied now, whatever came before; `again` makes it another one."""
    body = {**event, "id": event["id"] + again}
    with transaction():
        store_event(read(json.dumps(body).encode()))
    apply_event(body["id"])


def events_since(stripe: Any, known: int) -> list[dict[str, Any]]:
    """The events about payouts that Stripe has made after the first `known` events."""
    return [event for event in stripe.events[known:] if event["type"].startswith("payout.")]


def open_items() -> list[str]:
    """Kinds of the open work items of this package."""
    db.session.rollback()
    ours = (WorkItem.kind.startswith("payments."), WorkItem.state == WorkState.OPEN)
    return list(db.session().scalars(sa.select(WorkItem.kind).where(*ours).order_by(WorkItem.kind)))


def deposits_hold() -> None:
    """Everything that must be true of the ledger and of deposits."""
    db.session.rollback()
    ours = [each for each in INVARIANTS if each.name in BOOKS]
    assert len(ours) == len(BOOKS)
    assert [line for each in ours for line in each.broken()] == []
