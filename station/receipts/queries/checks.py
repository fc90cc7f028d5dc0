"""What must be true of receipts and letters: one line for each breach."""

from __future__ import annotations

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.receipts.models import HeldReceipt, Letter, Receipt, ReceiptCounter, ReceiptVoid
from station.receipts.policies import OF_A_FUND
from station.receipts.policies.wordings import ACKNOWLEDGED_CENTS

SAID = ("%goods or services%", "%bienes o servicios%", "%In return you received: %")  # the last: up to 2026-2


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


def letter_number_breaches() -> list[str]:
    """One line for each year whose letters do not run from 1 without a gap."""
    counted = sa.select(Letter.year, sa.func.count(), sa.func.min(Letter.number), sa.func.max(Letter.number))
    rows = db.session().execute(counted.group_by(Letter.year).order_by(Letter.year))
    return [
        f"{year}: {many} letters numbered {first} to {last}"
        for year, many, first, last in rows
        if not (first == 1 and many == last)
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


def silent_breaches() -> list[str]:
    """One line for each acknowledgment of $250 or more that does not say whether goods or services were given."""
    acknowledged = sa.func.coalesce(Receipt.deductible_cents, Receipt.amount_cents) >= ACKNOWLEDGED_CENTS
    receipts = sa.select(Receipt).where(acknowledged, *(Receipt.text.not_like(said) for said in SAID))
    letters = sa.select(Letter).where(
        Letter.kind.not_in(OF_A_FUND), *(Letter.text.not_like(said) for said in SAID[:2])
    )
    found = [*db.session().scalars(receipts.limit(20)), *db.session().scalars(letters.limit(20))]
    return [f"{row.label} does not say whether goods or services were given in return" for row in found]


def held_breaches() -> list[str]:
    """One line for each receipt that waits although one of its contribution holds."""
    holding = sa.exists().where(
        Receipt.reference == HeldReceipt.reference, ~sa.exists().where(ReceiptVoid.receipt_id == Receipt.id)
    )
    rows = db.session().scalars(sa.select(HeldReceipt.id).where(HeldReceipt.settled_at.is_(None), holding).limit(20))
    return [f"{public_id('held', row)} waits, and its gift has a receipt" for row in rows]
