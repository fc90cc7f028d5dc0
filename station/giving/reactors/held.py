"""Gifts that could not be made when their money arrived: made later, when a person says so."""

from __future__ import annotations

import logging
from uuid import UUID

import sqlalchemy as sa

from station.accounts.services import settle_work_item
from station.core.actor import Actor
from station.core.db import db, transaction
from station.giving.models import Gift, Pledge
from station.giving.queries.checks import held_key
from station.giving.reactors.money import NoDonor, make_gift
from station.giving.reactors.returns import settle_returns
from station.payments import queries as payments
from station.payments.facts import PaymentSettled
from station.payments.queries import lock_payment
from station.payments.services import StripeRefused, StripeUnavailable, who_paid
from station.receipts.policies import Because, Why

log = logging.getLogger(__name__)


class StillHeld(Exception):
    """Why a held gift cannot be made yet, in a sentence."""


class NobodyNamed(StillHeld):
    """Neither we nor Stripe were told who gave it: a person may name them."""


def make_held_gift(payment_id: UUID, actor: Actor, named: tuple[str, str] = ("", "")) -> UUID | None:
    """Make the gift of a settled payment that was held, and close its work item.

    None when the payment is unknown or not settled. Raises StillHeld. Who paid is asked of Stripe where the pledge
    names nobody; `named`, a name and an email address, is the donor where Stripe was not told either.
    """
    told = _payer(payment_id)
    try:
        return _make(payment_id, told if told[1] else named, actor)
    except sa.exc.OperationalError:  # the database itself: nothing is wrong with this gift
        raise
    except StillHeld:
        raise
    except NoDonor as error:
        raise NobodyNamed("Neither we nor Stripe were told who gave it.") from error
    except Exception as error:
        log.exception("the held gift of payment %s could not be made", payment_id)
        raise StillHeld(f"It failed again ({type(error).__name__}: {error}).") from error


def _payer(payment_id: UUID) -> tuple[str, str]:
    """Name and email of the payer, as Stripe was told; nothing where the pledge has its donor. Raises StillHeld."""
    row = payments.payment_row(payment_id)
    pledge = db.session().get(Pledge, row.reference) if row else None
    if pledge is None or pledge.email:
        return "", ""
    try:
        return who_paid(payment_id)
    except StripeUnavailable as error:
        raise StillHeld("Stripe was asked who gave it, and has not answered. Try again in a moment.") from error
    except StripeRefused as error:
        raise StillHeld(f"Stripe was asked who gave it, and does not say: {error}") from error


def _make(payment_id: UUID, payer: tuple[str, str], actor: Actor) -> UUID | None:
    with transaction() as session:
        payment = lock_payment(payment_id)
        if payment is None or payment.settled_at is None:
            return None
        if session.get(Pledge, payment.reference) is None:
            raise StillHeld("No pledge of ours belongs to its payment.")
        gift_id = make_gift(
            PaymentSettled(
                payment.id,
                payment.reference,
                payment.kind,
                payment.amount,
                payment.station_id,
                payment.settled_at,
                payment.method_label,
                payment.subscription_id,
                *payer,
            )
        )
        settle_returns(session.get_one(Gift, gift_id), Why(Because.SINCE), tell=True)
        settle_work_item(held_key(payment_id), "The gift was made from the desk.", actor)
        return gift_id
