"""What a line of Stripe's balance is tied to: one resolver a kind of row, contributed by whoever owns the rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.money import Money
from station.core.places import Place
from station.licensee.queries import default_station
from station.payments.models import BalanceTransaction, GatewayCall, Payment, StripeSweep, SweepKind, Tie
from station.payments.policies import Share, fee_kind, split_line
from station.payments.queries.payouts import balance
from station.payments.services.ledger import shares_of


@dataclass(frozen=True)
class Tied:
    """The row that a line tells of, and the stations' parts of the line, which sum to it.

    With a `problem` (a sentence for the desk) the row is not what the line says, and the line stays unmatched.
    """

    row_id: UUID | None
    shares: Sequence[Share] = ()
    problem: str = ""


@dataclass(frozen=True)
class TieResolver:
    """How one kind of row recognises its lines.

    `find` reads only, and answers None for a line of another kind. `booked` says what the ledger has at Stripe for
    rows, in cents: for each the sum of the nets of its lines, or the books and Stripe differ. `moved` names the rows
    that booked money at Stripe since an instant, each with the instant of its last change here.
    """

    kind: Tie
    find: Callable[[BalanceTransaction], Tied | None]
    booked: Callable[[Collection[UUID]], Mapping[UUID, int]]
    moved: Callable[[datetime], Mapping[UUID, datetime]]


TIES: Place[TieResolver] = Place("what lines of Stripe's balance are tied to")


def resolve(line: BalanceTransaction) -> tuple[Tie, Tied]:
    """What a line is, by the first resolver that knows it; else why it is unmatched. All of such a line is the
    default station's until somebody says what it is."""
    problem = "Nothing of ours has this id."
    for resolver in TIES:
        found = resolver.find(line)
        if found is not None and not found.problem:
            return resolver.kind, found
        problem = found.problem if found else problem
    return Tie.UNMATCHED, Tied(None, whole(line, {default_station().id: 1}), problem)


def whole(line: BalanceTransaction, weights: Mapping[UUID, int]) -> list[Share]:
    """A line by station, by largest remainder."""
    return split_line(line.gross_cents, line.fee_cents, weights)


def payment_tie(line: BalanceTransaction) -> Tied | None:
    """The charge of a settled payment, when both say the same of amount and fee."""
    payment = balance.payment_of_charge(line.source) if line.category == "charge" else None
    if payment is None:
        return None
    return Tied(payment.id, whole(line, shares_of(payment)), _disagreement(line, payment))


def _disagreement(line: BalanceTransaction, payment: Payment) -> str:
    if payment.balance_transaction is None:
        return "The fee of its payment is not booked yet."
    if (line.currency, line.gross_cents) != (payment.currency, payment.amount_cents):
        return f"Its payment is of {payment.amount}, not of {line.gross}."
    if payment.balance_transaction != line.stripe_id or payment.fee_cents != line.fee_cents:
        return f"Its payment has a fee of {Money(payment.fee_cents, payment.currency)}, not of {line.fee}."
    return ""


def fee_tie(kind: Tie) -> Callable[[BalanceTransaction], Tied | None]:
    """A fee of Stripe's own: split as the stations took money in the thirty days before it."""

    def find(line: BalanceTransaction) -> Tied | None:
        if fee_kind(line.category, line.text) is not kind:
            return None
        return Tied(None, whole(line, balance.station_weights(line.made_at)))

    return find


def opening_tie(line: BalanceTransaction) -> Tied | None:
    """What moved before the house was opened, and is not in our books: it is in the opening balance."""
    if line.made_at >= opened_at() or line.postings:
        return None
    return Tied(None, whole(line, {default_station().id: 1}))


def opened_at() -> datetime:
    """Since when each movement of Stripe's balance is ours to explain: the first comparison, or our first call that
    could move money, whichever was earlier. Until there is either: now. A whole second, as Stripe's instants are."""
    session = db.session()
    compared = sa.select(sa.func.min(StripeSweep.since)).where(StripeSweep.kind == SweepKind.COMPARISON)
    opened = session.scalar(compared) or session.scalar(sa.select(sa.func.min(GatewayCall.created_at))) or clock.now()
    return opened.replace(microsecond=0)


def no_rows(rows: Collection[UUID]) -> Mapping[UUID, int]:
    """What is booked for rows, of a kind that has none: such a line books itself."""
    return {}


def none_moved(since: datetime) -> Mapping[UUID, datetime]:
    """The rows that booked money, of a kind that has none."""
    return {}
