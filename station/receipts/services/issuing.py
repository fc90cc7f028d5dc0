"""Issuing receipts, and replacing those that hold no more."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.money import Money
from station.core.upsert import insert_missing
from station.payments.models import Interval
from station.receipts import policies, queries
from station.receipts.models import Receipt, ReceiptCounter, ReceiptVoid
from station.receipts.policies import Benefit, Judged, ReceiptFacts, Why
from station.receipts.queries import Asked
from station.receipts.services import holding, posting
from station.receipts.services.statements.correcting import look_again


def issue(
    *,
    reference: UUID,
    member_id: UUID,
    donor_name: str,
    email: str,
    amount: Money,
    given_on: date,
    station_name: str,
    interval: Interval | None,
    actor: Actor,
    cover: Money | None = None,
    benefits: Sequence[Benefit] = (),
    language: str = "en",
    state: str = "",
    received_on: date | None = None,
) -> UUID | None:
    """Give a contribution its receipt: next number of its year, immutable text, mail. Returns the receipt's id.

    `given_on` is the station-local date that counts and decides the year; `state` the donor's, where it is known, as
    the post writes it. What is deductible follows from `benefits` and the rules of the year. Joins the current
    transaction, so that a number is taken only if the gift stands: numbers stay gapless. The same reference again is
    the same receipt. None when the rules cannot say it yet: the receipt is held, and a work item says why.
    """
    asked = Asked(
        reference,
        member_id,
        donor_name,
        email,
        amount,
        given_on,
        station_name,
        interval,
        cover,
        tuple(benefits),
        language,
        state,
        received_on,
    )
    return _issue(asked, actor)


def _issue(asked: Asked, actor: Actor) -> UUID | None:
    with transaction() as session:
        holding.lock(asked.reference)
        known = newest(session, asked.reference)
        if known is not None:
            return known.id
        judged = asked.judged()
        if judged.waits:
            holding.hold(asked, judged.waits, actor)
            return None
        return write(asked, judged, 1, "", "", actor)


def replace(
    *,
    reference: UUID,
    amount: Money,
    email: str,
    station_name: str,
    interval: Interval | None,
    reason: Why | str,
    tell: bool,
    actor: Actor,
    benefits: Sequence[Benefit] | None = None,
) -> UUID | None:
    """Void the receipt that holds, and issue one over what is left of its contribution; returns that one's id.

    `amount` is what is left: of nothing there is no receipt. `reason` is one sentence for the donor, who is told by
    mail if `tell`. Joins the current transaction. None without a new receipt: nothing is left, none was issued
    before, or the one that holds is of this amount already. `benefits`: what the donor has in return now; not given,
    what they had by the version before.
    """
    with transaction() as session:
        holding.lock(reference)
        old = newest(session, reference)
        if old is None:
            holding.bring(reference, amount, benefits, actor)
            return None
        void = session.get(ReceiptVoid, old.id) is not None
        if benefits is None and ((amount.cents == 0) if void else (amount == old.amount)):
            return None
        said = reason.said(old.language) if isinstance(reason, Why) else reason
        if not void:
            _void(session, old, said, reason.said() if isinstance(reason, Why) else reason, actor)
        asked = _asked_anew(old, amount, email, station_name, interval, benefits)
        new = _replaced(session, old, asked, said, actor) if amount.cents else None
        if tell:
            facts = new[1] if new else None
            station, url = posting.page_of(new[0] if new else old, station_name)
            context = policies.replaced_context(old.label, said, old.donor_name, facts, station, url)
            posting.mail_replaced(old, new[0] if new else None, email, context)
        return new[0].id if new else None


def newest(session: Session, reference: UUID) -> Receipt | None:
    """The newest version of a contribution's receipt, be it void."""
    mine = sa.select(Receipt).where(Receipt.reference == reference)
    return session.scalar(mine.order_by(Receipt.version.desc()).limit(1))


def _asked_anew(
    old: Receipt,
    amount: Money,
    email: str,
    station_name: str,
    interval: Interval | None,
    benefits: Sequence[Benefit] | None,
) -> Asked:
    """What the version after an old one is written from."""
    kept = [policies.benefit_of(each, old.currency) for each in old.benefits] if benefits is None else benefits
    return Asked(
        old.reference,
        old.member_id,
        old.donor_name,
        email,
        amount,
        old.given_on,
        station_name,
        interval,
        None,
        tuple(kept),
        old.language,
    )


def _replaced(
    session: Session, old: Receipt, asked: Asked, reason: str, actor: Actor
) -> tuple[Receipt, ReceiptFacts] | None:
    """The version that takes the place of an old one; None when the rules cannot say it yet, and it is held."""
    judged = asked.judged()
    if judged.waits:
        holding.hold(asked, judged.waits, actor, version=old.version + 1, replaces=old.label, reason=reason)
        return None
    row, facts = _next(session, asked, judged, old.version + 1, old.label, reason)
    _recorded(row, facts, asked.email, actor)
    return row, facts


def write(asked: Asked, judged: Judged, version: int, replaces: str, reason: str, actor: Actor) -> UUID:
    """Write a receipt that nothing holds up any more, and mail it; returns its id. Joins the transaction."""
    with transaction() as session:
        row, facts = _next(session, asked, judged, version, replaces, reason)
        _recorded(row, facts, asked.email, actor)
        station, url = posting.page_of(row, asked.station_name)
        posting.mail_receipt(row, asked.email, policies.mail_context(facts, station, url))
        return row.id


def _next(
    session: Session, asked: Asked, judged: Judged, version: int, replaces: str = "", reason: str = ""
) -> tuple[Receipt, ReceiptFacts]:
    """The next receipt of its year, as a row and as what was printed in it."""
    number = _next_number(session, asked.given_on.year)
    facts = queries.facts_of(asked, judged, policies.label(asked.given_on.year, number))
    facts = dataclasses.replace(facts, replaces=replaces, reason=reason)
    row = _row(asked, judged, number, facts, version)
    session.add(row)
    session.flush()
    return row, facts


def _void(session: Session, row: Receipt, said: str, told: str, actor: Actor) -> None:
    """Let a receipt hold no more: `said` to its donor in their language, `told` in the log."""
    session.add(ReceiptVoid(receipt_id=row.id, voided_at=clock.now(), reason=said[:300]))
    session.flush()
    events.record("receipts.receipt.voided", actor, _about(row), {"label": row.label, "reason": told})
    look_again(row.member_id, row.year)


def _about(row: Receipt) -> list[Subject]:
    return [Subject("receipt", row.id), Subject("member", row.member_id)]


def _recorded(row: Receipt, facts: ReceiptFacts, email: str, actor: Actor) -> None:
    said = {"label": row.label, "amount": str(row.amount), "email": email}
    look_again(row.member_id, row.year)
    events.record(
        "receipts.receipt.issued", actor, _about(row), said | ({"replaces": facts.replaces} if facts.replaces else {})
    )


def void(receipt_id: UUID, reason: str, actor: Actor) -> None:
    """Let a receipt hold no more. It stays as issued, with its number. Joins the transaction; again is nothing."""
    with transaction() as session:
        if insert_missing(ReceiptVoid, receipt_id=receipt_id, reason=reason[:300], voided_at=clock.now()):
            row = session.get_one(Receipt, receipt_id)
            events.record("receipts.receipt.voided", actor, _about(row), {"label": row.label, "reason": reason})
            look_again(row.member_id, row.year)


def _next_number(session: Session, year: int) -> int:
    """The next number of a year. Its counter row stays locked until the transaction ends."""
    insert_missing(ReceiptCounter, year=year, last=0)
    counter = session.get_one(ReceiptCounter, year, with_for_update=True, populate_existing=True)
    counter.last += 1
    session.flush()
    return counter.last


def _row(asked: Asked, judged: Judged, number: int, facts: ReceiptFacts, version: int) -> Receipt:
    return Receipt(
        id=new_id(),
        year=asked.given_on.year,
        number=number,
        reference=asked.reference,
        version=version,
        member_id=asked.member_id,
        donor_name=facts.donor_name[:200],
        amount_cents=asked.amount.cents,
        currency=asked.amount.currency,
        given_on=asked.given_on,
        issued_at=clock.now(),
        legal_name=facts.legal_name,
        ein=facts.ein,
        wording=queries.wording_of_today(),
        text=policies.receipt_text(facts),
        **queries.kept_of(facts, judged),
    )
