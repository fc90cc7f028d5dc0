"""Reads of letters, and of receipts that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.members import queries as members
from station.receipts.models import HeldReceipt, Letter, LetterKind, LetterVoid
from station.receipts.policies import OF_A_FUND, LetterFacts, Place, Section, sections
from station.receipts.queries.legends import legends_for

LETTER, HELD = "letter", "held"  # prefixes of public ids
KINDS = {
    LetterKind.STOCK: "Stock",
    LetterKind.GOODS: "Goods",
    LetterKind.VEHICLE: "Vehicle",
    LetterKind.IRA: "IRA distribution",
    LetterKind.FUND_SPONSOR: "Grant, to its sponsor",
    LetterKind.FUND_ADVISER: "Grant, to its adviser",
}


@dataclass(frozen=True)
class LetterView:
    """A letter as written. `received_on` and `written_on` are station-local."""

    id: UUID
    public_id: str
    label: str
    kind: LetterKind
    reference: UUID
    member_id: UUID
    to_name: str
    language: str
    received_on: date
    written_on: date
    text: str
    version: int
    void_because: str = ""  # empty: it holds

    @property
    def of_property(self) -> bool:
        """Whether it is about what stands in no book of money: no gift of it can be taken back, only the letter."""
        return self.kind in (LetterKind.GOODS, LetterKind.VEHICLE)

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind]

    @property
    def sections(self) -> list[Section]:
        return sections(self.text)


@dataclass(frozen=True)
class HeldView:
    """A receipt that waits, and why."""

    id: UUID
    public_id: str
    reference: UUID
    member_id: UUID
    donor_name: str
    amount: Money
    given_on: date
    reason: str
    benefits: list[str]
    held_at: datetime
    settled: bool


def letter_facts(kind: LetterKind, to_name: str, received_on: date, language: str, **said: Any) -> LetterFacts:
    """All that a letter would say today, in the licensee's own words; its number is filled in when it is written.

    Legends speak of deductions, so letters of a fund and of an IRA, which may not, carry none.
    """
    house = the_licensee()
    return LetterFacts(
        kind=kind,
        number="",
        legal_name=house.legal_name,
        ein=house.ein,
        address_lines=house.address_lines,
        to_name=to_name,
        received_on=received_on,
        written_on=clock.today(house.timezone),
        language=language,
        legends=() if kind in (*OF_A_FUND, LetterKind.IRA) else legends_for(Place.RECEIPT),
        **said,
    )


def letter(letter_id: UUID) -> LetterView | None:
    """A letter by its row id."""
    found = _letters(Letter.id == letter_id)
    return found[0] if found else None


def letters_of(reference: UUID) -> list[LetterView]:
    """Every letter about a gift, the newest first."""
    return _letters(Letter.reference == reference)


def letters(limit: int = 200) -> list[LetterView]:
    """The newest letters."""
    return _letters(sa.true(), limit)


def letters_of_member(member_id: UUID) -> list[LetterView]:
    """The letters about a member's gifts, the newest first."""
    return _letters(Letter.member_id == member_id)


def letter_email(kind: LetterKind, member_id: UUID) -> str:
    """The address of a letter's member, or nothing; nothing for the adviser of a fund, who is another person."""
    member = None if kind is LetterKind.FUND_ADVISER else members.member(member_id)
    return member.email if member else ""


def held(held_id: UUID) -> HeldView | None:
    """A receipt that waits, or that waited, by its row id."""
    row = db.session().get(HeldReceipt, held_id)
    return _held(row) if row else None


def held_receipts() -> list[HeldView]:
    """The receipts that wait, oldest first."""
    waiting = sa.select(HeldReceipt).where(HeldReceipt.settled_at.is_(None)).order_by(HeldReceipt.held_at)
    return [_held(row) for row in db.session().scalars(waiting)]


def held_of(reference: UUID) -> HeldView | None:
    """The receipt of a contribution that waits, or None."""
    row = db.session().scalar(
        sa.select(HeldReceipt).where(HeldReceipt.reference == reference, HeldReceipt.settled_at.is_(None))
    )
    return _held(row) if row else None


def _letters(wanted: sa.ColumnElement[bool], limit: int = 100) -> list[LetterView]:
    rows = db.session().execute(
        sa.select(Letter, LetterVoid.reason)
        .outerjoin(LetterVoid, LetterVoid.letter_id == Letter.id)
        .where(wanted)
        .order_by(Letter.year.desc(), Letter.number.desc())
        .limit(limit)
    )
    return [_letter(row, reason) for row, reason in rows]


def _letter(row: Letter, reason: str | None) -> LetterView:
    return LetterView(
        row.id,
        public_id(LETTER, row.id),
        row.label,
        row.kind,
        row.reference,
        row.member_id,
        row.to_name,
        row.language,
        row.received_on,
        clock.local_date(row.written_at, the_licensee().timezone),
        row.text,
        row.version,
        reason or "",
    )


def _held(row: HeldReceipt) -> HeldView:
    return HeldView(
        row.id,
        public_id(HELD, row.id),
        row.reference,
        row.member_id,
        row.donor_name,
        row.amount,
        row.given_on,
        row.reason,
        [each["name"] for each in row.facts["benefits"]],
        row.held_at,
        row.settled_at is not None,
    )
