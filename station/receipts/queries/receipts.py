"""Reads of receipts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.receipts.models import Receipt, ReceiptVoid
from station.receipts.policies import Section, sections


@dataclass(frozen=True)
class ReceiptView:
    """A receipt as issued. `given_on` is station-local; `text` is what was mailed and is shown.

    `deductible` is None of one from before the rules judged it; `benefits` and `thresholds` are what they judged by.
    """

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
    language: str
    disclosure: str
    deductible: Money | None
    benefits: list[dict[str, Any]]
    thresholds: dict[str, Any]
    wording: str
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
        row.language,
        row.disclosure,
        None if row.deductible_cents is None else Money(row.deductible_cents, row.currency),
        row.benefits,
        row.thresholds,
        row.wording,
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
