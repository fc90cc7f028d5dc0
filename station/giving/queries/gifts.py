"""Reads of gifts: lists, totals, one gift with everything around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.giving.models import Frequency, Gift, Pledge
from station.licensee.queries import StationView, station_by_id, supported, the_licensee
from station.members.models import Member, MemberEmail
from station.members.policies import spellings
from station.payments import queries as payments
from station.payments.models import Payment, Subscription, Tender, Tendered
from station.payments.policies import LIVE
from station.payments.queries import DisputeView, PaymentView
from station.receipts.models import Acknowledged, Receipt
from station.receipts.queries import HeldView, LetterView, ReceiptView, held_of, holds, letters_of, versions_of

PAGE = 50
KEPT = Gift.amount_cents - Gift.refunded_cents - Gift.lost_cents


@dataclass(frozen=True)
class GiftFilter:
    """Which gifts a list shows: of one station, of the days from `first` up to but not including `until`."""

    station_id: UUID | None = None
    first: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class GiftRow:
    """A gift in a list. `given_on` is station-local; `kept` is what counts of it."""

    id: UUID
    public_id: str
    given_on: date
    member_id: UUID
    member_public_id: str
    name: str
    amount: Money
    kept: Money
    station: StationView
    frequency: Frequency
    receipt_label: str
    second: StationView | None = None  # of a gift to both
    voided: bool = False

    @property
    def supported(self) -> str:
        return supported(self.station, self.second)

    @property
    def returned(self) -> Money:
        """What went back of it, to the donor or to their bank."""
        return Money(self.amount.cents - self.kept.cents, self.amount.currency)


@dataclass(frozen=True)
class GiftPage:
    """One page of gifts, and what the filter lets through: how many count, and the sum of what is left of them."""

    rows: list[GiftRow]
    many: int
    total: Money
    page: int
    more: bool


@dataclass(frozen=True)
class GiftStory:
    """One gift: its row, its source, its payment, every version of its receipt or its letters, and what banks say.

    `waits` is its receipt that cannot be written yet.
    """

    row: GiftRow
    source: str
    pledge_id: UUID | None
    payment: PaymentView | None
    receipts: list[ReceiptView]
    disputes: list[DisputeView]
    letters: list[LetterView]
    waits: HeldView | None
    by_letter: bool


def gifts(wanted: GiftFilter, page: int = 1) -> GiftPage:
    """A page of gifts, newest first, with the totals of the whole list."""
    session = db.session()
    some = _conditions(wanted)
    kept = _share(wanted.station_id)
    counted = sa.select(sa.func.count(), sa.func.sum(sa.case((kept > 0, 1), else_=0)), sa.func.sum(kept))
    listed, many, cents = session.execute(
        counted.select_from(Gift).join(Payment, Payment.id == Gift.payment_id).where(*some)
    ).one()
    rows = session.execute(_listed().where(*some).limit(PAGE).offset((page - 1) * PAGE))
    total = Money(int(cents or 0), the_licensee().currency)
    return GiftPage([_row(*found) for found in rows], int(many or 0), total, page, listed > page * PAGE)


def gifts_of_member(member_id: UUID, limit: int = 100) -> list[GiftRow]:
    """A member's gifts, newest first."""
    rows = db.session().execute(_listed().where(Gift.member_id == member_id).limit(limit))
    return [_row(*found) for found in rows]


def gift_page(gift_id: UUID) -> GiftStory | None:
    """Everything that the desk shows about one gift."""
    found = db.session().execute(_listed().where(Gift.id == gift_id)).one_or_none()
    if found is None:
        return None
    gift: Gift = found[0]
    payment = payments.payment(gift.payment_id)
    return GiftStory(
        _row(*found),
        gift.source,
        gift.pledge_id,
        payment,
        versions_of(gift.id),
        payments.disputes_of(gift.payment_id),
        letters_of(gift.id),
        held_of(gift.id),
        gift.acknowledged is Acknowledged.LETTER,
    )


def gift_of_payment(payment_id: UUID) -> UUID | None:
    """The gift that a settled payment became, or None."""
    return db.session().scalar(sa.select(Gift.id).where(Gift.payment_id == payment_id))


def check_keyed(member_id: UUID, amount: Money, number: str) -> UUID | None:
    """A gift of this member and amount by a check of this number that stands in the books, or None."""
    return db.session().scalar(
        sa.select(Gift.id)
        .join(Payment, Payment.id == Gift.payment_id)
        .join(Tendered, Tendered.payment_id == Payment.id)
        .where(
            Tendered.number == number,
            Payment.tender == Tender.CHECK,
            Payment.voided_at.is_(None),
            Gift.member_id == member_id,
            Gift.amount_cents == amount.cents,
            Gift.currency == amount.currency,
        )
        .limit(1)
    )


def donors_of(gift_ids: Collection[UUID]) -> dict[UUID, str]:
    """Who gave some gifts, by gift."""
    named = sa.select(Gift.id, Member.name).join(Member, Member.id == Gift.member_id).where(Gift.id.in_(gift_ids))
    return dict(db.session().execute(named).all())


def gift_days(first: date, until: date) -> tuple[int, Money]:
    """Number and sum of the gifts of some station-local days, `until` not included."""
    found = gifts(GiftFilter(first=first, until=until))
    return found.many, found.total


def running_sustainers(email: str, station_id: UUID) -> list[UUID]:
    """The standing orders that run for a station, alone or with another, of the member who has this address."""
    found = (
        sa.select(Subscription.id)
        .join(Pledge, Pledge.id == Subscription.reference)
        .join(MemberEmail, MemberEmail.member_id == Pledge.member_id)
        .where(
            MemberEmail.normalised.in_(spellings(email)),
            sa.or_(Subscription.station_id == station_id, Subscription.second_station_id == station_id),
            Subscription.state.in_(LIVE),
        )
    )
    return list(db.session().scalars(found))


def _conditions(wanted: GiftFilter) -> list[sa.ColumnElement[bool]]:
    said: list[sa.ColumnElement[bool]] = []
    if wanted.station_id:
        said.append(sa.or_(Gift.station_id == wanted.station_id, Payment.second_station_id == wanted.station_id))
    if wanted.first:
        said.append(Gift.given_on >= wanted.first)
    if wanted.until:
        said.append(Gift.given_on < wanted.until)
    return said


def _share(station_id: UUID | None) -> sa.ColumnElement[int]:
    """What counts of a gift in a list: of one station its share, else all of it; nothing of one that is voided.

    What went back is parted in the proportion of the shares; of an odd cent the first station has it.
    """
    if station_id is None:
        counts: sa.ColumnElement[int] = KEPT
    else:
        back = Gift.refunded_cents + Gift.lost_cents
        twice = 2 * Gift.amount_cents
        second = Payment.second_cents - (2 * back * Payment.second_cents + Gift.amount_cents - 1) // twice
        counts = sa.case((Gift.station_id == station_id, KEPT - second), else_=second)
    return sa.case((Payment.voided_at.is_(None), counts), else_=0)


def _listed() -> sa.Select[Gift, Payment, str, Frequency, int, int]:
    return (
        sa.select(Gift, Payment, Member.name, Pledge.frequency, Receipt.year, Receipt.number)
        .join(Payment, Payment.id == Gift.payment_id)
        .join(Member, Member.id == Gift.member_id)
        .outerjoin(Pledge, Pledge.id == Gift.pledge_id)
        .outerjoin(Receipt, sa.and_(Receipt.reference == Gift.id, holds()))
        .order_by(Gift.given_on.desc(), Gift.created_at.desc(), Gift.id.desc())
    )


def _row(
    gift: Gift, payment: Payment, name: str, frequency: Frequency | None, year: int | None, number: int | None
) -> GiftRow:
    return GiftRow(
        gift.id,
        public_id("gift", gift.id),
        gift.given_on,
        gift.member_id,
        public_id("member", gift.member_id),
        name,
        gift.amount,
        gift.kept,
        station_by_id(gift.station_id),
        frequency or Frequency.ONCE,
        f"{year}-{number:06d}" if number else "",
        station_by_id(payment.second_station_id) if payment.second_station_id else None,
        payment.voided_at is not None,
    )
