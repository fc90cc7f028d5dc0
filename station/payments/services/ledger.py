"""Writing the ledger: one balanced, append-only transaction a fact. Inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from station.core.db import db
from station.core.ids import new_id
from station.payments.models import Account, LedgerEntry, LedgerTransaction, Payment
from station.payments.policies import split_lines


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

    Lines of nothing are left out. Raises ValueError for lines that do not sum to zero.
    """
    kept = [line for line in lines if line.cents]
    if sum(line.cents for line in kept) != 0:
        raise ValueError(f"ledger lines do not balance: {kept}")
    session = db.session()
    fact = LedgerTransaction(id=new_id(), at=at, kind=kind, source=source, payment_id=payment_id)
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
