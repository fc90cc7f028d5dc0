"""Issuing receipts, and replacing those that hold no more."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events, runtime
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.core.upsert import insert_missing
from station.licensee.queries import stations
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.payments.models import Interval
from station.receipts import policies, queries
from station.receipts.models import Receipt, ReceiptCounter, ReceiptVoid
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
    interval: Interval | None,
    actor: Actor,
    cover: Money | None = None,
    goods: Goods | None = None,
) -> UUID:
    """Give a contribution its receipt: next number of its year, immutable text, mail. Returns the receipt's id.

    `given_on` is the station-local date of the charge and decides the year. Joins the current transaction, so that a
    number is taken only if the gift stands: numbers stay gapless. The same reference again is the same receipt.
    """
    with transaction() as session:
        known = _newest(session, reference)
        if known is not None:
            return known.id
        number = _next_number(session, given_on.year)
        label = policies.label(given_on.year, number)
        facts = queries.facts_of(
            label, donor_name, amount, given_on, station_name, interval, cover=cover, goods=goods
        )
        row = _row(reference, member_id, number, facts)
        session.add(row)
        session.flush()
        _recorded(row, facts, email, actor)
        _mail(
            "receipt",
            str(reference),
            row,
            email,
            "receipts/mail/receipt",
            policies.mail_context(facts, *_page(row, facts.station_name)),
        )
        return row.id


def replace(
    *,
    reference: UUID,
    amount: Money,
    email: str,
    station_name: str,
    interval: Interval | None,
    reason: str,
    tell: bool,
    actor: Actor,
    goods: Goods | None = None,
) -> UUID | None:
    """Void the receipt that holds, and issue one over what is left of its contribution; returns that one's id.

    `amount` is what is left: of nothing there is no receipt. `reason` is one sentence for the donor, who is told by
    mail if `tell`. Joins the current transaction. None without a new receipt: nothing is left, none was issued
    before, or the one that holds is of this amount already. `goods`: what the donor received and keeps.
    """
    with transaction() as session:
        old = _newest(session, reference)
        if old is None:
            return None
        void = session.get(ReceiptVoid, old.id) is not None
        if (amount.cents == 0) if void else (amount == old.amount):
            return None
        if not void:
            _void(session, old, reason, actor)
        row, facts = (
            _next_version(session, old, amount, station_name, interval, reason, goods)
            if amount.cents
            else (None, None)
        )
        if row is not None and facts is not None:
            _recorded(row, facts, email, actor)
        if tell:
            station, url = _page(row or old, station_name)
            said = policies.replaced_context(old.label, reason, old.donor_name, facts, station, url)
            _mail(
                "receipt_replaced",
                f"{reference}:{old.version}:{row.version if row else 0}",
                old,
                email,
                "receipts/mail/replaced",
                said,
            )
        return row.id if row else None


def _newest(session: Session, reference: UUID) -> Receipt | None:
    """The newest version of a contribution's receipt, be it void."""
    mine = sa.select(Receipt).where(Receipt.reference == reference)
    return session.scalar(mine.order_by(Receipt.version.desc()).limit(1))


def _void(session: Session, row: Receipt, reason: str, actor: Actor) -> None:
    session.add(ReceiptVoid(receipt_id=row.id, voided_at=clock.now(), reason=reason[:300]))
    session.flush()
    events.record("receipts.receipt.voided", actor, _about(row), {"label": row.label, "reason": reason})


def _next_version(
    session: Session,
    old: Receipt,
    amount: Money,
    station_name: str,
    interval: Interval | None,
    reason: str,
    goods: Goods | None,
) -> tuple[Receipt, ReceiptFacts]:
    number = _next_number(session, old.year)
    label = policies.label(old.year, number)
    facts = queries.facts_of(
        label, old.donor_name, amount, old.given_on, station_name, interval, cover=None, goods=goods
    )
    facts = dataclasses.replace(facts, replaces=old.label, reason=reason)
    row = _row(old.reference, old.member_id, number, facts, old.version + 1)
    session.add(row)
    session.flush()
    return row, facts


def _about(row: Receipt) -> list[Subject]:
    return [Subject("receipt", row.id), Subject("member", row.member_id)]


def _recorded(row: Receipt, facts: ReceiptFacts, email: str, actor: Actor) -> None:
    said = {"label": row.label, "amount": str(row.amount), "email": email}
    events.record(
        "receipts.receipt.issued", actor, _about(row), said | ({"replaces": facts.replaces} if facts.replaces else {})
    )


def _mail(kind: str, key: str, row: Receipt, email: str, template: str, context: dict[str, Any]) -> None:
    """The letter of a receipt; without an address it is work for a person with paper."""
    if not email:
        open_work_item(
            "receipts.by_post",
            f"receipts.by_post:{row.id}",
            Role.DEVELOPMENT,
            f"Post receipt {row.label} to {row.donor_name}",
            "No email address is on file. Print the receipt and post it.",
            Subject("member", row.member_id),
            {"receipt": public_id("receipt", row.id)},
        )
        return
    queue_mail(
        kind=kind,
        key=key,
        stream=Stream.RECEIPTS,
        member_id=row.member_id,
        to_name=row.donor_name,
        to_email=email,
        template=template,
        context=context,
    )


def void(receipt_id: UUID, reason: str, actor: Actor) -> None:
    """Let a receipt hold no more. It stays as issued, with its number. Joins the transaction; again is nothing."""
    with transaction() as session:
        if not insert_missing(ReceiptVoid, receipt_id=receipt_id, reason=reason[:300], voided_at=clock.now()):
            return
        row = session.get_one(Receipt, receipt_id)
        about = [Subject("receipt", row.id), Subject("member", row.member_id)]
        events.record("receipts.receipt.voided", actor, about, {"label": row.label, "reason": reason})


def _next_number(session: Session, year: int) -> int:
    """The next number of a year. Its counter row stays locked until the transaction ends."""
    insert_missing(ReceiptCounter, year=year, last=0)
    counter = session.get_one(ReceiptCounter, year, with_for_update=True, populate_existing=True)
    counter.last += 1
    session.flush()
    return counter.last


def _row(reference: UUID, member_id: UUID, number: int, facts: ReceiptFacts, version: int = 1) -> Receipt:
    return Receipt(
        id=new_id(),
        year=facts.given_on.year,
        number=number,
        reference=reference,
        version=version,
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


def _page(row: Receipt, station_name: str) -> tuple[object, str]:
    """The station of a receipt's mail, and the address of its page."""
    station = next((s for s in stations() if s.name == station_name), None)
    return station, f"{runtime.settings().base_url}/receipt/{public_id('receipt', row.id)}"
