"""The desk's list of receipts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.receipts.models import Receipt
from station.receipts.queries.receipts import holds

PAGE = 50
STATES = {"holds": "Valid", "replaced": "Replaced", "void": "Void"}
_LABEL = re.compile(r"(?:(\d{4})-)?0*(\d{1,9})")


@dataclass(frozen=True)
class ReceiptFilter:
    """Which receipts a list shows: `text` is a number or a donor's name, `state` one of STATES."""

    text: str = ""
    year: int | None = None
    state: str = ""


@dataclass(frozen=True)
class ReceiptRow:
    """A receipt in a list."""

    public_id: str
    label: str
    member_public_id: str
    donor_name: str
    amount: Money
    given_on: date
    disclosure: str
    state: str


@dataclass(frozen=True)
class ReceiptPage:
    """One page of receipts, and how many there are in all."""

    rows: list[ReceiptRow]
    many: int
    page: int
    more: bool


def receipts(wanted: ReceiptFilter, page: int = 1) -> ReceiptPage:
    """A page of receipts, newest first."""
    newer = sa.orm.aliased(Receipt)
    state = sa.case(
        (holds(), "holds"),
        (sa.exists().where(newer.reference == Receipt.reference, newer.version > Receipt.version), "replaced"),
        else_="void",
    )
    some = _conditions(wanted)
    if wanted.state in STATES:
        some.append(state == wanted.state)
    many = db.session().scalar(sa.select(sa.func.count()).select_from(Receipt).where(*some)) or 0
    rows = db.session().execute(
        sa.select(Receipt, state)
        .where(*some)
        .order_by(Receipt.year.desc(), Receipt.number.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return ReceiptPage([_row(row, how) for row, how in rows], many, page, many > page * PAGE)


def years() -> list[int]:
    """The years that have receipts, the newest first."""
    return list(db.session().scalars(sa.select(Receipt.year).distinct().order_by(Receipt.year.desc())))


def _conditions(wanted: ReceiptFilter) -> list[sa.ColumnElement[bool]]:
    said: list[sa.ColumnElement[bool]] = []
    number = _LABEL.fullmatch(wanted.text)
    if number:
        said.append(Receipt.number == int(number[2]))
        if number[1]:
            said.append(Receipt.year == int(number[1]))
    elif wanted.text:
        said.append(Receipt.donor_name.icontains(wanted.text, autoescape=True))
    if wanted.year:
        said.append(Receipt.year == wanted.year)
    return said


def _row(row: Receipt, state: str) -> ReceiptRow:
    return ReceiptRow(
        public_id("receipt", row.id),
        row.label,
        public_id("member", row.member_id),
        row.donor_name,
        row.amount,
        row.given_on,
        row.disclosure,
        state,
    )


__all__ = ["PAGE", "STATES", "ReceiptFilter", "ReceiptPage", "ReceiptRow", "receipts", "years"]
