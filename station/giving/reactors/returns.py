"""What giving does when money goes back: the gift counts only what is left, and its receipt says so.

Every fact leads to the same step, `bring`: the gift is compared with what payments says now, so that the order in
which facts come decides nothing.
"""

from __future__ import annotations

import logging
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.actor import STRIPE
from station.core.db import db, savepoint
from station.core.events import Subject
from station.core.money import Money
from station.giving.models import Gift, Pledge
from station.giving.policies import gift_subjects
from station.licensee.queries import station_by_id, supported, the_licensee
from station.members import queries as members
from station.payments import queries as payments
from station.payments.facts import DisputeLost, DisputeWon, PaymentRefunded, RefundFailed
from station.receipts.policies import Because, Why
from station.receipts.services import replace

log = logging.getLogger(__name__)


def payment_refunded(fact: PaymentRefunded) -> None:
    """A refund went out."""
    _bring(fact.payment_id, Why(Because.REFUNDED, fact.amount, _today()), tell=not fact.quiet)


def refund_failed(fact: RefundFailed) -> None:
    """A refund that had gone out came back; one that never went out has changed nothing."""
    if fact.came_back:
        _bring(fact.payment_id, Why(Because.REFUND_BACK, fact.amount, _today()), tell=not fact.quiet)


def dispute_lost(fact: DisputeLost) -> None:
    """A bank took the gift back for good; a returned bank debit is that at once."""
    _bring(fact.payment_id, Why(Because.BANK_TOOK, fact.amount, _today()), tell=True)


def dispute_won(fact: DisputeWon) -> None:
    """The money is ours again. A gift that was not given up before has nothing to restore."""
    _bring(fact.payment_id, Why(Because.BANK_GAVE, fact.amount, _today()), tell=True)


def _bring(payment_id: UUID, why: Why, *, tell: bool) -> None:
    """Bring a gift to what is left of its payment. What goes wrong becomes work: the money has moved all the same."""
    gift = db.session().scalar(sa.select(Gift).where(Gift.payment_id == payment_id))
    if gift is None:
        return
    try:
        with savepoint():
            settle_returns(gift, why, tell=tell)
    except sa.exc.OperationalError:
        raise
    except Exception as error:  # whatever it is, it must not undo what happened to the money
        log.exception("money of payment %s went back, but its gift could not follow", payment_id)
        open_work_item(
            "giving.return_held",
            f"giving.return_held:{gift.id}",
            Role.DEVELOPMENT,
            "Money went back, and its gift or receipt could not follow",
            f"{why.said()} ({type(error).__name__}: {error})",
            Subject("gift", gift.id),
        )


def settle_returns(gift: Gift, why: Why, *, tell: bool) -> None:
    """Write down what went back of a gift, and replace its receipt. Joins the transaction; again changes nothing.

    `why` is told to the donor in their language. Banks and we may both have given the same money back: a gift loses
    it once.
    """
    payment = payments.payment_row(gift.payment_id)
    assert payment is not None  # noqa: S101  # foreign key
    refunded = min(payment.refunded_cents, gift.amount_cents)
    lost = min(payment.lost_cents, gift.amount_cents - refunded)
    if (refunded, lost) == (gift.refunded_cents, gift.lost_cents):
        return
    gift.refunded_cents, gift.lost_cents = refunded, lost
    db.session().flush()
    events.record(
        "giving.gift.returned",
        STRIPE,
        gift_subjects(gift.member_id, gift.id, gift.pledge_id, gift.payment_id),
        {"amount": str(gift.amount), "kept": str(gift.kept), "why": why.said()},
    )
    _replace_receipt(gift, gift.kept, why, tell=tell)


def _replace_receipt(gift: Gift, kept: Money, why: Why, *, tell: bool) -> None:
    pledge = db.session().get(Pledge, gift.pledge_id) if gift.pledge_id else None
    member, payment = members.member(gift.member_id), payments.payment(gift.payment_id)
    email = (member.email if member else "") or (pledge.email if pledge else "")
    replace(
        reference=gift.id,
        amount=kept,
        email=email,
        station_name=supported(station_by_id(gift.station_id), payment.second if payment else None),
        interval=pledge.frequency.interval if pledge else None,
        reason=why,
        tell=tell,
        actor=STRIPE,
    )


def _today() -> date:
    return clock.today(the_licensee().timezone)
