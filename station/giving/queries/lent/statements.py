"""The gifts that yearly statements may list, as the books have them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.money import Money
from station.giving.models import Frequency, Gift, Pledge
from station.giving.queries.gifts import KEPT
from station.payments.models import Payment, Tender, Tendered, Way
from station.receipts.models import Acknowledged, YearlyStatement
from station.receipts.places import GiftRow
from station.receipts.policies.statements import GiftKind
from station.receipts.queries.statements import newest


def kind_of(acknowledged: Acknowledged, tender: Tender, way: Way | None, frequency: Frequency | None) -> GiftKind:
    """What a gift is to a statement: what gets a receipt of its own may be listed, and nothing else."""
    if acknowledged is Acknowledged.RECEIPT:
        return GiftKind.RECURRING if frequency and frequency.interval else GiftKind.CASH
    if way is Way.PAYROLL:
        return GiftKind.PAYROLL
    if way is Way.IRA:
        return GiftKind.QCD
    if tender is Tender.STOCK:
        return GiftKind.STOCK
    return GiftKind.IMPORTED if tender is Tender.IMPORTED else GiftKind.DAF


def rows(year: int, member_ids: Collection[UUID]) -> list[GiftRow]:
    """All gifts of some members in a calendar year, voided ones as wholly gone back: one question."""
    voided = Payment.voided_at.is_not(None)
    back = sa.case((voided, Gift.amount_cents), else_=Gift.refunded_cents + Gift.lost_cents)
    what = (Gift.acknowledged, Payment.tender, Tendered.way, Pledge.frequency)
    found = db.session().execute(
        sa.select(
            Gift.id, Gift.member_id, Gift.given_on, Gift.amount_cents, back, Gift.currency, Gift.pledge_id, *what
        )
        .join(Payment, Payment.id == Gift.payment_id)
        .outerjoin(Tendered, Tendered.payment_id == Gift.payment_id)
        .outerjoin(Pledge, Pledge.id == Gift.pledge_id)
        .where(Gift.member_id.in_(member_ids), *_in(year))
    )
    return [
        GiftRow(gift_id, member_id, day, Money(given, currency), Money(gone, currency), kind_of(*kind), pledge_id)
        for gift_id, member_id, day, given, gone, currency, pledge_id, *kind in found
    ]


def members(year: int, after: UUID | None, limit: int) -> list[UUID]:
    """Who gave something in a year that a statement may list, by id, from behind one on."""
    wanted = sa.select(Gift.member_id).join(Payment, Payment.id == Gift.payment_id).where(*_counted(year))
    if after is not None:
        wanted = wanted.where(Gift.member_id > after)
    return list(db.session().scalars(wanted.distinct().order_by(Gift.member_id).limit(limit)))


def ready(year: int) -> int:
    """How many of those have no official statement of the year."""
    known = sa.exists().where(YearlyStatement.year == year, YearlyStatement.member_id == Gift.member_id)
    wanted = sa.select(sa.func.count(Gift.member_id.distinct())).join(Payment, Payment.id == Gift.payment_id)
    return db.session().scalar(wanted.where(*_counted(year), ~known)) or 0


def unlike(year: int, limit: int) -> list[UUID]:
    """Members whose official statement of a year adds up to something else than the books do: one question."""
    books = (
        sa.select(Gift.member_id, sa.func.sum(KEPT).label("cents"))
        .join(Payment, Payment.id == Gift.payment_id)
        .where(*_counted(year))
        .group_by(Gift.member_id)
        .subquery()
    )
    differ = YearlyStatement.total_cents != sa.func.coalesce(books.c.cents, 0)
    return list(
        db.session().scalars(
            sa.select(YearlyStatement.member_id)
            .outerjoin(books, books.c.member_id == YearlyStatement.member_id)
            .where(YearlyStatement.year == year, newest(), differ)
            .order_by(YearlyStatement.member_id)
            .limit(limit)
        )
    )


def _in(year: int) -> list[sa.ColumnElement[bool]]:
    return [Gift.given_on >= date(year, 1, 1), Gift.given_on < date(year + 1, 1, 1)]


def _counted(year: int) -> list[sa.ColumnElement[bool]]:
    return [*_in(year), Gift.acknowledged == Acknowledged.RECEIPT, KEPT > 0, Payment.voided_at.is_(None)]
