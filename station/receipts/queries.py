"""Reads of receipts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.receipts.models import Receipt, ReceiptCounter
from station.receipts.policies import Section, sections


@dataclass(frozen=True)
class ReceiptView:
    """A receipt as issued. `given_on` is station-local; `text` is what was mailed and is shown."""

    id: UUID
    public_id: str
    label: str
    reference: UUID
    member_id: UUID
    donor_name: str
    amount: Money
    given_on: date
    issued_at: datetime
    text: str

    @property
    def sections(self) -> list[Section]:
        return sections(self.text)


def receipt(receipt_id: UUID) -> ReceiptView | None:
    """A receipt by its row id."""
    row = db.session().get(Receipt, receipt_id)
    return _view(row) if row else None


def receipt_of(reference: UUID) -> ReceiptView | None:
    """The receipt of a gift, or None while there is none."""
    row = db.session().scalar(sa.select(Receipt).where(Receipt.reference == reference))
    return _view(row) if row else None


def receipts_of(references: Collection[UUID]) -> Mapping[UUID, ReceiptView]:
    """The receipts of several gifts, by gift."""
    rows = db.session().scalars(sa.select(Receipt).where(Receipt.reference.in_(references)))
    return {row.reference: _view(row) for row in rows}


def receipts_of_member(member_id: UUID, limit: int = 100) -> list[ReceiptView]:
    """A member's receipts, newest first."""
    rows = db.session().scalars(
        sa.select(Receipt)
        .where(Receipt.member_id == member_id)
        .order_by(Receipt.year.desc(), Receipt.number.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


def number_breaches() -> list[str]:
    """One line for each year whose numbers do not run from 1 to the counter without a gap; none when all do."""
    issued = sa.select(
        Receipt.year,
        sa.func.count().label("many"),
        sa.func.min(Receipt.number).label("first"),
        sa.func.max(Receipt.number).label("last"),
    ).group_by(Receipt.year)
    given_out = db.session().execute(sa.select(ReceiptCounter.year, ReceiptCounter.last))
    counters = {row.year: row.last for row in given_out}
    years = {row.year: (row.many, row.first, row.last) for row in db.session().execute(issued)}
    return [
        f"{year}: {many} receipts numbered {first} to {last}, counter at {counters.get(year, 0)}"
        for year in sorted(counters.keys() | years.keys())
        for many, first, last in [years.get(year, (0, 1, 0))]
        if not (first == 1 and many == last == counters.get(year, 0))
    ]


def date_breaches() -> list[str]:
    """One line for each receipt whose year is not that of its contribution."""
    year = sa.extract("year", Receipt.given_on)
    rows = db.session().scalars(sa.select(Receipt).where(year != Receipt.year).limit(20))
    return [f"receipt {row.label} is for a contribution of {row.given_on}" for row in rows]


def _view(row: Receipt) -> ReceiptView:
    return ReceiptView(
        row.id,
        public_id("receipt", row.id),
        row.label,
        row.reference,
        row.member_id,
        row.donor_name,
        row.amount,
        row.given_on,
        row.issued_at,
        row.text,
    )
