"""Money for two stations: no cent is lost, made, or left between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.ids import new_id
from station.core.money import Money, MoneyError
from station.payments.models import Account
from station.payments.policies import half_each, split, split_lines

A, B = new_id(), new_id()
CENTS = st.integers(-99_999_999, 99_999_999)


@given(CENTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=5))
def test_shares_sum_to_the_whole_and_are_off_by_less_than_a_cent(cents: int, weights: list[int]) -> None:
    shares = {new_id(): weight for weight in weights}
    if sum(weights) == 0:
        with pytest.raises(MoneyError):
            split(Money(cents), shares)
        return
    found = split(Money(cents), shares)
    assert sum(money.cents for money in found.values()) == cents
    for station_id, weight in shares.items():
        assert abs(found[station_id].cents * sum(weights) - cents * weight) < sum(weights)


@given(st.integers(1, 99_999_999))
def test_half_each_differs_by_a_cent_at_most(cents: int) -> None:
    first, second = half_each(Money(cents))
    assert (first + second, first.cents - second.cents in (0, 1)) == (Money(cents), True)


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.lists(CENTS, min_size=1, max_size=4))
def test_lines_keep_each_account_and_balance_each_station(first: int, second: int, cents: list[int]) -> None:
    accounts = [Account.STRIPE, Account.COVER, Account.GOODS, Account.FEES]
    lines = [*zip(accounts, cents, strict=False), (Account.GIFTS, -sum(cents))]
    found = split_lines(lines, {A: first, B: second})
    for account, whole in lines:
        assert sum(part for name, _, part in found if name is account) == whole
    for station_id in (A, B):
        assert sum(part for _, where, part in found if where == station_id) == 0


def test_lines_that_do_not_balance_are_refused() -> None:
    with pytest.raises(ValueError, match="balance"):
        split_lines([(Account.STRIPE, 5), (Account.GIFTS, -4)], {A: 1})
