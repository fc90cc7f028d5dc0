"""Writing the ledger: one balanced, append-only transaction a fact. Inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from station.core.db import db
from station.core.ids import new_id
from station.payments.models import Account, LedgerEntry, LedgerTransaction, Payment


@dataclass(frozen=True)
class Line:
    """One line: cents, debits positive, of one account and station."""

    account: Account
    station_id: UUID
    cents: int


def post(kind: str, payment: Payment, at: datetime, lines: Mapping[Account, int]) -> None:
    """Write one transaction about a whole payment: `lines` are cents by account. Each kind happens once a payment.

    Raises like `post_lines`.
    """
    found = [Line(account, payment.station_id, cents) for account, cents in lines.items()]
    post_lines(kind, f"{kind}:{payment.id}", at, payment.currency, found, payment.id)


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
