"""Pledges and gifts, and the words of the ask."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id
from station.core.money import Money
from station.payments.models import Asked, Interval
from station.payments.policies import Step
from station.receipts.models import Acknowledged


class Frequency(StrEnum):
    ONCE = "once"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def interval(self) -> Interval | None:
        """How often money is charged; None for a gift once."""
        return None if self is Frequency.ONCE else Interval(self.value)

    @property
    def word(self) -> str:
        """As tables name it: Monthly; Once."""
        return self.interval.adjective.capitalize() if self.interval else "Once"


class Pledge(Base):
    """What a donor promised. Donor facts stand here as typed; a member exists only once money has settled."""

    __tablename__ = "pledge"
    __table_args__ = (
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("charge_day BETWEEN 1 AND 31", name="charge_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    attempt: Mapped[str] = mapped_column(sa.String(64), unique=True)  # one form shown is one pledge
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"), index=True)
    frequency: Mapped[Frequency] = mapped_column(enum(Frequency))
    charge_day: Mapped[int | None]  # of the charges after the first; 31 is the last of a month
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    given_name: Mapped[str] = mapped_column(sa.String(100))
    family_name: Mapped[str] = mapped_column(sa.String(100))
    email: Mapped[str] = mapped_column(sa.String(254))
    source: Mapped[str] = mapped_column(sa.String(120), default="")  # such as story:<public id>
    sender: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")  # keyed hash of its network
    payment_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("payment.id"), unique=True)  # none: it was adopted
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("member.id"), index=True)
    language: Mapped[str] = mapped_column(sa.String(5), default="en", server_default="en")  # of its form
    second_meant: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # beside another one
    created_at: Mapped[datetime] = mapped_column(Utc, index=True)  # the same facts sent twice are looked for here

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def asked_by(self) -> UUID:
        """The payment that its form asked for. Raises ValueError for a pledge that was adopted, which had no form."""
        if self.payment_id is None:
            raise ValueError("an adopted pledge was never asked for here")
        return self.payment_id


class Gift(Base):
    """Money that arrived: exactly one for each settled payment. What went back of it is kept beside it."""

    __tablename__ = "gift"
    __table_args__ = (
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("refunded_cents >= 0 AND lost_cents >= 0", name="returned"),
        sa.CheckConstraint("refunded_cents + lost_cents <= amount_cents", name="returned_sum"),
        sa.Index("ix_gift_member", "member_id", "given_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("payment.id"), unique=True)
    pledge_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("pledge.id"), index=True)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("member.id"))
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    amount_cents: Mapped[int] = mapped_column(sa.BigInteger)
    refunded_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    lost_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # taken back by a bank
    currency: Mapped[str] = mapped_column(sa.String(3))
    given_on: Mapped[date] = mapped_column(index=True)  # station-local
    source: Mapped[str] = mapped_column(sa.String(120), default="")
    acknowledged: Mapped[Acknowledged] = mapped_column(
        enum(Acknowledged), default=Acknowledged.RECEIPT, server_default=Acknowledged.RECEIPT.value
    )
    created_at: Mapped[datetime] = mapped_column(Utc)

    @property
    def amount(self) -> Money:
        """What was given."""
        return Money(self.amount_cents, self.currency)

    @property
    def kept(self) -> Money:
        """What is left of it: what counts."""
        return Money(self.amount_cents - self.refunded_cents - self.lost_cents, self.currency)


class Contact(Base):
    """We wrote to, or spoke with, a sustainer about a payment. The same key happens once, ever."""

    __tablename__ = "contact"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)  # failed:<invoice>; of people's: call:<own id>
    step: Mapped[Step] = mapped_column(enum(Step))
    subscription_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    invoice_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("open_invoice.id"), index=True)
    mail_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outgoing_mail.id"))
    by: Mapped[str] = mapped_column(sa.String(200))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime] = mapped_column(Utc)


class OwnDoor(Base):
    """The donor's own page of a recurring gift. Its links carry this number; a higher one shuts all of them."""

    __tablename__ = "own_door"

    subscription_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscription.id"), primary_key=True)
    number: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(Utc)


class NoticeKind(StrEnum):
    """A notice that law or the card networks require; policies/notices.py says why, and when."""

    TERMS = "terms"  # what was agreed, at the start
    REMINDER = "reminder"  # once a year
    CHANGE = "change"  # the donor changed amount or day: confirmed at once
    AHEAD = "ahead"  # the station changes amount or day
    VARYING = "varying"  # the station changes what is debited from a bank account
    YEARLY = "yearly"  # a charge that comes less often than every 180 days
    EXPIRING = "expiring"  # the card ends
    RESUMES = "resumes"  # charges go on after a pause
    MANDATE = "mandate"  # a copy of what allows us to debit a bank account


class Channel(StrEnum):
    """How a notice was given."""

    MAIL = "mail"
    POST = "post"
    PHONE = "phone"
    NOT_NEEDED = "not_needed"  # a person decided so, and says why


class Notice(Base):
    """A notice as it was written: the proof. One a kind, gift and period, ever. Never edited, by trigger.

    Dates are station-local. `text` is what the donor got, without the private link in it.
    """

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("subscription_id", "kind", "period"),
        sa.CheckConstraint("opens_on <= due_on", name="window"),
        sa.Index("ix_notice_due", "due_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[NoticeKind] = mapped_column(enum(NoticeKind))
    subscription_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscription.id"))
    period: Mapped[str] = mapped_column(sa.String(60))  # the charge, year, change or mandate that it is about
    event_on: Mapped[date]  # what it announces, or confirms
    opens_on: Mapped[date]
    due_on: Mapped[date]  # the last day on which it is in time
    asked: Mapped[Asked] = mapped_column(enum(Asked), default=Asked.SELF)  # of a change: who wanted it
    before: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")  # of a change: what it was
    wording: Mapped[str] = mapped_column(sa.String(40))  # version of the words
    language: Mapped[str] = mapped_column(sa.String(5))
    subject: Mapped[str] = mapped_column(sa.String(300))
    text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime] = mapped_column(Utc, index=True)


class NoticeDelivery(Base):
    """One way in which a notice was given, or tried to be: by mail, whose row tells the rest, or by a person."""

    __tablename__ = "notice_delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("notice.id"), index=True)
    how: Mapped[Channel] = mapped_column(enum(Channel))
    mail_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outgoing_mail.id"), index=True)
    given_on: Mapped[date]  # station-local; of a mail the day on which it was queued
    by: Mapped[str] = mapped_column(sa.String(200))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime] = mapped_column(Utc)


class Ask(Base):
    """The words after a story. The newest one of a station in force is shown; `{minimum}` is the minimum pledge."""

    __tablename__ = "ask"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"), index=True)
    body: Mapped[str] = mapped_column(sa.Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # comparisons with prices age: say until when they hold
    created_at: Mapped[datetime] = mapped_column(Utc)
