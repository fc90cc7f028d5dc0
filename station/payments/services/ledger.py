"""Writing the ledger: one balanced, append-only transaction a fact. Inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import new_id
from station.licensee.queries import the_licensee
from station.payments.models import Account, LedgerEntry, LedgerTransaction, Payment, Period
from station.payments.policies import month_of, split_lines

Holding = tuple[Account, UUID]  # an account of a station


@dataclass(frozen=True)
class Line:
    """One line: cents, debits positive, of one account and station."""

    account: Account
    station_id: UUID
    cents: int


def post(kind: str, payment: Payment, at: datetime, lines: Mapping[Account, int]) -> None:
    """Write one transaction about a whole payment: `lines` are cents by account. Each kind happens once a payment.

    A payment for two stations is parted in their shares, the last account taking what balances a station. Raises
    like `post_lines`.
    """
    parted = split_lines(list(lines.items()), shares_of(payment))
    found = [Line(*line) for line in parted]
    post_lines(kind, f"{kind}:{payment.id}", at, payment.currency, found, payment.id)


def shares_of(payment: Payment) -> dict[UUID, int]:
    """The stations of a payment, each with its share in cents."""
    if payment.second_station_id is None:
        return {payment.station_id: payment.amount_cents}
    return {
        payment.station_id: payment.amount_cents - payment.second_cents,
        payment.second_station_id: payment.second_cents,
    }


def credits_of(payment: Payment) -> dict[Account, int]:
    """What a payment is to the books, as credits: the part that covers fees, the part for goods, and the gift."""
    parts = {Account.COVER: payment.cover_cents, Account.GOODS: payment.goods_cents}
    gift = payment.amount_cents - sum(parts.values())
    return {**{account: -cents for account, cents in parts.items() if cents}, Account.GIFTS: -gift}


def post_lines(
    kind: str, source: str, at: datetime, currency: str, lines: Iterable[Line], payment_id: UUID | None = None
) -> None:
    """Write one balanced transaction. `source` (`<kind>:<row id>`) is unique: the same fact is booked once, ever.

    Lines of nothing are left out. What belongs into a closed month is booked now, in the present one. Raises
    ValueError for lines that do not sum to zero.
    """
    kept = [line for line in lines if line.cents]
    if sum(line.cents for line in kept) != 0:
        raise ValueError(f"ledger lines do not balance: {kept}")
    session = db.session()
    fact = LedgerTransaction(id=new_id(), at=_open_instant(at), kind=kind, source=source, payment_id=payment_id)
    session.add(fact)
    session.flush()
    session.add_all(
        LedgerEntry(
            id=new_id(),
            transaction_id=fact.id,
            account=line.account,
            station_id=line.station_id,
            amount_cents=line.cents,
            currency=currency,
        )
        for line in kept
    )
    session.flush()


def bring(kind: str, row_id: UUID, done: int, at: datetime, currency: str, target: Mapping[Holding, int]) -> int:
    """See to it that a row's transactions (`<kind>:<row id>:1` and on, `done` of them) sum to `target`.

    What is missing, if anything is, becomes one more. Answers how many there are now. The caller has locked the row.
    """
    missing = Counter(target)
    missing.subtract(_sums([f"{kind}:{row_id}:{number + 1}" for number in range(done)]))
    lines = [Line(account, station_id, cents) for (account, station_id), cents in missing.items() if cents]
    if not lines:
        return done
    post_lines(kind, f"{kind}:{row_id}:{done + 1}", at, currency, lines)
    return done + 1


def _sums(sources: list[str]) -> dict[Holding, int]:
    if not sources:
        return {}
    rows = db.session().execute(
        sa.select(LedgerEntry.account, LedgerEntry.station_id, sa.func.sum(LedgerEntry.amount_cents).label("cents"))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.source.in_(sources))
        .group_by(LedgerEntry.account, LedgerEntry.station_id)
    )
    return {(row.account, row.station_id): int(row.cents) for row in rows}


def _open_instant(at: datetime) -> datetime:
    """The instant under which a fact is booked: its own, unless its month has been closed."""
    now, zone = clock.now(), the_licensee().timezone
    month = month_of(at, zone)
    if month == month_of(now, zone):
        return at
    closed = sa.select(Period.month).where(Period.month == month, Period.closed_at.is_not(None))
    return now if db.session().scalar(closed) else at
