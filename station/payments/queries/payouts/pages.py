"""What the desk shows of deposits: payouts, one payout with its lines, and the unmatched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.accounts.queries import Told, tell
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.ids import public_id
from station.core.money import Money
from station.licensee.queries import StationView, station_by_id
from station.payments.models import (
    Account,
    BalanceShare,
    BalanceTransaction,
    LedgerEntry,
    LedgerTransaction,
    Payout,
    PayoutState,
    Tie,
)
from station.payments.policies.slips import JournalLine, Part, SlipRow, journal, slip
from station.payments.queries.payouts.balance import LINE_PREFIX, PAYOUT_PREFIX, lines_of, unmatched_lines

PAGE = 50


@dataclass(frozen=True)
class PayoutView:
    """A payout as the desk shows it."""

    id: UUID
    public_id: str
    stripe_id: str
    state: PayoutState
    amount: Money
    automatic: bool
    made_at: datetime
    arrives_on: date
    reconciled_at: datetime | None
    read: bool
    problem: str
    failure: str


@dataclass(frozen=True)
class PayoutPage:
    """One page of payouts, newest first, and whether there are more."""

    rows: list[PayoutView]
    page: int
    more: bool


@dataclass(frozen=True)
class ShareView:
    """A station's part of a line."""

    station: StationView
    gross: Money
    fee: Money
    net: Money


@dataclass(frozen=True)
class LineView:
    """A line of Stripe's balance as the desk shows it."""

    id: UUID
    public_id: str
    stripe_id: str
    type: str
    category: str
    source: str
    text: str
    gross: Money
    fee: Money
    net: Money
    made_at: datetime
    available_on: datetime
    payout: PayoutView | None
    tie: Tie
    tied_id: UUID | None
    why: str
    by_hand: str
    reason: str
    shares: list[ShareView]


@dataclass(frozen=True)
class Deposit:
    """One payout with everything that makes it: its lines, by station, as a journal, and our own log."""

    payout: PayoutView
    lines: list[LineView]
    slip: list[SlipRow]
    total: SlipRow | None
    journal: list[JournalLine]
    entries: list[Told]


def payouts_page(page: int) -> PayoutPage:
    """A page (from 1) of payouts."""
    wanted = sa.select(Payout).order_by(Payout.arrives_on.desc(), Payout.id.desc())
    rows = [_payout(row) for row in db.session().scalars(wanted.limit(PAGE + 1).offset((page - 1) * PAGE))]
    return PayoutPage(rows[:PAGE], page, len(rows) > PAGE)


def deposit(payout_id: UUID) -> Deposit | None:
    """One payout, or None."""
    row = db.session().get(Payout, payout_id)
    if row is None:
        return None
    lines = lines_of(payout_id)
    parts = _parts(lines)
    rows = sorted(slip(parts), key=lambda each: station_by_id(each.station_id).position)
    undone = row.state in (PayoutState.FAILED, PayoutState.CANCELED)
    booked = sorted(journal(parts, undone), key=lambda each: station_by_id(each.station_id).position)
    return Deposit(
        _payout(row), _views(lines), rows, _total(rows), booked, tell(events_of(Subject("payout", row.id)))
    )


def deposits_for_export() -> list[tuple[PayoutView, list[SlipRow]]]:
    """Every payout with its slip, newest first."""
    rows = db.session().scalars(sa.select(Payout).order_by(Payout.arrives_on.desc(), Payout.id.desc())).all()
    return [(_payout(row), slip(_parts(lines_of(row.id)))) for row in rows]


def unmatched() -> list[LineView]:
    """The lines that are tied to nothing, oldest first."""
    return _views(unmatched_lines())


def said_by_hand() -> list[LineView]:
    """The lines that people decided about, newest first."""
    wanted = sa.select(BalanceTransaction).where(BalanceTransaction.by_hand != "")
    return _views(db.session().scalars(wanted.order_by(BalanceTransaction.tied_at.desc()).limit(PAGE)).all())


def line(line_id: UUID) -> tuple[LineView, list[Told]] | None:
    """One line and its log, or None."""
    row = db.session().get(BalanceTransaction, line_id)
    return (_views([row])[0], tell(events_of(Subject("balance_transaction", line_id)))) if row else None


def _payout(row: Payout) -> PayoutView:
    return PayoutView(
        id=row.id,
        public_id=public_id(PAYOUT_PREFIX, row.id),
        stripe_id=row.stripe_id,
        state=row.state,
        amount=row.amount,
        automatic=row.automatic,
        made_at=row.made_at,
        arrives_on=row.arrives_on,
        reconciled_at=row.reconciled_at,
        read=row.read_at is not None,
        problem=row.problem,
        failure=row.failure,
    )


def _views(rows: Sequence[BalanceTransaction]) -> list[LineView]:
    shares = _shares([row.id for row in rows])
    payouts = _payouts({row.payout_id for row in rows if row.payout_id})
    return [_line(row, shares.get(row.id, []), payouts.get(row.payout_id) if row.payout_id else None) for row in rows]


def _line(row: BalanceTransaction, shares: list[BalanceShare], payout: PayoutView | None) -> LineView:
    return LineView(
        id=row.id,
        public_id=public_id(LINE_PREFIX, row.id),
        stripe_id=row.stripe_id,
        type=row.type,
        category=row.category,
        source=row.source,
        text=row.text,
        gross=row.gross,
        fee=row.fee,
        net=row.net,
        made_at=row.made_at,
        available_on=row.available_on,
        payout=payout,
        tie=row.tie,
        tied_id=row.tied_id,
        why=row.why,
        by_hand=row.by_hand,
        reason=row.reason,
        shares=[_share(each, row.currency) for each in shares],
    )


def _share(row: BalanceShare, currency: str) -> ShareView:
    gross, fee = Money(row.gross_cents, currency), Money(row.fee_cents, currency)
    return ShareView(station_by_id(row.station_id), gross, fee, gross - fee)


def _shares(line_ids: Collection[UUID]) -> dict[UUID, list[BalanceShare]]:
    found: dict[UUID, list[BalanceShare]] = {}
    for row in db.session().scalars(sa.select(BalanceShare).where(BalanceShare.line_id.in_(line_ids))):
        found.setdefault(row.line_id, []).append(row)
    return found


def _payouts(payout_ids: Collection[UUID]) -> dict[UUID, PayoutView]:
    rows = db.session().scalars(sa.select(Payout).where(Payout.id.in_(payout_ids)))
    return {row.id: _payout(row) for row in rows}


def _parts(lines: Sequence[BalanceTransaction]) -> list[Part]:
    """The stations' parts of lines; what of them was paid for goods stands in the ledger."""
    shares = _shares([row.id for row in lines])
    goods = _goods([row.tied_id for row in lines if row.tie is Tie.PAYMENT and row.tied_id])
    return [
        Part(each.station_id, row.tie, each.gross_cents, each.fee_cents, goods.get((row.tied_id, each.station_id), 0))
        for row in lines
        for each in shares.get(row.id, [])
    ]


def _goods(payment_ids: Collection[UUID]) -> dict[tuple[UUID | None, UUID], int]:
    """What was paid for goods of value, by payment and station, in cents."""
    rows = db.session().execute(
        sa.select(LedgerTransaction.payment_id, LedgerEntry.station_id, -LedgerEntry.amount_cents)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(
            LedgerTransaction.payment_id.in_(payment_ids),
            LedgerTransaction.kind == "settled",
            LedgerEntry.account == Account.GOODS,
        )
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def _total(rows: Sequence[SlipRow]) -> SlipRow | None:
    if not rows:
        return None
    names = ("gifts", "refunds", "disputes", "fees", "other")
    return SlipRow(rows[0].station_id, *(sum(getattr(row, name) for row in rows) for name in names))
