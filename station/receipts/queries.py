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
from station.licensee.queries import the_licensee
from station.payments.models import Interval
from station.receipts.models import Receipt, ReceiptCounter, ReceiptVoid
from station.receipts.policies import Goods, ReceiptFacts, Section, sections


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
    version: int = 1
    void_because: str = ""  # empty: it holds
    replaced_by: str = ""  # the public id of the version that holds instead

    @property
    def sections(self) -> list[Section]:
        return sections(self.text)


def receipt(receipt_id: UUID) -> ReceiptView | None:
    """A receipt by its row id."""
    row = db.session().get(Receipt, receipt_id)
    return _view(row) if row else None


def receipt_of(reference: UUID) -> ReceiptView | None:
    """The receipt of a gift that holds, or None while there is none."""
    return receipts_of([reference]).get(reference)


def receipts_of(references: Collection[UUID]) -> Mapping[UUID, ReceiptView]:
    """The receipts of several gifts that hold, by gift."""
    rows = db.session().scalars(sa.select(Receipt).where(Receipt.reference.in_(references), holds()))
    return {row.reference: _view(row) for row in rows}


def versions_of(reference: UUID) -> list[ReceiptView]:
    """Every version of a gift's receipt, the newest first."""
    wanted = sa.select(Receipt).where(Receipt.reference == reference).order_by(Receipt.version.desc())
    return [_view(row) for row in db.session().scalars(wanted)]


def holds() -> sa.ColumnElement[bool]:
    """The condition that a receipt is not void. At most one of a gift's is not."""
    return ~sa.exists().where(ReceiptVoid.receipt_id == Receipt.id)


def receipts_of_member(member_id: UUID, limit: int = 100) -> list[ReceiptView]:
    """A member's receipts, newest first."""
    rows = db.session().scalars(
        sa.select(Receipt)
        .where(Receipt.member_id == member_id)
        .order_by(Receipt.year.desc(), Receipt.number.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


def facts_of(
    label: str,
    donor_name: str,
    amount: Money,
    given_on: date,
    station_name: str,
    interval: Interval | None,
    *,
    cover: Money | None,
    goods: Goods | None,
) -> ReceiptFacts:
    """All that a receipt would say now, in the licensee's own words."""
    house = the_licensee()
    return ReceiptFacts(
        label=label,
        legal_name=house.legal_name,
        ein=house.ein,
        address_lines=house.address_lines,
        donor_name=donor_name,
        amount=amount,
        given_on=given_on,
        station_name=station_name,
        interval=interval,
        cover=cover if cover and cover.cents else None,
        goods=goods,
    )


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


def version_breaches() -> list[str]:
    """One line for each gift of which more than one receipt holds, or whose versions have a gap."""
    void = sa.select(ReceiptVoid.receipt_id)
    open_ones = sa.func.sum(sa.case((Receipt.id.in_(void), 0), else_=1))
    rows = db.session().execute(
        sa.select(Receipt.reference, sa.func.count(), sa.func.max(Receipt.version), open_ones)
        .group_by(Receipt.reference)
        .having(sa.or_(open_ones > 1, sa.func.count() != sa.func.max(Receipt.version)))
        .limit(20)
    )
    return [f"{reference}: {many} receipts up to version {last}, {left} hold" for reference, many, last, left in rows]


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
        row.version,
        *_void(row),
    )


def _void(row: Receipt) -> tuple[str, str]:
    """Why a receipt holds no more, and the public id of the one that holds instead; both empty while it holds."""
    void = db.session().get(ReceiptVoid, row.id)
    if void is None:
        return "", ""
    newer = sa.select(Receipt.id).where(Receipt.reference == row.reference, Receipt.version > row.version, holds())
    found = db.session().scalar(newer)
    return void.reason, public_id("receipt", found) if found else ""
