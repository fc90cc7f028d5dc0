"""Issuing receipts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock, events, runtime
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.core.upsert import insert_missing
from station.licensee.queries import stations, the_licensee
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.receipts import policies
from station.receipts.models import Receipt, ReceiptCounter
from station.receipts.policies import Goods, ReceiptFacts


def issue(
    *,
    reference: UUID,
    member_id: UUID,
    donor_name: str,
    email: str,
    amount: Money,
    given_on: date,
    station_name: str,
    monthly: bool,
    actor: Actor,
    cover: Money | None = None,
    goods: Goods | None = None,
) -> UUID:
    """Give a contribution its receipt: next number of its year, immutable text, mail. Returns the receipt's id.

    `given_on` is the station-local date of the charge and decides the year. Joins the current transaction, so that a
    number is taken only if the gift stands: numbers stay gapless. The same reference again is the same receipt.
    """
    with transaction() as session:
        known = session.scalar(sa.select(Receipt.id).where(Receipt.reference == reference))
        if known:
            return known
        number = _next_number(session, given_on.year)
        label = policies.label(given_on.year, number)
        facts = _facts(label, donor_name, amount, given_on, station_name, monthly, cover=cover, goods=goods)
        row = _row(reference, member_id, number, facts)
        session.add(row)
        session.flush()
        _tell(row, email, facts, actor)
        return row.id


def _tell(row: Receipt, email: str, facts: ReceiptFacts, actor: Actor) -> None:
    """The event of a new receipt, and its mail to the donor."""
    about = [Subject("receipt", row.id), Subject("member", row.member_id)]
    events.record(
        "receipts.receipt.issued", actor, about, {"label": row.label, "amount": str(row.amount), "email": email}
    )
    queue_mail(
        kind="receipt",
        key=str(row.reference),
        stream=Stream.RECEIPTS,
        member_id=row.member_id,
        to_name=facts.donor_name,
        to_email=email,
        template="receipts/mail/receipt",
        context=_mail(row.id, facts),
    )


def _next_number(session: Session, year: int) -> int:
    """The next number of a year. Its counter row stays locked until the transaction ends."""
    insert_missing(ReceiptCounter, year=year, last=0)
    counter = session.get_one(ReceiptCounter, year, with_for_update=True, populate_existing=True)
    counter.last += 1
    session.flush()
    return counter.last


def _facts(
    label: str,
    donor_name: str,
    amount: Money,
    given_on: date,
    station_name: str,
    monthly: bool,
    *,
    cover: Money | None,
    goods: Goods | None,
) -> ReceiptFacts:
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
        monthly=monthly,
        cover=cover if cover and cover.cents else None,
        goods=goods,
    )


def _row(reference: UUID, member_id: UUID, number: int, facts: ReceiptFacts) -> Receipt:
    return Receipt(
        id=new_id(),
        year=facts.given_on.year,
        number=number,
        reference=reference,
        member_id=member_id,
        donor_name=facts.donor_name[:200],
        amount_cents=facts.amount.cents,
        currency=facts.amount.currency,
        given_on=facts.given_on,
        issued_at=clock.now(),
        legal_name=facts.legal_name,
        ein=facts.ein,
        wording=policies.WORDING,
        text=policies.receipt_text(facts),
    )


def _mail(receipt_id: UUID, facts: ReceiptFacts) -> dict[str, Any]:
    station = next((s for s in stations() if s.name == facts.station_name), None)
    url = f"{runtime.settings().base_url}/receipt/{public_id('receipt', receipt_id)}"
    return policies.mail_context(facts, station, url)
