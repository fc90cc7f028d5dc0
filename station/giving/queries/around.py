"""What giving knows of a payment: who gave it, the gift and receipt it became, and what was written to the donor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import row_id
from station.giving.models import Gift, Pledge
from station.giving.queries.gifts import GiftStory, gift_of_payment, gift_page
from station.mail.queries import MailView, mail_by_keys
from station.members.models import Member, MemberEmail
from station.members.policies import printed_name
from station.members.queries import find_members
from station.payments.models import Payment
from station.payments.places import PaymentDonor
from station.receipts.models import Receipt

MOST = 200  # members whose payments one search looks for


@dataclass(frozen=True)
class Around:
    """What a payment became, and the messages about it."""

    gift: GiftStory | None
    mails: Sequence[MailView]


def around(payment_id: UUID) -> Around | None:
    """The gift of a payment with its receipt and messages; None while there is neither."""
    gift = gift_of_payment(payment_id)
    story = gift_page(gift) if gift else None
    mails = mail_by_keys([str(each) for each in (gift, payment_id) if each])
    return Around(story, mails) if story or mails else None


def donors(payments: Collection[UUID]) -> dict[UUID, PaymentDonor]:
    """Who gave some payments: the member of the gift, else whom the pledge names; with the number of the receipt."""
    email = sa.select(MemberEmail.address).where(MemberEmail.member_id == Member.id, MemberEmail.is_primary).limit(1)
    rows = db.session().execute(
        sa.select(
            Payment.id,
            Member.id.label("member_id"),
            Member.name,
            email.scalar_subquery().label("email"),
            Pledge.given_name,
            Pledge.family_name,
            Pledge.email.label("typed"),
            Receipt.year,
            Receipt.number,
        )
        .outerjoin(Gift, Gift.payment_id == Payment.id)
        .outerjoin(Pledge, Pledge.id == Payment.reference)
        .outerjoin(Member, Member.id == sa.func.coalesce(Gift.member_id, Pledge.member_id))
        .outerjoin(Receipt, Receipt.reference == Gift.id)
        .where(Payment.id.in_(payments))
        .order_by(Receipt.version)  # of several, the number of the last one
    )
    return {
        row.id: PaymentDonor(
            row.name or printed_name(row.given_name, row.family_name),
            row.email or row.typed or "",
            row.member_id,
            f"{row.year}-{row.number:06d}" if row.number else "",
        )
        for row in rows
        if row.name or row.typed
    }


def payments_found_by(words: str) -> sa.Select[UUID]:
    """Payments whose donor has these words in name or email, or whose gift, pledge, member or receipt they name."""
    who = [each.id for each in find_members(words, MOST)]
    named = (Pledge.given_name + " " + Pledge.family_name).icontains(words, autoescape=True)
    pledges: list[sa.ColumnElement[bool]] = [
        named,
        Pledge.email.icontains(words, autoescape=True),
        Pledge.member_id.in_(who),
    ]
    gifts: list[sa.ColumnElement[bool]] = [Gift.member_id.in_(who)]
    if member := row_id("member", words):
        gifts.append(Gift.member_id == member)
    if gift := row_id("gift", words):
        gifts.append(Gift.id == gift)
    if pledge := row_id("pledge", words):
        pledges.append(Pledge.id == pledge)
    year, _, number = words.partition("-")
    if year.isdecimal() and number.isdecimal() and len(words) < 20:
        gifts.append(sa.and_(Receipt.year == int(year), Receipt.number == int(number)))
    became = sa.select(Gift.payment_id).outerjoin(Receipt, Receipt.reference == Gift.id).where(sa.or_(*gifts))
    begun = sa.select(Pledge.id).where(sa.or_(*pledges))
    return sa.select(Payment.id).where(sa.or_(Payment.id.in_(became), Payment.reference.in_(begun)))
