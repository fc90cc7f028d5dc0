"""How money for two stations is parted: by largest remainder, so that no cent is lost or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from station.core.money import Money
from station.payments.models import Account

HALF_EACH = (1, 1)


def split(amount: Money, shares: Mapping[UUID, int]) -> dict[UUID, Money]:
    """An amount by station, in the proportion of `shares`; of an odd cent the first one has it.

    Raises MoneyError without a share above zero.
    """
    return dict(zip(shares, amount.allocate(list(shares.values())), strict=True))


def half_each(amount: Money) -> tuple[Money, Money]:
    """The shares of two stations."""
    first, second = amount.allocate(HALF_EACH)
    return first, second


def split_lines(lines: Sequence[tuple[Account, int]], shares: Mapping[UUID, int]) -> list[tuple[Account, UUID, int]]:
    """Ledger lines (account, cents) by station: each account keeps its sum, and each station's lines sum to zero.

    The last account takes what balances a station, so that two roundings never leave a cent between two stations.
    `lines` sum to zero; raises ValueError when they do not.
    """
    if sum(cents for _, cents in lines) != 0:
        raise ValueError(f"ledger lines do not balance: {lines}")
    *parted, (last, _) = lines
    found: list[tuple[Account, UUID, int]] = []
    rest = dict.fromkeys(shares, 0)
    for account, cents in parted:
        for station_id, money in split(Money(cents), shares).items():
            found.append((account, station_id, money.cents))
            rest[station_id] -= money.cents
    return found + [(last, station_id, cents) for station_id, cents in rest.items()]
