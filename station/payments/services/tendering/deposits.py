"""Checks and cash that go to the bank together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.money import Money
from station.payments import queries
from station.payments.models import Account, Deposit, Payment, Tendered
from station.payments.services import ledger
from station.payments.services.ledger import Line


class DepositRefused(Exception):
    """Why nothing was deposited, in a sentence for whoever counts."""


def make_deposit(payment_ids: Collection[UUID], counted: Money, deposited_on: date, note: str, actor: Actor) -> UUID:
    """Bring checks and cash from our hands to the bank; returns the deposit's id.

    `counted` is what a person counted: unless it is what the payments add up to, nothing is written. Raises
    DepositRefused, also when one of them is gone from our hands.
    """
    with transaction() as session:
        payments = [queries.lock_payment(each) for each in sorted(set(payment_ids))]
        held = [row for row in payments if row is not None and queries.in_hand(row.id)]
        if not held or len(held) != len(payments):
            raise DepositRefused("Some of these have been deposited or voided meanwhile. Look the list over.")
        _compare(held, counted)
        deposit = Deposit(
            id=new_id(),
            deposited_on=deposited_on,
            amount_cents=counted.cents,
            currency=counted.currency,
            note=note,
            made_by=actor.label,
            created_at=clock.now(),
        )
        session.add(deposit)
        session.flush()
        for row in held:
            session.get_one(Tendered, row.id).deposit_id = deposit.id
        ledger.post_lines("deposit", f"deposit:{deposit.id}", clock.now(), counted.currency, _lines(held))
        about = [Subject("deposit", deposit.id), *(Subject("payment", row.id) for row in held)]
        events.record("payments.deposit.made", actor, about, {"amount": str(counted), "many": len(held)})
        return deposit.id


def _compare(held: Collection[Payment], counted: Money) -> None:
    if {row.currency for row in held} != {counted.currency}:
        raise DepositRefused("A deposit holds one currency.")
    expected = Money(sum(row.amount_cents for row in held), counted.currency)
    if expected != counted:
        raise DepositRefused(
            f"The list adds up to {expected}, you counted {counted}: {counted - expected} too "
            f"{'much' if expected < counted else 'little'}. Count again, or correct the list."
        )


def _lines(held: Iterable[Payment]) -> list[Line]:
    shares: Counter[UUID] = Counter()
    for row in held:
        shares.update(ledger.shares_of(row))
    return [
        Line(account, station_id, sign * cents)
        for station_id, cents in shares.items()
        for account, sign in ((Account.BANK, 1), (Account.HAND, -1))
    ]
