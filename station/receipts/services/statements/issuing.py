"""Writing official statements: numbers without a gap, immutable versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.licensee.queries import the_licensee
from station.receipts.models import StatementCounter, YearlyStatement
from station.receipts.policies import Place
from station.receipts.policies import statements as policies
from station.receipts.policies.statements import Issue, Statement
from station.receipts.queries import legends_for
from station.receipts.queries import statements as queries
from station.receipts.queries.statements import Addressee


def lock_year(session: Session, year: int) -> StatementCounter:
    """The counter of a year, locked until the transaction ends: one writer of its statements at a time."""
    insert_missing(StatementCounter, year=year, last=0)
    return session.get_one(StatementCounter, year, with_for_update=True, populate_existing=True)


def issue_missing(session: Session, year: int, member_ids: Collection[UUID]) -> tuple[int, int]:
    """Give these members their statement of a year where they have none: how many were made, and how many wait.

    One waits while a gift on it has no receipt yet. Inside a transaction; the same again makes nothing.
    """
    counter = lock_year(session, year)
    wanted = sa.select(YearlyStatement.member_id).where(
        YearlyStatement.year == year, YearlyStatement.member_id.in_(member_ids)
    )
    known = set(session.scalars(wanted))
    missing = [member_id for member_id in member_ids if member_id not in known]
    if not missing:
        return 0, 0
    found, people, legends = queries.composed(year, missing), queries.addressees(missing), legends_for(Place.RECEIPT)
    ready = [member_id for member_id in missing if found[member_id].lines and not found[member_id].waiting]
    rows = [
        row(found[member_id], people[member_id], counter.last + place, 1, legends)
        for place, member_id in enumerate(ready, start=1)
    ]
    if rows:
        session.execute(sa.insert(YearlyStatement), rows)
        counter.last += len(rows)
    return len(rows), sum(1 for member_id in missing if found[member_id].waiting)


def row(
    found: Statement,
    who: Addressee,
    number: int,
    version: int,
    legends: tuple[str, ...],
    replaces: date | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """The row of a version, with all that is printed. `replaces` is the station-local day of the one before."""
    today, said = clock.today(the_licensee().timezone), policies.facts(found)
    issue = Issue(today, policies.label(found.year, number), version, replaces, reason, legends)
    kept = queries.kept_facts(said, who.name, issue)
    return {
        "id": new_id(),
        "year": found.year,
        "number": number,
        "version": version,
        "member_id": who.member_id,
        "donor_name": who.name[:200],
        "language": who.language,
        "gifts": len(found.lines),
        "total_cents": found.total.cents,
        "reduced_cents": found.reduced.cents,
        "deductible_cents": found.deductible.cents,
        "currency": found.currency,
        "facts": kept,
        "digest": policies.digest(said),
        "wording": policies.STATEMENT_WORDING,
        "text": policies.plain_text(policies.document(kept, who.language)),
        "reason": reason,
        "issued_at": clock.now(),
    }


def changed(before: Mapping[str, Any], now: Mapping[str, Any], language: str, said: Sequence[str]) -> str:
    """Why a version is replaced: what a person said, then what the books say otherwise than before."""
    return " ".join(part for part in (*said, policies.changes(before, now, language)) if part)
