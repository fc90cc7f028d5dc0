"""What giving knows about a payment that a bank disputes: the donor, the pledge, the receipt, mails, earlier gifts.

And which payments came from the same network: pledges keep a keyed hash of it, never an address.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.giving.models import Gift, Pledge
from station.giving.policies import described
from station.licensee.queries import station_by_id, the_licensee
from station.mail import queries as mail
from station.members import queries as members
from station.payments.models import Dispute, Payment
from station.payments.places import Exhibit
from station.receipts.queries import versions_of

SHOWN = 20
WHAT = "A contribution to public radio, given on our own page. Nothing is sold, and nothing is delivered in exchange."


def evidence(payment_id: UUID) -> list[Exhibit]:
    """What speaks for a gift, for the bank; nothing of a payment that has none."""
    gift = db.session().scalar(sa.select(Gift).where(Gift.payment_id == payment_id))
    member = members.member(gift.member_id) if gift else None
    if gift is None or member is None:
        return []
    receipts = versions_of(gift.id)
    return [
        Exhibit("Donor", (member.name,), "customer_name"),
        Exhibit("Email address", (member.email,) if member.email else (), "customer_email_address"),
        Exhibit("What was given for", (WHAT,), "product_description"),
        Exhibit("The pledge", _pledge(gift)),
        *(Exhibit(f"Receipt {each.label}", tuple(each.text.split("\n"))) for each in receipts[-1:]),
        Exhibit("Mail sent to the donor", _mails(gift.member_id)),
        Exhibit("Earlier gifts that nobody disputed", _earlier(gift)),
    ]


def same_network(payment_id: UUID, since: datetime, until: datetime) -> list[UUID]:
    """Settled payments of pledges from the same network between two instants, oldest first."""
    sender = db.session().scalar(
        sa.select(Pledge.sender)
        .join(Payment, sa.or_(Payment.id == Pledge.payment_id, Payment.reference == Pledge.id))
        .where(Payment.id == payment_id)
    )
    found = (
        sa.select(Payment.id)
        .join(Pledge, Pledge.payment_id == Payment.id)
        .where(Pledge.sender == sender, Payment.settled_at >= since, Payment.settled_at < until)
    )
    return list(db.session().scalars(found.order_by(Payment.id))) if sender else []


def _pledge(gift: Gift) -> tuple[str, ...]:
    pledge = db.session().get(Pledge, gift.pledge_id) if gift.pledge_id else None
    if pledge is None:
        return ()
    zone = the_licensee().timezone
    return (
        f"Pledged {described(pledge.amount, pledge.frequency)} to {station_by_id(pledge.station_id).name} on "
        f"{clock.local_date(pledge.created_at, zone):%Y-%m-%d}, typed into our form by the donor.",
        f"Name as typed: {pledge.given_name} {pledge.family_name}",
        f"Email address as typed: {pledge.email}",
        "The button that was pressed named the amount and how often it is charged.",
    )


def _mails(member_id: UUID) -> tuple[str, ...]:
    return tuple(
        f"{each.sent_at:%Y-%m-%d %H:%M} UTC to {each.recipient}: {each.subject}"
        for each in mail.mail_of(member_id, SHOWN)
        if each.sent_at
    )


def _earlier(gift: Gift) -> tuple[str, ...]:
    disputed = sa.select(Dispute.payment_id)
    wanted = (
        sa.select(Gift)
        .where(Gift.member_id == gift.member_id, Gift.given_on <= gift.given_on, Gift.id != gift.id)
        .where(Gift.payment_id.not_in(disputed))
        .order_by(Gift.given_on.desc())
        .limit(SHOWN)
    )
    return tuple(f"{each.given_on:%Y-%m-%d}: {each.amount}" for each in db.session().scalars(wanted))
