"""Money: what people type, and sums that never lose a cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.money import Money, MoneyError


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("5", 500),
        ("5.00", 500),
        ("$5", 500),
        (" 12.5 ", 1250),
        ("1,200", 120000),
        (".50", 50),
        ("4.99", 499),
        ("19.99", 1999),
        ("8.20", 820),
        ("4.35", 435),
        ("$1,234,567.89", 123456789),
        ("5$", 500),
    ],
)
def test_reads_what_people_type(text: str, cents: int) -> None:
    assert Money.parse(text).cents == cents


@pytest.mark.parametrize(
    "text", ["", " ", "$", ".", "ten", "-5", "1e9", "5.001", "1,20", "5 5", "٥", "5.", "0x10", "NaN"]
)
def test_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(text)


@given(st.integers(min_value=0, max_value=10**10))
def test_written_and_read_again_is_the_same(cents: int) -> None:
    assert Money.parse(str(Money(cents))) == Money(cents)


@given(st.integers(min_value=-(10**9), max_value=10**9), st.lists(st.integers(0, 1000), min_size=1).filter(sum))
def test_allocation_sums_to_the_whole(cents: int, weights: list[int]) -> None:
    parts = Money(cents).allocate(weights)
    assert sum(part.cents for part in parts) == cents
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.cents - cents * weight / sum(weights)) < 1


def test_currencies_do_not_mix_and_floats_do_not_enter() -> None:
    with pytest.raises(MoneyError):
        Money(1, "usd") + Money(1, "cad")
    with pytest.raises(MoneyError):
        Money(1.0)  # type: ignore[arg-type]
    with pytest.raises(MoneyError):
        Money(10).allocate([0, 0])


def test_written_for_people() -> None:
    assert (str(Money(-123450)), Money(500).short, Money(1250).short, str(Money(1, "cad"))) == (
        "-$1,234.50",
        "$5",
        "$12.50",
        "0.01 CAD",
    )
