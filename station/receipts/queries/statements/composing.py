"""What the books say of some members' year: gifts of the places above, with the receipts that hold of them.

Set-based: a handful of questions for as many members as are asked for, so that a hundred thousand are composed in
batches without a question for each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.licensee.queries import the_licensee
from station.members.models import Member, MemberEmail
from station.receipts.models import Receipt
from station.receipts.places import GIFTS, GiftRow
from station.receipts.policies import Place, label
from station.receipts.policies import statements as policies
from station.receipts.policies.statements import GiftKind, GiftLine, Issue, Returned, Statement
from station.receipts.queries.legends import legends_for
from station.receipts.queries.receipts import holds

AT_ONCE = 5_000  # gifts asked for in one statement: SQLite takes 32,766 values, PostgreSQL 65,535


@dataclass(frozen=True)
class Addressee:
    """Whose statement it is, as they are called and reached today. `email` is empty where none is on file."""

    member_id: UUID
    name: str
    email: str
    language: str


def givers(year: int, after: UUID | None, limit: int) -> list[UUID]:
    """Members who gave in a calendar year, by id, from behind one on."""
    found = chain.from_iterable(source.members(year, after, limit) for source in GIFTS)
    return sorted(set(found))[:limit]


def how_many_ready(year: int) -> int:
    """How many members gave in a calendar year and have no official statement of it."""
    return sum(source.ready(year) for source in GIFTS)


def unlike_books(year: int, limit: int) -> list[UUID]:
    """Members whose official statement of a year adds up to something else than the books do.

    Those of whom a gift waits for its receipt are none of them: it is not to be stated yet.
    """
    found = list(chain.from_iterable(source.unlike(year, limit) for source in GIFTS))[:limit]
    now = composed(year, found)
    return [member_id for member_id in found if not now[member_id].waiting]


def composed(year: int, member_ids: Collection[UUID]) -> dict[UUID, Statement]:
    """The statement of each of these members as the books stand now, an empty one for those who gave nothing."""
    rows = [row for source in GIFTS for row in source.rows(year, member_ids)]
    said, currency = _receipts(rows), the_licensee().currency
    mine: dict[UUID, list[GiftLine]] = {member_id: [] for member_id in member_ids}
    for row in rows:
        mine[row.member_id].append(_line(row, *said.get(row.gift_id, ("", ()))))
    return {member_id: policies.compose(year, lines, currency) for member_id, lines in mine.items()}


def addressees(member_ids: Collection[UUID]) -> dict[UUID, Addressee]:
    """Names, primary addresses and languages of some members."""
    session = db.session()
    emails: dict[UUID, str] = {}
    listed = (
        sa.select(MemberEmail.member_id, MemberEmail.address)
        .where(MemberEmail.member_id.in_(member_ids))
        .order_by(MemberEmail.is_primary.desc(), MemberEmail.created_at, MemberEmail.id)
    )
    for owner, address in session.execute(listed):
        emails.setdefault(owner, address)
    named = session.execute(sa.select(Member.id, Member.name, Member.language).where(Member.id.in_(member_ids)))
    return {row.id: Addressee(row.id, row.name, emails.get(row.id, ""), row.language) for row in named}


def kept_facts(said: Mapping[str, Any], donor_name: str, issue: Issue) -> dict[str, Any]:
    """The facts of a statement as it is kept: with the licensee and the donor as they are called now."""
    house = the_licensee()
    return policies.framed(said, house.legal_name, house.ein, house.address_lines, donor_name, issue)


def running_view(year: int, member_id: UUID) -> dict[str, Any]:
    """The document of a member's year as the books stand now: marked as no official statement."""
    said, who = policies.facts(composed(year, [member_id])[member_id]), addressees([member_id])[member_id]
    issue = Issue(clock.today(the_licensee().timezone), legends=legends_for(Place.RECEIPT))
    return policies.document(kept_facts(said, who.name, issue), who.language)


def waiting_gifts(year: int, member_id: UUID) -> tuple[GiftLine, ...]:
    """A member's gifts of a year that belong on a statement and have no receipt yet."""
    return composed(year, [member_id])[member_id].waiting


def _receipts(rows: Sequence[GiftRow]) -> dict[UUID, tuple[str, tuple[Returned, ...]]]:
    """Number and returned goods of the receipts of some gifts that hold, by gift."""
    found: dict[UUID, tuple[str, tuple[Returned, ...]]] = {}
    series = {row.gift_id: row.series for row in rows}
    columns = (
        Receipt.reference,
        Receipt.year,
        Receipt.number,
        Receipt.currency,
        Receipt.disclosure,
        Receipt.benefits,
    )
    before = sa.case((Receipt.disclosure == "", Receipt.text), else_="")  # of receipts that keep only words
    for first in range(0, len(rows), AT_ONCE):
        some = [row.gift_id for row in rows[first : first + AT_ONCE]]
        wanted = sa.select(*columns, before.label("text")).where(Receipt.reference.in_(some), holds())
        for row in db.session().execute(wanted):
            if row.disclosure:
                kept = policies.returned_from(row.benefits, row.disclosure, row.currency, series[row.reference])
            else:
                kept = policies.returned_of(row.text, row.currency)
            found[row.reference] = label(row.year, row.number), kept
    return found


def _line(row: GiftRow, receipt: str, returned: tuple[Returned, ...]) -> GiftLine:
    return GiftLine(
        row.gift_id, row.member_id, row.given_on, row.amount, row.back, GiftKind(row.kind), receipt, returned
    )
