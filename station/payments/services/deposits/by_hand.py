"""What a person says a line of Stripe's balance is, with a reason that stays."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core import events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.licensee.queries import default_station
from station.payments import queries
from station.payments.models import Account, BalanceTransaction, Payment, PaymentState, Tender, Tie
from station.payments.policies import BY_HAND
from station.payments.policies.tender import HOLDS
from station.payments.queries.payouts import balance
from station.payments.services import ledger
from station.payments.services.deposits import payouts, reading, ties
from station.payments.services.deposits.ties import Tied


class CannotTie(Exception):
    """Why a line is not what somebody says it is, in a sentence for them."""


def tie_by_hand(line_id: UUID, kind: Tie, payment_id: UUID | None, reason: str, actor: Actor) -> None:
    """Say what an unmatched line is, or take back what was said of it (`Tie.UNMATCHED`).

    `payment_id` names the payment for `Tie.PAYMENT`: one that was entered here as money that came to the bank by
    itself, of the line's amount, and that no other line is tied to. Raises CannotTie, with nothing changed.
    """
    if not reason.strip():
        raise CannotTie("Give a reason: it stays with the line.")
    with transaction():
        line = balance.lock_line(line_id)
        if line is None or not may_be_said(line):
            raise CannotTie("This line is tied by what Stripe and the books say. It cannot be changed by hand.")
        _say(line, kind, payment_id, actor, reason.strip())
        reading.refresh_payout_of(line, actor)
        reading.note_unmatched(actor)


def may_be_said(line: BalanceTransaction) -> bool:
    """Whether a person may say what a line is: nobody but a person has."""
    return line.tie is Tie.UNMATCHED or bool(line.by_hand)


def _say(line: BalanceTransaction, kind: Tie, payment_id: UUID | None, actor: Actor, reason: str) -> None:
    if kind is Tie.UNMATCHED:
        line.by_hand = line.reason = ""
        line.tie = Tie.UNMATCHED
        payouts.set_tie(line, *ties.resolve(line))
    elif kind is Tie.PAYMENT:
        payment = queries.lock_payment(payment_id) if payment_id else None
        _refuse(line, payment)
        assert payment is not None  # noqa: S101  # refused otherwise
        line.by_hand, line.reason = actor.label[:200], reason[:500]
        tied = Tied(payment.id, ties.whole(line, ledger.shares_of(payment)))
        payouts.set_tie(line, kind, tied, _instead_of(line, payment))
    elif kind in BY_HAND:
        line.by_hand, line.reason = actor.label[:200], reason[:500]
        fee = kind in (Tie.FEE, Tie.DISPUTE_FEE)
        weights = balance.station_weights(line.made_at) if fee else {default_station().id: 1}
        payouts.set_tie(line, kind, Tied(None, ties.whole(line, weights)))
    else:
        raise CannotTie("Choose what the line is.")
    events.record(
        "payments.line.said",
        actor,
        [Subject("balance_transaction", line.id)],
        {"line": line.stripe_id, "amount": str(line.net), "kind": BY_HAND.get(kind, "not known"), "why": reason},
    )


def _refuse(line: BalanceTransaction, payment: Payment | None) -> None:
    if payment is None:
        raise CannotTie("There is no such payment. Its number stands on its page and begins with pay_.")
    if payment.tender is Tender.STRIPE:
        raise CannotTie("That payment went through Stripe and has a line of its own, which ties itself.")
    if payment.tender is not Tender.OTHER:
        raise CannotTie("Only money that was entered as having come to the bank by itself can be what Stripe moved.")
    if payment.state is not PaymentState.SETTLED or payment.amount != line.gross:
        raise CannotTie(f"That payment is {payment.state} with {payment.amount}; the line is of {line.gross}.")
    taken = sa.select(BalanceTransaction.stripe_id).where(
        BalanceTransaction.tie == Tie.PAYMENT,
        BalanceTransaction.tied_id == payment.id,
        BalanceTransaction.id != line.id,
    )
    if other := db.session().scalar(taken.limit(1)):
        raise CannotTie(f"That payment is tied to {other} already.")


def _instead_of(line: BalanceTransaction, payment: Payment) -> dict[ledger.Holding, int]:
    """The money is at Stripe, less its fee, and not at the bank by itself, as it was entered."""
    target: dict[ledger.Holding, int] = {}
    for share in ties.whole(line, ledger.shares_of(payment)):
        target[HOLDS[payment.tender], share.station_id] = -share.gross
        target[Account.STRIPE, share.station_id] = share.net
        target[Account.FEES, share.station_id] = share.fee
    return target
